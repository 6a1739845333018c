# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""CAs and revocation lists, made by openssl, for tests."""

import hashlib
import os
import subprocess
import tempfile
import time

CONFIG = '''[ca]
default_ca = c
[c]
database = %(folder)s/index
crlnumber = %(folder)s/number
default_md = sha256
%(extensions)s
[x]
authorityKeyIdentifier = keyid:always
%(more)s
[part]
onlyuser = TRUE
'''
PARTIAL = 'issuingDistributionPoint = critical, @part'


def stamp(seconds):
    return time.strftime('%Y%m%d%H%M%SZ', time.gmtime(seconds))


def serial_of(certificate):
    done = subprocess.run(['openssl', 'x509', '-in', certificate, '-noout', '-serial'], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip().partition('=')[2]


def make_ca(out, key, name):
    """Writes a CA with that common name, and its key."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', out, '-days', '3650',
                    '-subj', '/CN=' + name, '-addext', 'keyUsage=critical,keyCertSign,cRLSign'], check=True, stderr=subprocess.DEVNULL)


def make_crl(out, issuer, key, number, revoked=(), begin=-3600, end=86400, more='', der=False):
    """Writes the list NUMBER (None: without one) of the CA in ISSUER, whose key is in KEY, to OUT: takes back the certificates in the files REVOKED; in force
    from BEGIN to END, seconds from now. MORE: lines of extensions. Returns the SHA-256 of its DER."""
    now = time.time()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'index'), 'w') as index:
            for certificate in revoked:
                index.write('R\t491231235959Z\t%s,keyCompromise\t%s\tunknown\t/CN=x\n' % (stamp(now - 7200)[2:], serial_of(certificate)))
        if number is not None:
            with open(os.path.join(folder, 'number'), 'w') as text:
                digits = '%X' % number
                text.write('0' * (len(digits) % 2) + digits + '\n')
        extensions = 'crl_extensions = x' if number is not None else ''
        config = CONFIG % {'folder': folder, 'extensions': extensions, 'more': more}
        if number is None:
            config = config.replace('crlnumber', '#')
        with open(os.path.join(folder, 'config'), 'w') as text:
            text.write(config)
        pem = os.path.join(folder, 'crl.pem')
        subprocess.run(['openssl', 'ca', '-gencrl', '-config', os.path.join(folder, 'config'), '-cert', issuer, '-keyfile', key, '-crl_lastupdate',
                        stamp(now + begin), '-crl_nextupdate', stamp(now + end), '-out', pem], check=True, stderr=subprocess.PIPE)
        bytes_of = subprocess.run(['openssl', 'crl', '-in', pem, '-outform', 'DER'], stdout=subprocess.PIPE, check=True).stdout
        with open(pem, 'rb') as stream:
            text = stream.read()
    with open(out, 'wb') as stream:
        stream.write(bytes_of if der else text)
    return hashlib.sha256(bytes_of).hexdigest()
