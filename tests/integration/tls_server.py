# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""TLS servers to look at: the real ones of OpenSSL and GnuTLS, and small ones that speak another protocol first. For the tests of this folder."""

import socket
import ssl
import subprocess
import threading
import time

HOST = '127.0.0.1'


def free_port():
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return sock.getsockname()[1]


def wait_until_open(port, process):
    for _ in range(500):
        if process.poll() is not None:
            raise RuntimeError('the server ended: ' + process.stderr.read().decode()[-500:])
        with socket.socket() as sock:
            if sock.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError('the server does not listen')


class Server:
    """openssl s_server OPTIONS, or another COMMAND to which the port is given last."""

    def __init__(self, *options, command=None):
        self.port = free_port()
        words = [*command, str(self.port)] if command else ['openssl', 's_server', '-quiet', '-accept', '%s:%d' % (HOST, self.port), *options]
        # s_server ends with its standard input unless that stays open.
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def __enter__(self):
        wait_until_open(self.port, self.process)
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.process.stdin.close()


class Script:
    """A server in this process: TALK (connection) for each connection, then, if CONTEXT is given, TLS."""

    def __init__(self, talk, context=None):
        self.talk, self.context = talk, context
        self.listener = socket.socket()
        self.listener.bind((HOST, 0))
        self.listener.listen(16)
        self.port = self.listener.getsockname()[1]
        self.said = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.settimeout(10)
            if self.talk(self, connection) is not False and self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
                connection.recv(1)
        except (OSError, ssl.SSLError, ValueError):
            pass
        finally:
            connection.close()
