# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private system bus with the real polkitd and anchord over a scratch root, in a mount namespace of its own. For the tests of this folder."""

import base64
import hashlib
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get('BUILD_DIR') or os.path.join(SOURCE, 'build', 'test'))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
import debian_root  # noqa: E402

POLKITD = '/usr/lib/polkit-1/polkitd'
ERROR = 'org.anchord.Anchord1.Error.'
# As Debian's system.conf: what is not allowed by name is refused. The policies of anchord and polkit are the files that are installed.
BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=%(path)s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><deny own="*"/><deny send_type="method_call"/>
    <allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Introspectable"/>
    <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus" send_member="UpdateActivationEnvironment"/>
  </policy>
  <policy user="root"><allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Peer"/></policy>
  <include>%(source)s/data/org.anchord.Anchord1.conf</include>
  <include>/usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf</include>
  %(services)s
</busconfig>
'''
# daemon may, bin may not, sys may what it is shown, anybody else must authenticate.
RULES = '''polkit.addRule(function(action, subject) {
  if (action.id.indexOf("org.anchord.Anchord1.") != 0) return polkit.Result.NOT_HANDLED;
  if (subject.user == "daemon") return polkit.Result.YES;
  if (subject.user == "bin") return polkit.Result.NO;
  if (subject.user == "sys") return %s ? polkit.Result.YES : polkit.Result.NO;
  return polkit.Result.NOT_HANDLED;
});
'''
POINTS = [0, 0]


def enter():
    """Runs this program again in a private mount namespace. Ends the program with a skip where that is not to be had."""
    if os.environ.get('ANCHORD_TEST_NAMESPACE'):
        return
    for need, why in ((os.geteuid() == 0, 'needs root'), (shutil.which('dbus-daemon'), 'dbus-daemon is not installed'),
                      (os.access(POLKITD, os.X_OK), 'polkitd is not installed'), (shutil.which('unshare'), 'unshare is not installed')):
        if not need:
            print('1..0 # SKIP ' + why)
            sys.exit(0)
    environment = dict(os.environ, ANCHORD_TEST_NAMESPACE='1')
    os.execvpe('unshare', ['unshare', '-m', '--propagation', 'private', sys.executable, *sys.argv], environment)


def point(ok, what, *details):
    """One TAP point."""
    POINTS[0] += 1
    print('%sok %d - %s' % ('' if ok else 'not ', POINTS[0], what), flush=True)
    if not ok:
        POINTS[1] += 1
        for detail in details:
            print('# ' + str(detail).replace('\n', '\n# ')[:2000], flush=True)
    return ok


def finish():
    print('1..%d' % POINTS[0])
    sys.exit(1 if POINTS[1] else 0)


def wait_for(what, seconds=5.0, pause=0.01):
    """Asks WHAT until it is true. Returns the seconds it took, None if it never was."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if what():
            return time.monotonic() - begin
        time.sleep(pause)
    return None


class Client:
    """A connection of its own, as USER (None: root). PROGRAM lines: client.py."""

    def __init__(self, machine, user=None):
        prefix = ['setpriv', '--reuid=' + user, '--regid=nogroup', '--clear-groups'] if user else []
        self.process = subprocess.Popen([*prefix, sys.executable, '-B', os.path.join(machine.folder, 'client.py'), machine.address], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env={'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8'})
        self.pid = self.process.pid
        self.answers, self.signals, self.serial = {}, queue.Queue(), 0
        self.condition = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.name = self._wait(0, 20)['value']

    def _read(self):
        for line in self.process.stdout:
            said = json.loads(line)
            if 'signal' in said:
                self.signals.put(said)
                continue
            with self.condition:
                self.answers[said['id']] = said
                self.condition.notify_all()
        with self.condition:
            self.answers['end'] = True
            self.condition.notify_all()

    def _wait(self, serial, timeout):
        with self.condition:
            if not self.condition.wait_for(lambda: serial in self.answers or 'end' in self.answers, timeout):
                raise TimeoutError('no answer within %s s' % timeout)
            if serial not in self.answers:
                raise RuntimeError('the client ended')
            return self.answers.pop(serial)

    def send(self, do, **request):
        self.serial += 1
        self.process.stdin.write((json.dumps(dict(request, id=self.serial, do=do)) + '\n').encode())
        self.process.stdin.flush()
        return self.serial

    def wait(self, serial, timeout=60):
        """What came back: the list of values, or raises CallError."""
        answer = self._wait(serial, timeout)
        if 'error' in answer:
            raise CallError(answer['error'], answer['message'])
        self.last = answer
        return answer['value']

    def start(self, method, signature=None, args=None, **more):
        request = dict(more, method=method)
        if signature:
            request.update(type=signature, args=repr(args))
        return self.send('call', **request)

    def call(self, method, signature=None, args=None, **more):
        return self.wait(self.start(method, signature, args, **more))

    def error(self, method, signature=None, args=None, **more):
        """The error's name without its head; None if there is none."""
        try:
            self.call(method, signature, args, **more)
            return None
        except CallError as error:
            self.message = error.message
            return error.name.removeprefix(ERROR)

    def next_signal(self, name, timeout=5):
        """The next signal NAME; None."""
        end = time.monotonic() + timeout
        while True:
            try:
                said = self.signals.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                return None
            if said['signal'] == name:
                return said

    def drop_signals(self):
        while not self.signals.empty():
            self.signals.get()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


class CallError(Exception):
    def __init__(self, name, message):
        super().__init__('%s: %s' % (name, message))
        self.name, self.message = name, message


class Machine:
    """Bus, polkitd, root and service."""

    def __init__(self, polkit=True, anchors=0, sys_rule='false', idle_exit=None, activated=False):
        self.folder = tempfile.mkdtemp(prefix='anchord-bus-')
        os.chmod(self.folder, 0o755)
        self.address = 'unix:path=%s/bus' % self.folder
        self.root = os.path.join(self.folder, 'root')
        self.environment = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=self.address, LC_ALL='C.UTF-8', NO_AT_BRIDGE='1')
        self.clients, self.daemon, self.bus, self.polkitd, self.service = [], None, None, None, None
        self.idle_exit = idle_exit
        # The client runs as users that may not read the source tree.
        shutil.copy(os.path.join(HERE, 'client.py'), self.folder)
        self._make_root(anchors)
        self._start_bus(activated)
        if polkit:
            self._start_polkit(sys_rule)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def _make_root(self, anchors):
        certificates = os.path.join(self.folder, 'certificates')
        os.makedirs(certificates)
        os.makedirs(self.root)
        if anchors:
            subprocess.run([os.path.join(BUILD, 'tests/lib/make-roots'), str(anchors), certificates], check=True)
        debian_root.make_root(self.root, certificates)

    def program(self):
        return os.environ.get('ANCHORD') or os.path.join(BUILD, 'daemon', 'anchord')

    def _start_bus(self, activated):
        services = ''
        if activated:
            folder = os.path.join(self.folder, 'services')
            os.makedirs(folder)
            log = os.path.join(self.folder, 'service.log')
            with open(os.path.join(folder, 'org.anchord.Anchord1.service'), 'w') as out:
                out.write('[D-BUS Service]\nName=org.anchord.Anchord1\nUser=root\nExec=/bin/sh -c "exec %s >>%s 2>&1"\n' % (' '.join(self.command()), log))
            services = '<servicedir>%s</servicedir>' % folder
        configuration = os.path.join(self.folder, 'bus.conf')
        with open(configuration, 'w') as out:
            text = BUS % {'path': self.folder + '/bus', 'source': SOURCE, 'services': services}
            # Activation as root without its set-uid helper takes a bus that is no system bus by type.
            out.write(text.replace('<type>system</type>', '<type>private</type>') if activated else text)
        self.bus = subprocess.Popen(['dbus-daemon', '--config-file=' + configuration, '--nofork', '--nopidfile', '--nosyslog', '--print-address'],
                                    stdout=subprocess.PIPE, stderr=open(os.path.join(self.folder, 'bus.log'), 'wb'), env=self.environment)
        if not self.bus.stdout.readline():
            raise RuntimeError('dbus-daemon does not start: ' + self.read_log('bus.log'))

    def _start_polkit(self, sys_rule):
        rules = os.path.join(self.folder, 'rules.d')
        actions = os.path.join(self.folder, 'actions')
        os.makedirs(rules)
        shutil.copytree('/usr/share/polkit-1/actions', actions)
        shutil.copy(os.path.join(SOURCE, 'data', 'org.anchord.Anchord1.policy'), actions)
        with open(os.path.join(rules, '10-anchord-test.rules'), 'w') as out:
            out.write(RULES % sys_rule)
        for folder in (rules, actions):
            os.chmod(folder, 0o755)
        subprocess.run(['mount', '--bind', rules, '/etc/polkit-1/rules.d'], check=True)
        subprocess.run(['mount', '--bind', actions, '/usr/share/polkit-1/actions'], check=True)
        self.polkitd = subprocess.Popen([POLKITD, '--no-debug'], env=self.environment, stdout=subprocess.DEVNULL,
                                        stderr=open(os.path.join(self.folder, 'polkit.log'), 'wb'))
        if wait_for(lambda: self.has_owner('org.freedesktop.PolicyKit1'), 20, 0.05) is None:
            raise RuntimeError('polkitd does not start: ' + self.read_log('polkit.log'))

    def has_owner(self, name):
        asked = subprocess.run(['dbus-send', '--bus=' + self.address, '--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner',
                                'string:' + name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return b'boolean true' in asked.stdout

    def command(self):
        idle = ['--idle-exit', str(self.idle_exit)] if self.idle_exit else []
        return [self.program(), '--root', self.root, '--bus', self.address, *idle]

    def start(self):
        """Starts anchord and waits until it is ready."""
        path = os.path.join(self.folder, 'notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            if os.path.exists(path):
                os.unlink(path)
            notify.bind(path)
            notify.settimeout(60)
            self.service = subprocess.Popen(self.command(), env=dict(self.environment, NOTIFY_SOCKET=path), stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, 'service.log'), 'ab'))
            try:
                while b'READY=1' not in notify.recv(4096):
                    pass
            except socket.timeout:
                raise RuntimeError('anchord is not ready: ' + self.read_log('service.log')) from None
        return self

    def stop(self):
        """Returns its exit status; negative for a signal."""
        if self.service is None:
            return None
        if self.service.poll() is None:
            self.service.terminate()
        status = self.service.wait(60)
        self.service = None
        return status

    def read_log(self, name):
        with open(os.path.join(self.folder, name), 'rb') as stream:
            return stream.read().decode(errors='replace')[-3000:]

    def client(self, user=None):
        client = Client(self, user)
        self.clients.append(client)
        return client

    def certificate(self, name, *options):
        """A new self-signed CA: (PEM as bytes, fingerprint)."""
        base = os.path.join(self.folder, 'made-%d' % len(os.listdir(self.folder)))
        subprocess.run(['openssl', 'req', '-x509', '-utf8', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', base + '.key',
                        '-out', base + '.pem', '-days', '365', '-subj', '/CN=' + name, '-addext', 'keyUsage=critical,keyCertSign,cRLSign', *options],
                       check=True, stderr=subprocess.DEVNULL)
        with open(base + '.pem', 'rb') as stream:
            pem = stream.read()
        return pem, fingerprint_of(pem)

    def generation(self, client):
        return client.call('org.freedesktop.DBus.Properties.Get', '(ss)', ('org.anchord.Anchord1.Anchors', 'Generation'))[0]

    def descriptors(self):
        return len(os.listdir('/proc/%d/fd' % self.service.pid))

    def settle(self, client):
        """Until the first look at the sources is done, the generation may still rise."""
        wait_for(lambda: self.generation(client) > 0, 30)
        return self.generation(client)

    def close(self):
        for client in self.clients:
            if client.process.poll() is None:
                client.close()
        status = self.stop()
        for process in (self.polkitd, self.bus):
            if process is not None:
                process.terminate()
                process.wait()
        if status not in (None, 0):
            point(False, 'anchord ends with status 0, not %d' % status, self.read_log('service.log'))
        subprocess.run(['umount', '-q', '/etc/polkit-1/rules.d'], check=False)
        subprocess.run(['umount', '-q', '/usr/share/polkit-1/actions'], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def der_of(pem):
    body = pem.split(b'-----BEGIN CERTIFICATE-----')[1].split(b'-----END')[0]
    return base64.b64decode(body)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def fingerprint_of(pem):
    return digest(der_of(pem))
