# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One connection to the bus, driven by lines of JSON on standard input. Run by harness.Client, as whichever user the test wants.

A request is {"id": N, "do": "call" | "agent" | "flood", ...}; each answer is one line {"id": N, ...}. Signals come as {"signal": name, ...}."""

import ast
import base64
import json
import os
import socket
import sys

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

NAME, PATH, PREFIX = 'org.anchord.Anchord1', '/org/anchord/Anchord1', 'org.anchord.Anchord1.'
AGENT_XML = '''<node><interface name="org.freedesktop.PolicyKit1.AuthenticationAgent">
  <method name="BeginAuthentication"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="a{ss}" direction="in"/><arg type="s" direction="in"/><arg type="a(sa{sv})" direction="in"/></method>
  <method name="CancelAuthentication"><arg type="s" direction="in"/></method>
</interface></node>'''


def say(**what):
    sys.stdout.write(json.dumps(what) + '\n')
    sys.stdout.flush()


def plain(value):
    """A GVariant as JSON can hold it."""
    if isinstance(value, GLib.Variant):
        value = value.unpack()
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def variant(signature, text):
    """Options are written {'reason': ('s', 'x')}; bytes as b'...'; a variant as {'v': number}, one that holds parameters as {'call': (type, args)}."""
    def wrap(value):
        if isinstance(value, dict) and 'call' in value:
            return variant(value['call'][0], repr(value['call'][1]))
        if isinstance(value, dict) and isinstance(value.get('v'), int):
            return GLib.Variant('t', value['v'])
        if isinstance(value, dict):
            return {key: GLib.Variant(kind, item) for key, (kind, item) in value.items()}
        return value
    return GLib.Variant(signature, tuple(wrap(item) for item in ast.literal_eval(text)))


def make_descriptor(kind, data):
    """What a caller may pass as input, good or bad."""
    if kind in ('sealed', 'unsealed', 'half-sealed', 'future-sealed'):
        fd = os.memfd_create('input', os.MFD_ALLOW_SEALING)
        os.write(fd, data)
        import fcntl
        seals = {'sealed': 0x2 | 0x4 | 0x8, 'unsealed': 0, 'half-sealed': 0x2 | 0x4, 'future-sealed': 0x2 | 0x4 | 0x10}[kind]
        fcntl.fcntl(fd, 1033, seals)
        return fd
    if kind == 'huge':
        fd = os.memfd_create('input', os.MFD_ALLOW_SEALING)
        os.ftruncate(fd, 1 << 30)
        import fcntl
        fcntl.fcntl(fd, 1033, 0x2 | 0x4 | 0x8)
        return fd
    if kind == 'pipe':
        return os.pipe()[0]
    if kind == 'fifo':
        path = '/tmp/anchord-fifo-%d' % os.getpid()
        os.mkfifo(path)
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        os.unlink(path)
        os.set_blocking(fd, True)
        return fd
    if kind == 'file':
        fd = os.open('/tmp', os.O_TMPFILE | os.O_RDWR)
        os.write(fd, data)
        return fd
    if kind == 'folder':
        return os.open('/tmp', os.O_RDONLY)
    if kind == 'socket':
        return socket.socketpair()[0].detach()
    if kind == 'path':
        return os.open('/etc/passwd', os.O_PATH)
    return os.open('/dev/zero', os.O_RDONLY)


class Connection:
    def __init__(self, address):
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.bus.signal_subscribe(NAME, None, None, PATH, None, Gio.DBusSignalFlags.NONE, self.on_signal)
        # The answer tells that the bus has taken the match rule.
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetId', None, None,
                           Gio.DBusCallFlags.NONE, -1, None)
        self.replied = 0

    def on_signal(self, bus, sender, path, interface, name, parameters):
        say(signal=name, interface=interface, args=plain(parameters))

    def message(self, request):
        interface, method = request['method'].rsplit('.', 1)
        if '.' not in interface:
            interface = PREFIX + interface
        message = Gio.DBusMessage.new_method_call(NAME, PATH, interface, method)
        body = variant(request['type'], request['args']) if 'args' in request else None
        if 'bytes' in request:
            body = GLib.Variant.new_tuple(GLib.Variant.new_from_bytes(GLib.VariantType('ay'), GLib.Bytes.new(b'\0' * request['bytes']), True),
                                          GLib.Variant('a{sv}', {}))
        if body is not None:
            message.set_body(body)
        if 'fd' in request:
            fd = make_descriptor(request['fd'], base64.b64decode(request.get('data', '')))
            fds = Gio.UnixFDList.new()
            fds.append(fd)
            os.close(fd)
            message.set_unix_fd_list(fds)
        if 'many' in request:
            fds = Gio.UnixFDList.new()
            for _ in range(request['many']):
                fds.append(0)
            message.set_unix_fd_list(fds)
        if request.get('interactive'):
            message.set_flags(Gio.DBusMessageFlags.ALLOW_INTERACTIVE_AUTHORIZATION)
        return message

    def call(self, request):
        self.bus.send_message_with_reply(self.message(request), Gio.DBusSendMessageFlags.NONE, request.get('timeout', 60000), None,
                                         self.on_reply, request)

    def on_reply(self, bus, result, request):
        try:
            reply = self.bus.send_message_with_reply_finish(result)
            reply.to_gerror()
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error) or ''
            Gio.DBusError.strip_remote_error(error)
            say(id=request['id'], error=name or error.domain, message=error.message)
            return
        body = reply.get_body()
        answer = {'id': request['id'], 'value': plain(body) if body is not None else []}
        fds = reply.get_unix_fd_list()
        if fds is not None and fds.get_length():
            fd = fds.get(0)
            answer['offset'] = os.lseek(fd, 0, os.SEEK_CUR)
            answer['content'] = base64.b64encode(os.read(fd, 1 << 26)).decode()
            try:
                os.ftruncate(fd, 0)
                answer['writable'] = True
            except OSError:
                answer['writable'] = False
            os.close(fd)
        say(**answer)

    def flood(self, request):
        """COUNT calls at once; answered when all replies are there: how many of each kind."""
        kinds = {}
        left = [request['count']]

        def done(bus, result):
            try:
                self.bus.send_message_with_reply_finish(result).to_gerror()
                kind = 'ok'
            except GLib.Error as error:
                kind = Gio.DBusError.get_remote_error(error) or error.domain
            kinds[kind] = kinds.get(kind, 0) + 1
            left[0] -= 1
            if left[0] == 0 and not request.get('silent'):
                say(id=request['id'], value=kinds)

        first = self.message(request)
        for _ in range(request['count']):
            message = self.message(request) if 'fd' in request or 'many' in request else first.copy()
            self.bus.send_message_with_reply(message, Gio.DBusSendMessageFlags.NONE, 120000, None, done)
        if request.get('silent'):
            self.bus.flush_sync(None)
            say(id=request['id'], value={})

    def agent(self, request):
        """An authentication agent for the process PID, which never answers, or says no at once."""
        def on_call(bus, sender, path, interface, method, parameters, invocation):
            if method == 'BeginAuthentication':
                action, message, _, details, _, _ = parameters.unpack()
                say(signal='agent', action=action, message=message, details=details)
                if request.get('refuse'):
                    invocation.return_dbus_error('org.freedesktop.PolicyKit1.Error.Failed', 'no')
                return
            say(signal='agent-cancelled')
            invocation.return_value(None)
        node = Gio.DBusNodeInfo.new_for_xml(AGENT_XML)
        self.bus.register_object('/agent', node.interfaces[0], on_call, None, None)
        subject = ('unix-process', {'pid': GLib.Variant('u', request['pid']), 'start-time': GLib.Variant('t', 0)})
        try:
            self.bus.call_sync('org.freedesktop.PolicyKit1', '/org/freedesktop/PolicyKit1/Authority', 'org.freedesktop.PolicyKit1.Authority',
                               'RegisterAuthenticationAgent', GLib.Variant('((sa{sv})ss)', (subject, 'C', '/agent')), None,
                               Gio.DBusCallFlags.NONE, 10000, None)
            say(id=request['id'], value=[])
        except GLib.Error as error:
            say(id=request['id'], error='agent', message=error.message)

    def take(self, line):
        request = json.loads(line)
        getattr(self, request['do'])(request)


def main():
    connection = Connection(sys.argv[1])
    say(id=0, value=connection.bus.get_unique_name())
    loop = GLib.MainLoop()
    pending = b''

    def on_input(fd, condition):
        nonlocal pending
        data = os.read(fd, 1 << 20)
        if not data:
            loop.quit()
            return False
        *lines, pending = (pending + data).split(b'\n')
        for line in lines:
            connection.take(line)
        return True

    GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, 0, GLib.IOCondition.IN | GLib.IOCondition.HUP, on_input)
    loop.run()


main()
