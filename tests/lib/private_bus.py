# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bus of one's own, and anchord on it over a scratch root."""

import os
import socket
import subprocess

CONFIGURATION = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
    <allow send_type="method_return"/><allow send_type="error"/><allow receive_type="method_call"/>
    <allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
  </policy>
</busconfig>
'''


class Bus:
    def __init__(self, folder):
        self.folder = folder
        path = os.path.join(folder, 'bus')
        self.address = 'unix:path=' + path
        configuration = os.path.join(folder, 'bus.conf')
        with open(configuration, 'w') as out:
            out.write(CONFIGURATION % path)
        self.process = subprocess.Popen(['dbus-daemon', '--config-file=' + configuration, '--nofork', '--nopidfile', '--nosyslog', '--print-address'],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if not self.process.stdout.readline():
            raise RuntimeError('dbus-daemon does not start')

    def close(self):
        self.process.kill()
        self.process.wait()


class Service:
    """anchord over ROOT; ready once it says so."""

    def __init__(self, bus, program, root, env, timeout=60):
        self.path = os.path.join(bus.folder, 'notify')
        self.errors = open(os.path.join(bus.folder, 'service.log'), 'w+b')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            if os.path.exists(self.path):
                os.unlink(self.path)
            notify.bind(self.path)
            notify.settimeout(timeout)
            self.process = subprocess.Popen([program, '--root', root, '--bus', bus.address], env=dict(env, NOTIFY_SOCKET=self.path),
                                            stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors)
            self._wait(notify)

    def _wait(self, notify):
        try:
            while b'READY=1' not in notify.recv(4096):
                pass
        except socket.timeout:
            self.process.kill()
            self.process.wait()
            raise RuntimeError('anchord is not ready: ' + self.log()) from None

    def log(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors='replace')[-2000:]

    def close(self):
        """Returns its exit status; negative for a signal."""
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait()
        self.errors.close()
        return status
