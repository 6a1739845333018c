#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""trust: asks anchord about trust through libanchord's introspection data. docs/integration/python.md tells it part by part.
Exit codes: 0 done or trusted, 1 an error, 3 not trusted, 4 not authorized, 5 anchord is not on this machine."""

import re
import sys

# begin: library
import base64

import gi

gi.require_version('Anchord', '1')
from gi.repository import Anchord, Gio, GLib  # noqa: E402


def verify(name, path, store='system'):
    with open(path, encoding='ascii') as stream:
        blocks = re.findall('-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----', stream.read(), re.S)
    client = Anchord.Client.new_sync(Anchord.ClientFlags.NONE, None)
    options = GLib.Variant('a{sv}', {'purpose': GLib.Variant('s', 'server-auth'), 'name': GLib.Variant('s', name), 'store': GLib.Variant('s', store)})
    verdict = client.verify_sync([GLib.Bytes.new(base64.b64decode(block)) for block in blocks], options, None).unpack()
    print('trusted' if verdict['trusted'] else 'not trusted: %(reason)s: %(message)s\n%(remedy)s' % verdict)
    return 0 if verdict['trusted'] else 3


def bundle(path, store='system'):
    client = Anchord.Client.new_sync(Anchord.ClientFlags.NONE, None)
    content, generation = client.get_bundle_sync(store, 'server-auth', 'pem-bundle', None)
    with open(path, 'wb') as out:
        out.write(content.get_data())
    print("%s: %d bytes, anchord's, generation %d" % (path, content.get_size(), generation))
    return 0


def why(fingerprint):
    client = Anchord.Client.new_sync(Anchord.ClientFlags.NONE, None)
    answer = client.call_sync('Anchors', 'Why', GLib.Variant('(s)', (fingerprint,)), None, None)
    # call_sync has an output of its own beside what it returns.
    answer = (answer[0] if isinstance(answer, tuple) else answer).unpack()[0]
    print('%s, decided by %s' % (answer['status'], answer['decided-by']))
    return 0


def main():
    try:
        return {'verify': verify, 'bundle': bundle, 'why': why}[sys.argv[1]](*sys.argv[2:])
    except GLib.Error as error:
        print('trust:', error.message, file=sys.stderr)
        if error.matches(Gio.DBusError.quark(), Gio.DBusError.SERVICE_UNKNOWN):
            return 5
        return 4 if error.matches(Anchord.error_quark(), Anchord.Error.NOT_AUTHORIZED) else 1
# end: library


if __name__ == '__main__':
    sys.exit(main())
