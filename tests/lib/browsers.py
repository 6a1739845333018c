# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real browsers without a screen, asked what they make of a server's certificate, and a server for them. Each visit is a process of its own, as after a
restart; the profile stays until fresh(). Standard library only: it runs in any root that has the browser.

    with browsers.Server('server-chain.pem', 'server.key') as server:
        browsers.Chromium('/tmp/work').visit(server.url())    # 'accepted', or 'ERR_CERT_AUTHORITY_INVALID'

As a program: browsers.py chromium|firefox FOLDER URL prints that, and ends with 0 where it is accepted, with 3 where not."""

import http.server
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

HOST = '127.0.0.1'
WORD = 'anchord-was-here'
PATH = '/usr/bin:/bin'


class Failure(Exception):
    """The browser said neither yes nor no."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = b'<!doctype html><title>hello</title><p>' + WORD.encode() + b'</p>'
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        self.send_header('Content-Length', str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *unused):
        pass


class Server(http.server.ThreadingHTTPServer):
    """A web server on loopback whose page holds WORD."""
    daemon_threads = True

    def __init__(self, chain, key):
        super().__init__((HOST, 0), Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, key)
        self.socket = self.context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.shutdown()
        self.server_close()

    def handle_error(self, *unused):
        pass

    def url(self, host='localhost'):
        return 'https://%s:%d/' % (host, self.server_address[1])


class Browser:
    """FOLDER becomes its home; nothing of it is anybody's own."""
    programs = ()

    def __init__(self, folder):
        self.home = os.path.abspath(folder)
        self.profile = os.path.join(self.home, 'profile-' + type(self).__name__.lower())
        os.makedirs(self.profile, exist_ok=True)
        os.makedirs(os.path.join(self.home, 'run'), mode=0o700, exist_ok=True)

    @classmethod
    def program(cls):
        return next((path for path in map(shutil.which, cls.programs) if path), None)

    @classmethod
    def missing(cls):
        """Why there is none here, or None."""
        return None if cls.program() else '%s is not installed' % cls.programs[0]

    def environment(self):
        return {'HOME': self.home, 'PATH': PATH, 'LC_ALL': 'C.UTF-8', 'XDG_RUNTIME_DIR': os.path.join(self.home, 'run'), 'TMPDIR': self.home,
                'DBUS_SESSION_BUS_ADDRESS': 'disabled:', 'NO_AT_BRIDGE': '1'}

    def fresh(self):
        """A profile that was never used."""
        shutil.rmtree(self.profile, ignore_errors=True)
        os.makedirs(self.profile)
        return self

    def start(self, *words, **more):
        # A group of its own: browsers leave children behind.
        return subprocess.Popen([self.program(), *words], env=self.environment(), cwd=self.home, stdin=subprocess.DEVNULL, start_new_session=True, **more)

    def end(self, process, seconds=5):
        """Waits for PROCESS, then ends what is left of its group."""
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


class Chromium(Browser):
    programs = ('chromium', 'google-chrome', 'chromium-browser')
    # As root there is no sandbox to be had. Nothing is asked for but the page, and nothing is remembered but the profile.
    options = ('--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
               '--disable-component-update', '--disable-sync', '--no-proxy-server', '--password-store=basic', '--timeout=15000', '--dump-dom')

    def visit(self, url, seconds=60):
        """'accepted', or the name of the error."""
        process = self.start(*self.options, '--user-data-dir=' + self.profile, url, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            page, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.end(process, 0)
            raise Failure('no answer within %d s' % seconds) from None
        self.end(process)
        page, said = page.decode(errors='replace'), said.decode(errors='replace')
        if WORD in page:
            return 'accepted'
        code = re.search(r'Page load failed: (?:net::)?(ERR_[A-Z0-9_]+)', said)
        if code:
            return code.group(1)
        raise Failure('neither the page nor an error: %s\n%s' % (page[-500:], said[-1500:]))


class Marionette:
    """Mozilla's remote control: "LENGTH:[0, id, command, parameters]", answered by "LENGTH:[1, id, error, result]"."""

    def __init__(self, port, process, seconds):
        end = time.monotonic() + seconds
        while True:
            try:
                self.socket = socket.create_connection((HOST, port), 2)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise Failure('Firefox does not listen') from None
                time.sleep(0.05)
        self.socket.settimeout(seconds)
        self.serial, self.rest = 0, b''
        self.receive()
        self.send('WebDriver:NewSession', acceptInsecureCerts=False)

    def receive(self):
        while True:
            head, colon, body = self.rest.partition(b':')
            if colon and len(body) >= int(head):
                self.rest = body[int(head):]
                return json.loads(body[:int(head)])
            data = self.socket.recv(65536)
            if not data:
                raise Failure('Firefox hung up')
            self.rest += data

    def send(self, command, **parameters):
        """(error, result); one of them is None."""
        self.serial += 1
        message = json.dumps([0, self.serial, command, parameters]).encode()
        self.socket.sendall(b'%d:%s' % (len(message), message))
        while True:
            answer = self.receive()
            if answer[0] == 1 and answer[1] == self.serial:
                return answer[2], answer[3]


class Firefox(Browser):
    programs = ('firefox-esr', 'firefox')
    # No look at the network but for the page; the port is written to a file of the profile.
    preferences = {'marionette.port': 0, 'network.captive-portal-service.enabled': False, 'network.connectivity-service.enabled': False,
                   'app.normandy.enabled': False, 'browser.safebrowsing.malware.enabled': False, 'browser.safebrowsing.phishing.enabled': False,
                   'datareporting.policy.dataSubmissionEnabled': False, 'toolkit.telemetry.server': '', 'extensions.update.enabled': False,
                   'services.settings.server': '', 'security.OCSP.enabled': 0, 'network.proxy.type': 0, 'browser.region.update.enabled': False,
                   'security.remote_settings.crlite_filters.enabled': False, 'security.remote_settings.intermediates.enabled': False,
                   'dom.security.https_only_mode': False, 'browser.aboutwelcome.enabled': False}

    def visit(self, url, seconds=60, wait=0.0):
        """'accepted', or the name of the error ('SEC_ERROR_UNKNOWN_ISSUER'). WAIT: seconds before that."""
        return self.look(lambda remote: self.navigate(remote, url), seconds, wait)

    def look(self, ask, seconds=60, wait=0.0):
        """What ASK (remote control) returns, in a process of its own."""
        with open(os.path.join(self.profile, 'user.js'), 'w') as out:
            out.writelines('user_pref(%s, %s);\n' % (json.dumps(key), json.dumps(value)) for key, value in self.preferences.items())
        active = os.path.join(self.profile, 'MarionetteActivePort')
        if os.path.exists(active):
            os.unlink(active)
        with open(os.path.join(self.home, 'firefox.log'), 'wb') as log:
            process = self.start('--headless', '--marionette', '--no-remote', '--profile', self.profile, stdout=log, stderr=log)
        try:
            remote = Marionette(self.wait_for_port(active, process, seconds), process, seconds)
            time.sleep(wait)
            answer = ask(remote)
            try:
                remote.send('Marionette:Quit', flags=['eForceQuit'])
            except (OSError, Failure):
                pass
            self.end(process, 20)
            return answer
        finally:
            self.end(process, 0)

    def wait_for_port(self, path, process, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and process.poll() is None:
            try:
                with open(path) as stream:
                    return int(stream.read())
            except (OSError, ValueError):
                time.sleep(0.05)
        with open(os.path.join(self.home, 'firefox.log'), 'rb') as log:
            raise Failure('Firefox does not start: ' + log.read().decode(errors='replace')[-1500:])

    @staticmethod
    def navigate(remote, url):
        error, _ = remote.send('WebDriver:Navigate', url=url)
        if error is None:
            error, result = remote.send('WebDriver:GetPageSource')
            if error is None and WORD in result['value']:
                return 'accepted'
            raise Failure('not the page: %s' % (error or result))
        if error['error'] != 'insecure certificate':
            raise Failure('%s: %s' % (error['error'], error['message']))
        # The page that tells of the error knows it.
        failed, result = remote.send('WebDriver:ExecuteScript', script='return document.getFailedCertSecurityInfo().errorCodeString', args=[])
        if failed is None and result['value']:
            return result['value']
        raise Failure('no error told: %s' % (failed or result))


BROWSERS = {'chromium': Chromium, 'firefox': Firefox}


def main(arguments):
    if len(arguments) != 3 or arguments[0] not in BROWSERS:
        sys.exit(__doc__)
    browser = BROWSERS[arguments[0]]
    if browser.missing():
        sys.exit(browser.missing())
    said = browser(arguments[1]).visit(arguments[2])
    print(said)
    return 0 if said == 'accepted' else 3


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
