# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Namespaces of mounts and processes that end with the test, with the machine's own folders under overlays, and processes in them. For the tests of
this folder."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

from cli import need_root

BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
COVERED = ('/etc', '/usr/local/share', '/var/lib', '/boot')
PYTHON = '/usr/bin/python3'
CLEAN = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8'}
# A consumer of one's own.
CONSUMER = '''[Consumer]
Version=1
Description=Demonstration
Unit=demo.service

[Output bundle]
Format=pem-bundle
Path=%s
Purpose=server-auth
'''
PLACED = '/var/lib/anchord/placed/demo/bundle.pem'
READY = 'import os, time; os.write(1, b"+")\n'
STARTED = []


def skip(why):
    print('1..0 # SKIP ' + why)
    sys.exit(0)


def enter():
    """Runs this program again where nobody else's processes and files are."""
    if os.environ.get('ANCHORD_TEST_ALONE'):
        return os.environ['ANCHORD_TEST_ALONE']
    need_root()
    probe = subprocess.run(['unshare', '-m', '-p', '--fork', '--mount-proc', '--propagation', 'private', 'true'], stderr=subprocess.DEVNULL)
    if probe.returncode != 0:
        skip('namespaces of mounts and processes are not to be had here')
    if not os.path.exists('/usr/sbin/update-ca-certificates'):
        skip('this is no Debian')
    work = tempfile.mkdtemp(prefix='anchord-processes-', dir='/tmp')
    done = subprocess.run(['unshare', '-m', '-p', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private', sys.executable, '-B', *sys.argv],
                          env=dict(os.environ, ANCHORD_TEST_ALONE=work))
    shutil.rmtree(work, ignore_errors=True)
    sys.exit(done.returncode)


def mount(*words):
    if subprocess.run(['mount', *words], stderr=subprocess.DEVNULL).returncode != 0:
        skip('overlays are not to be had here')


def cover(work):
    mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', work)
    for folder in COVERED:
        for part in ('upper', 'work'):
            os.makedirs(work + '/' + part + folder)
        mount('-t', 'overlay', '-o', 'lowerdir=%s,upperdir=%s/upper%s,workdir=%s/work%s' % (folder, work, folder, work, folder), 'overlay', folder)
    for path in ('/usr/local/share/ca-certificates', '/etc/anchord', '/var/lib/anchord', '/etc/ca-certificates/update.d', '/etc/initramfs-tools'):
        shutil.rmtree(path, ignore_errors=True)
    os.makedirs('/usr/local/share/ca-certificates')
    for path in glob.glob('/boot/init*') + [path for path in glob.glob('/etc/ssl/certs/*') if not os.path.islink(path)]:
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    subprocess.run(['update-ca-certificates', '--fresh'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, LC_ALL='C'))


def start(*words, **more):
    """A process that is ready when it has written a byte."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=CLEAN, **more)
    if os.read(process.stdout.fileno(), 1) == b'':
        raise RuntimeError('it did not start: %r' % (words,))
    STARTED.append(process)
    return process.pid


def python(code, *arguments, **more):
    return start(PYTHON, '-c', code + READY + 'time.sleep(1000)', *arguments, **more)


def place_consumer():
    os.makedirs('/etc/anchord/consumers.d', exist_ok=True)
    with open('/etc/anchord/consumers.d/demo.consumer', 'w') as out:
        out.write(CONSUMER % PLACED)


def end(pid):
    for process in STARTED:
        if process.pid == pid:
            process.kill()
            process.wait()


def end_all():
    for process in STARTED:
        process.kill()
        process.wait()
