#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""trust: asks anchord about trust over D-Bus, with python3-gi alone. docs/integration/python.md tells it part by part.
Exit codes: 0 done or trusted, 1 an error, 2 wrong usage, 3 not trusted, 4 not authorized, 5 anchord is not on this machine."""

import base64
import os
import re
import shutil
import sys

from gi.repository import Gio, GLib

# begin: call
NAME, PATH = 'org.anchord.Anchord1', '/org/anchord/Anchord1'
NOT_HERE = (Gio.DBusError.SERVICE_UNKNOWN, Gio.DBusError.NAME_HAS_NO_OWNER)
READING_MS = 30000  # the service may have to be started first


class NotHere(Exception):
    """No bus, or nothing on it that is anchord: the only case in which the distribution's bundle stands in."""


class Refused(Exception):
    """What anchord answers instead: NAME is one of the errors of docs/integration/README.md."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


class Anchord:
    def __init__(self):
        try:
            self.bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
        except GLib.Error as error:
            raise NotHere(error.message) from None

    def call(self, interface, method, parameters, reply, timeout=READING_MS):
        """(what came back, descriptors)."""
        try:
            answer, fds = self.bus.call_with_unix_fd_list_sync(
                NAME, PATH, NAME + '.' + interface, method, parameters, GLib.VariantType(reply), Gio.DBusCallFlags.NONE, timeout, None, None)
            return answer.unpack(), fds
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error) or ''
            Gio.DBusError.strip_remote_error(error)
            if any(error.matches(Gio.DBusError.quark(), code) for code in NOT_HERE):
                raise NotHere(error.message) from None
            raise Refused(name.removeprefix(NAME + '.Error.'), error.message) from None
# end: call

    # begin: verify
    def verify(self, chain, name, store='system'):
        """The verdict on CHAIN (DER each, leaf first): a dictionary. verdict['trusted'] decides; all else explains."""
        options = {'purpose': GLib.Variant('s', 'server-auth'), 'name': GLib.Variant('s', name), 'store': GLib.Variant('s', store)}
        return self.call('Verifier', 'Verify', GLib.Variant('(aaya{sv})', (chain, options)), '(a{sv})')[0][0]
    # end: verify

    # begin: bundle
    def bundle(self, store='system'):
        """(PEM, generation). What comes is a sealed memfd of our own: nobody can change it any more."""
        (handle, size, generation), fds = self.call('Anchors', 'GetBundle', GLib.Variant('(sss)', (store, 'server-auth', 'pem-bundle')), '(htt)')
        with os.fdopen(fds.get(handle), 'rb') as stream:
            return stream.read(size), generation
    # end: bundle

    # begin: why
    def why(self, fingerprint):
        return self.call('Anchors', 'Why', GLib.Variant('(s)', (fingerprint,)), '(a{sv})')[0][0]
    # end: why

    # begin: request
    def request(self, certificates, reason):
        """Asks an administrator; nothing is trusted by it. Returns the request's id."""
        options = {'reason': GLib.Variant('s', reason)}
        return self.call('Requests', 'Create', GLib.Variant('(aya{sv})', (certificates, options)), '(s)')[0][0]
    # end: request

    # begin: watch
    def watch(self, changed):
        """Calls CHANGED with the generation now, and with each that comes."""
        # SENDER is named, so that nobody else's signal counts; and first the signal, then a look: what changes in between is told.
        self.bus.signal_subscribe(NAME, NAME + '.Anchors', 'Changed', PATH, None, Gio.DBusSignalFlags.NONE,
                                  lambda bus, sender, path, interface, signal, parameters: changed(parameters[0]))
        asked = GLib.Variant('(ss)', (NAME + '.Anchors', 'Generation'))
        answer = self.bus.call_sync(NAME, PATH, 'org.freedesktop.DBus.Properties', 'Get', asked, GLib.VariantType('(v)'),
                                    Gio.DBusCallFlags.NONE, READING_MS, None)
        changed(answer.unpack()[0])
        GLib.MainLoop().run()
    # end: watch


# begin: chain
def read_chain(path):
    """The certificates of a PEM file as DER."""
    with open(path, encoding='ascii') as stream:
        return [base64.b64decode(body) for body in re.findall('-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----', stream.read(), re.S)]
# end: chain


# begin: fallback
BUNDLES = ('/etc/ssl/certs/ca-certificates.crt', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', '/etc/ssl/ca-bundle.pem')


def write_bundle(path, store):
    try:
        content, generation = Anchord().bundle(store)
    except NotHere:
        # An application's own store exists in anchord alone: nothing stands in for it.
        there = [bundle for bundle in BUNDLES if os.path.exists(bundle)]
        if store != 'system' or not there:
            raise
        shutil.copyfile(there[0], path)
        print("%s: the distribution's" % path)
        return 0
    with open(path, 'wb') as out:
        out.write(content)
    print("%s: %d bytes, anchord's, generation %d" % (path, len(content), generation))
    return 0
# end: fallback


def verify(name, path, store='system'):
    verdict = Anchord().verify(read_chain(path), name, store)
    print('trusted' if verdict['trusted'] else 'not trusted: %(reason)s: %(message)s\n%(remedy)s' % verdict)
    return 0 if verdict['trusted'] else 3


def why(fingerprint):
    answer = Anchord().why(fingerprint)
    print('%s, decided by %s' % (answer['status'], answer['decided-by']))
    for source in answer['sources']:
        print('  %(layer)s %(says)s it: %(reason)s' % source)
    return 0


def request(path, reason):
    with open(path, 'rb') as stream:
        print(Anchord().request(stream.read(), reason))
    return 0


def watch():
    Anchord().watch(lambda generation: print('generation', generation, flush=True))
    return 0


COMMANDS = {'verify': verify, 'bundle': lambda path, store='system': write_bundle(path, store), 'why': why, 'request': request, 'watch': watch}


def main():
    try:
        return COMMANDS[sys.argv[1]](*sys.argv[2:])
    except NotHere as error:
        print('trust: anchord is not on this machine:', error, file=sys.stderr)
        return 5
    except Refused as error:
        print('trust: %s: %s' % (error.name, error), file=sys.stderr)
        return 4 if error.name == 'NotAuthorized' else 1
    except (IndexError, KeyError, TypeError):
        print('usage: trust.py verify NAME CHAIN [STORE] | bundle FILE [STORE] | why FINGERPRINT | request FILE REASON | watch', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
