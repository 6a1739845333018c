#!/usr/bin/gjs
// SPDX-FileCopyrightText: 2026 The anchord authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// trust: asks anchord about trust over D-Bus, in GJS. docs/integration/javascript.md tells it part by part.
// Exit codes: 0 done or trusted, 1 an error, 2 wrong usage, 3 not trusted, 4 not authorized, 5 anchord is not on this machine.
const {Gio, GLib} = imports.gi;
const System = imports.system;

// begin: call
const NAME = 'org.anchord.Anchord1';
const PATH = '/org/anchord/Anchord1';
const READING_MS = 30000; // the service may have to be started first

function connect() {
    return Gio.bus_get_sync(Gio.BusType.SYSTEM, null);
}

// [what came back, descriptors]
function call(iface, method, parameters, reply) {
    const [answer, fds] = connect().call_with_unix_fd_list_sync(NAME, PATH, `${NAME}.${iface}`, method, parameters,
        new GLib.VariantType(reply), Gio.DBusCallFlags.NONE, READING_MS, null, null);
    return [answer.recursiveUnpack(), fds];
}

// The only case in which the distribution's bundle stands in.
function isNotHere(error) {
    return error.matches(Gio.DBusError, Gio.DBusError.SERVICE_UNKNOWN) || error.matches(Gio.DBusError, Gio.DBusError.NAME_HAS_NO_OWNER) ||
        error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND) || error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CONNECTION_REFUSED);
}
// end: call

function readText(path) {
    const [, content] = GLib.file_get_contents(path);
    return new TextDecoder().decode(content);
}

// begin: verify
function verify(name, path, store = 'system') {
    const blocks = readText(path).match(/-----BEGIN CERTIFICATE-----[^-]+/g) ?? [];
    const chain = blocks.map(block => GLib.base64_decode(block.replace('-----BEGIN CERTIFICATE-----', '')));
    const options = {purpose: new GLib.Variant('s', 'server-auth'), name: new GLib.Variant('s', name), store: new GLib.Variant('s', store)};
    const [[verdict]] = call('Verifier', 'Verify', new GLib.Variant('(aaya{sv})', [chain, options]), '(a{sv})');
    print(verdict.trusted ? 'trusted' : `not trusted: ${verdict.reason}: ${verdict.message}\n${verdict.remedy}`);
    return verdict.trusted ? 0 : 3;
}
// end: verify

// begin: bundle
const BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', '/etc/ssl/ca-bundle.pem'];

function readBundle(store) {
    const [[handle, size, generation], fds] = call('Anchors', 'GetBundle', new GLib.Variant('(sss)', [store, 'server-auth', 'pem-bundle']), '(htt)');
    const stream = new Gio.UnixInputStream({fd: fds.get(handle), close_fd: true});
    const parts = Gio.MemoryOutputStream.new_resizable();
    parts.splice(stream, Gio.OutputStreamSpliceFlags.CLOSE_SOURCE | Gio.OutputStreamSpliceFlags.CLOSE_TARGET, null);
    return [parts.steal_as_bytes().toArray().slice(0, size), generation];
}

function bundle(path, store = 'system') {
    let content, whose;
    try {
        const [bytes, generation] = readBundle(store);
        [content, whose] = [bytes, `anchord's, generation ${generation}`];
    } catch (error) {
        // An application's own store exists in anchord alone: nothing stands in for it.
        const there = BUNDLES.find(name => Gio.File.new_for_path(name).query_exists(null));
        if (!isNotHere(error) || store !== 'system' || !there)
            throw error;
        [content, whose] = [GLib.file_get_contents(there)[1], "the distribution's"];
    }
    GLib.file_set_contents(path, content);
    print(`${path}: ${content.length} bytes, ${whose}`);
    return 0;
}
// end: bundle

// begin: why
function why(fingerprint) {
    const [[answer]] = call('Anchors', 'Why', new GLib.Variant('(s)', [fingerprint]), '(a{sv})');
    print(`${answer.status}, decided by ${answer['decided-by']}`);
    for (const source of answer.sources)
        print(`  ${source.layer} ${source.says} it: ${source.reason}`);
    return 0;
}
// end: why

// begin: request
function request(path, reason) {
    const [, content] = GLib.file_get_contents(path);
    const parameters = new GLib.Variant('(aya{sv})', [content, {reason: new GLib.Variant('s', reason)}]);
    const [[id]] = call('Requests', 'Create', parameters, '(s)');
    print(id);
    return 0;
}
// end: request

// begin: watch
function watch() {
    const bus = connect();
    // The sender is named, so that nobody else's signal counts; and first the signal, then a look: what changes in between is told.
    bus.signal_subscribe(NAME, `${NAME}.Anchors`, 'Changed', PATH, null, Gio.DBusSignalFlags.NONE,
        (_bus, _sender, _path, _iface, _signal, parameters) => print(`generation ${parameters.recursiveUnpack()[0]}`));
    const answer = bus.call_sync(NAME, PATH, 'org.freedesktop.DBus.Properties', 'Get', new GLib.Variant('(ss)', [`${NAME}.Anchors`, 'Generation']),
        new GLib.VariantType('(v)'), Gio.DBusCallFlags.NONE, READING_MS, null);
    print(`generation ${answer.recursiveUnpack()[0]}`);
    new GLib.MainLoop(null, false).run();
    return 0;
}
// end: watch

function main(command, ...words) {
    const commands = {verify, bundle, why, request, watch};
    if (!(command in commands)) {
        printerr('usage: trust.js verify NAME CHAIN [STORE] | bundle FILE [STORE] | why FINGERPRINT | request FILE REASON | watch');
        return 2;
    }
    try {
        return commands[command](...words);
    } catch (error) {
        if (!(error instanceof GLib.Error))
            throw error;
        const name = Gio.DBusError.get_remote_error(error) ?? '';
        Gio.DBusError.strip_remote_error(error);
        printerr(`trust: ${error.message}`);
        if (isNotHere(error))
            return 5;
        return name.endsWith('.Error.NotAuthorized') ? 4 : 1;
    }
}

System.exit(main(...ARGV));
