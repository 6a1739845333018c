# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Made-up roots with the layouts of distributions that work with p11-kit, and what their own tool does there, by the real `trust`. For test-layouts."""

import base64
import fcntl
import glob
import hashlib
import os
import re
import shutil
import subprocess

import formats
from cli import SOURCE, run
from formats import PURPOSES, Certificate, blocks

ROOTS = '/usr/share/ca-certificates/mozilla/*.crt'
# `trust` with a module configuration of ours, in a mount namespace of its own.
SCRIPT = 'mount --bind "$1" /usr/share/p11-kit/modules; shift; exec "$@"'
LABELS = {3: 'Käse & Brot', 4: 'Two  blanks, (signs): +=?', 5: None}
CA_ANCHORS = '--filter=ca-anchors'


def is_usable():
    """Why the tests can't be run here, or nothing."""
    if not shutil.which('trust'):
        return 'needs p11-kit'
    if len(glob.glob(ROOTS)) < 100:
        return 'needs ca-certificates'
    done = subprocess.run(['unshare', '-m', 'true'], stderr=subprocess.DEVNULL)
    return 'needs mount namespaces' if done.returncode else ''


def read_source(path):
    with open(os.path.join(SOURCE, path), encoding='utf-8') as stream:
        return stream.read()


def roots():
    """Real CAs with names of their own: of two with one name, the number of a link is the order's."""
    found = {}
    for path in sorted(glob.glob(ROOTS)):
        with open(path, encoding='ascii') as stream:
            certificate = Certificate(blocks(stream.read(), 'CERTIFICATE')[0])
        found.setdefault(certificate.issuer, certificate)
    return list(found.values())


def der(tag, content):
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x81, size])) + content


def oid(dotted):
    numbers = [int(arc) for arc in dotted.split('.')]
    out = bytes([numbers[0] * 40 + numbers[1]])
    for arc in numbers[2:]:
        part = [arc & 0x7f]
        while arc > 127:
            arc >>= 7
            part.insert(0, 0x80 | arc & 0x7f)
        out += bytes(part)
    return der(6, out)


def percent(data):
    return ''.join('%%%02x' % byte for byte in data)


def persist(certificate, label=None, trusted=True, distrusted=False, purposes=None):
    """An object of p11-kit's for CERTIFICATE, and what is attached to its key."""
    lines = ['[p11-kit-object-v1]'] + (['label: "%s"' % percent(label.encode())] if label else [])
    lines += ['trusted: true'] if trusted else []
    lines += ['x-distrusted: true'] if distrusted else []
    text = '\n'.join(lines) + '\n' + certificate.pem + '\n'
    if purposes:
        value = der(0x30, oid('2.5.29.37') + der(4, der(0x30, b''.join(oid(PURPOSES[purpose]) for purpose in purposes))))
        key = base64.b64encode(certificate.spki).decode()
        text += '[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: 2.5.29.37\nvalue: "%s"\n-----BEGIN PUBLIC KEY-----\n%s\n' \
                '-----END PUBLIC KEY-----\n\n' % (percent(value), key)
    return text


class Layout:
    """A root with the distribution's set in it. ROOTS: Certificate; the first four are refused, neither, for mail, for code."""

    def __init__(self, folder, certificates):
        self.folder, self.root, self.certificates = folder, os.path.join(folder, 'root'), certificates
        self.put('etc/os-release', 'ID=%s\n' % self.ID)
        self.put(self.TOOL, '#!/bin/sh\n')
        os.chmod(self.at(self.TOOL), 0o755)
        os.makedirs(self.at('usr/lib/anchord/consumers.d'))
        shutil.copy(os.path.join(SOURCE, 'data/consumers.d', self.NAME + '.consumer'), self.at('usr/lib/anchord/consumers.d'))
        for name in ('anchors', 'blocklist'):
            os.makedirs(self.at(self.LOCAL, name))
        self.ship(certificates)
        for path in self.FOLDERS:
            os.makedirs(self.at(path), exist_ok=True)
        os.makedirs(os.path.join(folder, 'modules'))
        with open(os.path.join(folder, 'modules', 'p11-kit-trust.module'), 'w') as out:
            out.write("module: p11-kit-trust.so\ntrust-policy: yes\nx-init-reserved: paths='%s:%s'\n" % (self.at(self.LOCAL), self.at(self.SHARE)))

    def ship(self, certificates):
        """The distribution's set."""
        text = persist(certificates[0], 'Refused', False, True) + persist(certificates[1], 'Neither', False)
        text += persist(certificates[2], 'Mail', purposes=['email-protection']) + persist(certificates[3], LABELS[3], purposes=['code-signing'])
        for number, certificate in enumerate(certificates[4:], 4):
            purposes = ['server-auth', 'email-protection'] if number % 3 else ['server-auth', 'client-auth', 'code-signing', 'email-protection']
            text += persist(certificate, LABELS.get(number, 'Root %d' % number), purposes=purposes if number % 5 else None)
        self.put(self.SHARE + '/bundle.p11-kit', text)

    def at(self, *parts):
        return os.path.join(self.root, *parts)

    def put(self, path, text):
        formats.put(self.root, path, text)

    def run(self, *words, **more):
        return run(*words, where=('--root', self.root), **more)

    def extract(self, form, path, *words):
        """One run of `trust extract`, as root of the distribution would."""
        done = subprocess.run(['unshare', '-m', 'sh', '-ec', SCRIPT, 'sh', os.path.join(self.folder, 'modules'), 'trust', 'extract', '--overwrite',
                               '--format=' + form, *words, self.at(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8')
        if done.returncode:
            raise RuntimeError('trust extract %s: %s' % (path, done.stderr))

    def bundle(self, path, purpose, *words):
        self.extract('pem-bundle', path, CA_ANCHORS, '--purpose=' + purpose, *words)

    def files(self, paths):
        """What stands at PATHS: {path: bytes, or a link's target}; of folders, each entry."""
        out = {}
        for path in paths:
            full = self.at(path)
            names = [os.path.join(path, name) for name in sorted(os.listdir(full))] if os.path.isdir(full) and not os.path.islink(full) else [path]
            for name in names:
                if os.path.islink(self.at(name)):
                    out[name] = os.readlink(self.at(name))
                elif os.path.isfile(self.at(name)):
                    with open(self.at(name), 'rb') as stream:
                        out[name] = stream.read()
        return out

    def shown(self, path):
        """Fingerprints of the certificates that the file or folder PATH trusts."""
        found = set()
        for content in self.files([path]).values():
            if isinstance(content, str):
                continue
            if content[:4] == b'\xfe\xed\xfe\xed':
                found |= {hashlib.sha256(der_).hexdigest() for der_ in keystore(content)}
            text = content.decode('utf-8', 'replace')
            found |= {hashlib.sha256(der_).hexdigest() for der_ in blocks(text, 'CERTIFICATE')}
            for whole in blocks(text, 'TRUSTED CERTIFICATE'):
                end = formats.element(whole)[3]
                uses = {tag: content_ for tag, content_, _whole in formats.elements(formats.element(whole, end)[1])}
                if 0xa0 not in uses and uses.get(0x30, b'-') != b'':
                    found.add(hashlib.sha256(whole[:end]).hexdigest())
        return found


def keystore(data):
    """The certificates of a JKS file."""
    count, at = int.from_bytes(data[8:12], 'big'), 12
    for _number in range(count):
        size = int.from_bytes(data[at + 4:at + 6], 'big')
        at += 4 + 2 + size + 8
        at += 2 + int.from_bytes(data[at:at + 2], 'big')
        size = int.from_bytes(data[at:at + 4], 'big')
        yield data[at + 4:at + 4 + size]
        at += 4 + size


def hash_links(folder):
    return [name for name in sorted(os.listdir(folder)) if re.fullmatch('[0-9a-f]{8}[.][0-9]+', name)]


class Fedora(Layout):
    NAME, ID, TOOL = 'fedora', 'fedora', 'usr/bin/update-ca-trust'
    LOCAL, SHARE = 'etc/pki/ca-trust/source', 'usr/share/pki/ca-trust-source'
    DEST = 'etc/pki/ca-trust/extracted/'
    FOLDERS = [DEST + 'pem', DEST + 'openssl', DEST + 'java', DEST + 'edk2', 'etc/pki/tls/certs']
    TLS, EMAIL, CODE = DEST + 'pem/tls-ca-bundle.pem', DEST + 'pem/email-ca-bundle.pem', DEST + 'pem/objsign-ca-bundle.pem'
    EDK2, JAVA, TRUSTED, HASHED = DEST + 'edk2/cacerts.bin', DEST + 'java/cacerts', DEST + 'openssl/ca-bundle.trust.crt', DEST + 'pem/directory-hash'
    LINKS = 'etc/pki/tls/certs'
    SAME_BYTES = [TLS, EMAIL, CODE, EDK2]
    SAME_ENTRIES = [HASHED, LINKS]

    def tool(self):
        """What update-ca-trust does: seven extracts, and links to the hashed files."""
        self.extract('openssl-bundle', self.TRUSTED, '--filter=certificates', '--comment')
        self.bundle(self.TLS, 'server-auth', '--comment')
        self.bundle(self.EMAIL, 'email', '--comment')
        self.bundle(self.CODE, 'code-signing', '--comment')
        self.extract('java-cacerts', self.JAVA, CA_ANCHORS, '--purpose=server-auth')
        self.extract('edk2-cacerts', self.EDK2, CA_ANCHORS, '--purpose=server-auth')
        self.extract('pem-directory-hash', self.HASHED, CA_ANCHORS, '--purpose=server-auth')
        self.make_links()

    def make_links(self):
        wanted = {name: '/' + self.HASHED + '/' + os.readlink(self.at(self.HASHED, name)) for name in hash_links(self.at(self.HASHED))}
        for name in hash_links(self.at(self.LINKS)):
            if os.readlink(self.at(self.LINKS, name)) != wanted.get(name):
                os.unlink(self.at(self.LINKS, name))
        for name, target in wanted.items():
            if not os.path.islink(self.at(self.LINKS, name)):
                os.symlink(target, self.at(self.LINKS, name))


class Arch(Fedora):
    NAME, ID, TOOL = 'arch', 'arch', 'usr/bin/update-ca-trust'
    LOCAL, SHARE = 'etc/ca-certificates/trust-source', 'usr/share/ca-certificates/trust-source'
    DEST = 'etc/ca-certificates/extracted/'
    FOLDERS = [DEST[:-1], 'etc/ssl/certs']
    TLS, EMAIL, CODE = DEST + 'tls-ca-bundle.pem', DEST + 'email-ca-bundle.pem', DEST + 'objsign-ca-bundle.pem'
    EDK2, JAVA, TRUSTED, HASHED = DEST + 'edk2-cacerts.bin', DEST + 'java-cacerts.jks', DEST + 'ca-bundle.trust.crt', DEST + 'cadir'
    LINKS = 'etc/ssl/certs'
    SAME_BYTES = [TLS, EMAIL, CODE, EDK2]
    SAME_ENTRIES = [HASHED, LINKS]

    def make_links(self):
        """By name and by hash; a link that leads nowhere goes."""
        wanted = {}
        for name in os.listdir(self.at(self.HASHED)):
            path = self.at(self.HASHED, name)
            wanted[name] = '../../ca-certificates/extracted/cadir/' + (os.readlink(path) if os.path.islink(path) else name)
        for name in os.listdir(self.at(self.LINKS)):
            path = self.at(self.LINKS, name)
            if os.path.islink(path) and 'cadir/' in os.readlink(path) and os.readlink(path) != wanted.get(name):
                os.unlink(path)
        for name, target in wanted.items():
            if not os.path.islink(self.at(self.LINKS, name)):
                os.symlink(target, self.at(self.LINKS, name))


class Suse(Layout):
    NAME, ID, TOOL = 'suse', 'opensuse-leap', 'usr/sbin/update-ca-certificates'
    LOCAL, SHARE = 'etc/pki/trust', 'usr/share/pki/trust'
    STATE = 'var/lib/ca-certificates'
    FOLDERS = [STATE, 'etc/ssl']
    TLS, JAVA, TRUSTED, HASHED = STATE + '/ca-bundle.pem', STATE + '/java-cacerts', STATE + '/openssl', STATE + '/pem'
    SAME_BYTES = [TLS]
    SAME_ENTRIES = [HASHED]

    def tool(self):
        """The four hooks of update-ca-certificates, under its lock; the bundle has a head."""
        lock = os.open(self.at(self.STATE), os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.extract('java-cacerts', self.JAVA, CA_ANCHORS, '--purpose=server-auth')
            self.extract('openssl-directory', self.TRUSTED, CA_ANCHORS)
            self.extract('pem-directory-hash', self.HASHED, CA_ANCHORS, '--purpose=server-auth')
            self.bundle(self.TLS, 'server-auth')
            with open(self.at(self.TLS), 'rb') as stream:
                text = stream.read()
            with open(self.at(self.TLS + '.new'), 'wb') as out:
                out.write(b'#\n# made by a tool, not to be edited\n#\n' + text)
            os.chmod(self.at(self.TLS + '.new'), 0o444)
            os.rename(self.at(self.TLS + '.new'), self.at(self.TLS))
            if not os.path.islink(self.at('etc/ssl/certs')):
                os.symlink('../../' + self.STATE + '/pem', self.at('etc/ssl/certs'))
        finally:
            os.close(lock)


LAYOUTS = (Fedora, Arch, Suse)
