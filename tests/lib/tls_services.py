#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tls_services.py CHAIN KEY FOLDER: servers on loopback for real TLS clients, with one certificate: the files of FOLDER over HTTPS, a directory over LDAPS that
is empty, a database over PostgreSQL's protocol that knows nobody. Prints the three ports, and serves until it is ended. Standard library only."""

import functools
import http.server
import socket
import socketserver
import ssl
import struct
import sys
import threading

HOST = '127.0.0.1'


class Quiet(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, context, handler):
        self.context = context
        super().__init__((HOST, 0), handler)

    def handle_error(self, *unused):
        """Clients that refuse hang up."""


class Web(http.server.SimpleHTTPRequestHandler):
    def setup(self):
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def end_headers(self):
        # A page out of a browser's cache says nothing of the server.
        self.send_header('Cache-Control', 'no-store')
        super().end_headers()

    def log_message(self, *unused):
        pass


class Directory(socketserver.BaseRequestHandler):
    """RFC 4511: the answers to a bind (0x60) and a search (0x63) say success."""
    answers = {0x60: 0x61, 0x63: 0x65}

    def handle(self):
        with self.server.context.wrap_socket(self.request, server_side=True) as tls:
            while True:
                message = tls.recv(4096)
                # SEQUENCE, its length, INTEGER, 1, the message's number, and what is asked: short forms are all that a small question takes.
                if len(message) < 6 or message[5] not in self.answers:
                    return
                result = b'\x0a\x01\x00\x04\x00\x04\x00'
                answer = b'\x02\x01' + message[4:5] + bytes([self.answers[message[5]], len(result)]) + result
                tls.sendall(b'\x30' + bytes([len(answer)]) + answer)


class Database(socketserver.BaseRequestHandler):
    """Version 3 of the protocol: TLS is asked for first; then everybody is welcome, and every query is done."""

    def handle(self):
        if struct.unpack('!II', self.request.recv(8, socket.MSG_WAITALL))[1] != 80877103:
            return
        self.request.sendall(b'S')
        with self.server.context.wrap_socket(self.request, server_side=True) as tls:
            tls.recv(8192)
            tls.sendall(self.message(b'R', b'\0\0\0\0') + self.message(b'S', b'server_version\x0015.0\0') + self.message(b'Z', b'I'))
            while tls.recv(8192)[:1] == b'Q':
                tls.sendall(self.message(b'C', b'SELECT 0\0') + self.message(b'Z', b'I'))

    @staticmethod
    def message(kind, body):
        return kind + struct.pack('!I', len(body) + 4) + body


def main(chain, key, folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    servers = [Quiet(context, handler) for handler in (functools.partial(Web, directory=folder), Directory, Database)]
    print(*(server.server_address[1] for server in servers), flush=True)
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()


main(*sys.argv[1:])
