# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates, random trust as anchor files, and what p11-kit's own `trust` says of a file. For test-round-trips."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import time

PURPOSES = {'server-auth': '1.3.6.1.5.5.7.3.1', 'client-auth': '1.3.6.1.5.5.7.3.2', 'code-signing': '1.3.6.1.5.5.7.3.3',
            'email-protection': '1.3.6.1.5.5.7.3.4', 'time-stamping': '1.3.6.1.5.5.7.3.8'}
OTHERS = ('1.2.3.4', '1.3.6.1.5.5.7.3.17')
# As `trust` calls them.
ASKED = {'server-auth': 'server-auth', 'client-auth': 'client-auth', 'code-signing': 'code-signing', 'email-protection': 'email',
         'time-stamping': PURPOSES['time-stamping'], '1.2.3.4': '1.2.3.4'}
SUBTREES = {'DNS': ('corp.example', 'a.corp.example', 'other.example'), 'IP': ('10.0.0.0/8', '10.1.0.0/16', '2001:db8::/32'),
            'Email': ('corp.example', '.corp.example', 'joe@corp.example'), 'URI': ('corp.example', '.corp.example'),
            'Directory': ('O=Corp,C=DE', 'C=DE')}
LABELS = ('Lab', 'Käse "x" % y', 'one: two', '日本')
DAY = 86400
# Runs `trust` with FOLDER as its only source, in a mount namespace of its own.
SCRIPT = '''
mount --bind "$1/modules" /usr/share/p11-kit/modules
shift
exec "$@"
'''


def element(data, offset=0):
    """(tag, content, whole, end) of the DER element at OFFSET."""
    length, head = data[offset + 1], 2
    if length & 0x80:
        count = length & 0x7f
        length, head = int.from_bytes(data[offset + 2:offset + 2 + count], 'big'), 2 + count
    end = offset + head + length
    return data[offset], data[offset + head:end], data[offset:end], end


def elements(data):
    offset = 0
    while offset < len(data):
        tag, content, whole, offset = element(data, offset)
        yield tag, content, whole


def dotted(content):
    arcs, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7f
        if not byte & 0x80:
            arcs += [min(value // 40, 2), value - 40 * min(value // 40, 2)] if not arcs else [value]
            value = 0
    return '.'.join(map(str, arcs))


class Certificate:
    """DER and the parts that trust is told by."""

    def __init__(self, der):
        self.der, self.fingerprint = der, hashlib.sha256(der).hexdigest()
        parts = [part for part in elements(next(elements(element(der)[1]))[1]) if part[0] != 0xa0]
        self.serial, self.issuer, self.spki = parts[0][1], parts[2][2], parts[5][2]
        self.key = hashlib.sha256(self.spki).hexdigest()
        self.has_eku = b'\x06\x03\x55\x1d\x25' in der

    @property
    def pem(self):
        text = base64.b64encode(self.der).decode()
        return '-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n' % ''.join(text[i:i + 64] + '\n' for i in range(0, len(text), 64))


def make_pool(folder, count=18):
    """COUNT certificates: some with one key, two that are no CA, some with purposes of their own."""
    pool, os_run = [], dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for number in range(count):
        key = os.path.join(folder, 'key-%d' % (number % (count - 5)))
        if not os.path.exists(key):
            subprocess.run(['openssl', 'ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', key], **os_run)
        path = os.path.join(folder, 'certificate.der')
        words = ['openssl', 'req', '-x509', '-new', '-key', key, '-subj', '/O=Pool/CN=Pool %d' % number, '-days', '3650', '-outform', 'DER', '-out', path,
                 '-addext', 'basicConstraints=critical,CA:%s' % ('FALSE' if number in (3, 4) else 'TRUE')]
        if number in (5, 6):
            words += ['-addext', 'extendedKeyUsage=emailProtection']
        subprocess.run(words, **os_run)
        with open(path, 'rb') as stream:
            pool.append(Certificate(stream.read()))
    return pool


def utc(seconds):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds))


class Settings:
    """The trust of one anchor, at random."""

    def __init__(self, random, now):
        self.purposes = [name for name in PURPOSES if random.random() < (0.7 if name == 'server-auth' else 0.35)]
        self.purposes += [oid for oid in OTHERS if random.random() < 0.08]
        self.purposes = self.purposes or ['email-protection']
        self.constraints, self.dates, self.until, self.accepts = {}, {}, None, random.random() < 0.4
        if random.random() < 0.35:
            for kind in random.sample(sorted(SUBTREES), random.randint(1, 3)):
                count = random.randint(0, 2)
                self.constraints['Permitted' + kind if random.random() < 0.6 or count == 0 else 'Excluded' + kind] = random.sample(SUBTREES[kind], count)
        if random.random() < 0.3:
            for purpose in random.sample(('server-auth', 'email-protection', 'code-signing'), random.randint(1, 2)):
                self.dates[purpose] = now + random.choice((-600, -399, -397, -1, 100, 30 * 365)) * DAY
        if random.random() < 0.12:
            self.until = now + 10 * DAY
        self.label = random.choice(LABELS) if random.random() < 0.3 else None

    def write(self, certificate):
        lines = ['[Anchor]', 'Version=1', 'Certificate=' + base64.b64encode(certificate.der).decode(), '', '[Trust]', 'Purposes=%s;' % ';'.join(self.purposes)]
        if self.dates:
            lines.append('DistrustAfter=' + ''.join('%s %s;' % (purpose, utc(date)) for purpose, date in self.dates.items()))
        if self.until:
            lines.append('Until=' + utc(self.until))
        if self.accepts:
            lines.append('AcceptLoss=true')
        if self.constraints:
            lines += ['', '[Constraints]'] + ['%s=%s' % (key, ''.join(text + ';' for text in texts)) for key, texts in self.constraints.items()]
        if self.label:
            lines += ['', '[Info]', 'Label=' + self.label]
        return '\n'.join(lines) + '\n'


class Distrust:
    """A refusal: by CERTIFICATE's hash, its key, its issuer and serial number; IS_KNOWN: with the certificate."""

    def __init__(self, certificate, by, is_known=True, label=None):
        self.certificate, self.by, self.is_known, self.label = certificate, by, is_known, label

    def write(self):
        lines = ['[Distrust]', 'Version=1']
        if 'certificate' in self.by:
            lines.append('SHA256=' + self.certificate.fingerprint)
        if 'key' in self.by:
            lines.append('KeySHA256=' + self.certificate.key)
        if 'serial' in self.by:
            lines += ['Issuer=' + self.certificate.issuer.hex(), 'Serial=' + self.certificate.serial.hex()]
        if self.is_known:
            lines.append('Certificate=' + base64.b64encode(self.certificate.der).decode())
        if self.label:
            lines += ['', '[Info]', 'Label=' + self.label]
        return '\n'.join(lines) + '\n'

    def names(self, certificate):
        return ('certificate' in self.by and certificate.fingerprint == self.certificate.fingerprint) \
            or ('key' in self.by and certificate.key == self.certificate.key) \
            or ('serial' in self.by and (certificate.issuer, certificate.serial) == (self.certificate.issuer, self.certificate.serial))


def put(root, path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)


class Store:
    """Random trust over POOL, written below ROOT: anchors, and refusals in the same layer or, to be lifted, below."""

    def __init__(self, random, root, pool, now):
        self.anchors, self.distrusts = {}, []
        for certificate in pool:
            dice = random.random()
            if dice < 0.22:
                by, is_known = random.choice(((('certificate',), True), (('certificate', 'key'), True), (('certificate', 'serial'), True),
                                              (('key',), True), (('serial',), False), (('certificate',), False), (('key',), False)))
                self.distrusts.append(Distrust(certificate, by, is_known, random.choice(LABELS) if random.random() < 0.2 and is_known else None))
            elif dice < 0.85:
                self.anchors[certificate.fingerprint] = (certificate, Settings(random, now))
        self.lifted = [Distrust(certificate, (by,), False) for certificate in pool for by in ('key', 'serial') if random.random() < 0.015]
        for number, distrust in enumerate(self.distrusts):
            put(root, 'etc/anchord/anchors.d/%d.distrust' % number, distrust.write())
        for number, distrust in enumerate(self.lifted):
            put(root, 'usr/lib/anchord/anchors.d/%d.distrust' % number, distrust.write())
        for certificate, settings in self.anchors.values():
            put(root, 'etc/anchord/anchors.d/%s.anchor' % certificate.fingerprint, settings.write(certificate))

    @property
    def n_settings(self):
        return len(self.anchors) + len(self.distrusts) + len(self.lifted)


def blocks(text, label):
    return [base64.b64decode(body) for body in re.findall('-----BEGIN %s-----\n(.*?)-----END' % label, text, re.S)]


class Trust:
    """p11-kit's `trust`, with files of ours as its only source."""

    def __init__(self, folder):
        self.folder = folder
        for name in ('modules', 'token', 'out'):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        with open(os.path.join(folder, 'modules', 'p11-kit-trust.module'), 'w') as out:
            out.write('module: p11-kit-trust.so\ntrust-policy: yes\nx-init-reserved: paths=%s\n' % os.path.join(folder, 'token'))

    def give(self, *texts):
        shutil.rmtree(os.path.join(self.folder, 'token'))
        os.makedirs(os.path.join(self.folder, 'token'))
        for number, text in enumerate(texts):
            with open(os.path.join(self.folder, 'token', '%d.p11-kit' % number), 'w', encoding='utf-8') as out:
                out.write(text)

    def run(self, *words):
        """`trust WORDS`; one call can't be told from another, so each is a process."""
        process = subprocess.run(['unshare', '-m', 'sh', '-ec', SCRIPT, 'sh', self.folder, 'trust', *words], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, encoding='utf-8')
        return process

    def is_usable(self):
        return bool(shutil.which('trust')) and self.run('list').returncode == 0

    def extract(self, purpose=None):
        """All that it trusts or refuses: ({fingerprint: purposes}, {refused fingerprints}), and what it complained of."""
        path = os.path.join(self.folder, 'out', 'bundle')
        if os.path.exists(path):
            os.unlink(path)
        done = self.run('extract', '--format=openssl-bundle', '--filter=trust-policy', *(['--purpose=' + purpose] if purpose else []), '--overwrite', path)
        text = ''
        if os.path.exists(path):
            with open(path, encoding='utf-8') as stream:
                text = stream.read()
        trusted, refused = {}, set()
        for der in blocks(text, 'TRUSTED CERTIFICATE'):
            end = element(der)[3]
            fingerprint = hashlib.sha256(der[:end]).hexdigest()
            parts = {tag: content for tag, content, _ in elements(element(der, end)[1])}
            if parts.get(0xa0):
                refused.add(fingerprint)
            else:
                trusted[fingerprint] = {dotted(content) for _, content, _ in elements(parts.get(0x30, b''))}
        return trusted, refused, done.stderr

    def count(self, filtered, purpose=None):
        """How many certificates `trust list` shows."""
        done = self.run('list', '--filter=' + filtered, *(['--purpose=' + purpose] if purpose else []))
        return done.stdout.count('type: certificate')
