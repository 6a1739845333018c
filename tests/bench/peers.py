# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same job done by what there is today: the distribution's tool, and p11-kit with the extracts of Fedora's script."""

import os
import shutil

import debian_root

MODULE = '/usr/lib/%s/pkcs11/p11-kit-trust.so'
MODULES = '/usr/share/p11-kit/modules'
# update-ca-trust of Fedora, line by line.
EXTRACTS = (
    ('openssl-bundle', 'certificates', [], 'openssl/ca-bundle.trust.crt'),
    ('pem-bundle', 'ca-anchors', ['--purpose', 'server-auth'], 'pem/tls-ca-bundle.pem'),
    ('pem-bundle', 'ca-anchors', ['--purpose', 'email'], 'pem/email-ca-bundle.pem'),
    ('pem-bundle', 'ca-anchors', ['--purpose', 'code-signing'], 'pem/objsign-ca-bundle.pem'),
    ('java-cacerts', 'ca-anchors', ['--purpose', 'server-auth'], 'java/cacerts'),
    ('edk2-cacerts', 'ca-anchors', ['--purpose', 'server-auth'], 'edk2/cacerts.bin'),
    ('pem-directory-hash', 'ca-anchors', ['--purpose', 'server-auth'], 'pem/directory-hash'),
)


def distribution_tool(box, root, given, runs):
    """Milliseconds of update-ca-certificates without hooks, one root more each time. ROOT is settled."""
    times = []
    for path in given[:runs]:
        shutil.copyfile(path, os.path.join(root, 'usr/local/share/ca-certificates', os.path.basename(path)[:-4] + '.crt'))
        os.sync()
        times += box.stopwatch(debian_root.tool_command(root), ['-'])
    return times


def compatible_tool(box, root, given, runs, tells):
    """The same of the command that stands in for it. TELLS: anchord looks at it in the same run, publishes and journals it; else the tool's own work alone."""
    tool, times = os.path.join(box.build, 'compat/update-ca-certificates'), []
    words = ['--sysroot', root, '--hooksdir', '/nonexistent'] + ([] if tells else ['--certbundle', 'other.crt'])
    box.run([tool, *words])
    for path in given[:runs]:
        shutil.copyfile(path, os.path.join(root, 'usr/local/share/ca-certificates', os.path.basename(path)[:-4] + '.crt'))
        os.sync()
        times += box.stopwatch([tool, *words], ['-'])
    return times


def trust_module():
    for triplet in os.listdir('/usr/lib'):
        if os.path.exists(MODULE % triplet):
            return MODULE % triplet
    return None


def trust_tool(box, material, given, runs, extracts=EXTRACTS):
    """Milliseconds of `trust anchor --store` and EXTRACTS; None where p11-kit's tool is not there."""
    module = trust_module()
    if module is None or shutil.which('trust') is None:
        return None
    box.copies += 1
    modules, source, out = (box.path('p11-%s.%d' % (name, box.copies)) for name in ('modules', 'source', 'out'))
    for folder in (modules, source + '/anchors', source + '/blocklist', *(out + '/' + name for name in ('openssl', 'pem', 'java', 'edk2'))):
        os.makedirs(folder)
    for name in os.listdir(material):
        shutil.copyfile(os.path.join(material, name), os.path.join(source, 'anchors', name))
    with open(modules + '/p11-kit-trust.module', 'w') as conf:
        conf.write("module: %s\npriority: 1\ntrust-policy: yes\ndisable-in: p11-kit-proxy\nx-init-reserved: paths='%s'\n" % (module, source))
    script = box.path('p11.sh')
    with open(script, 'w') as stream:
        # p11-kit reads no configuration of root's own: the system's folder is covered, in a mount namespace.
        stream.write('set -e\nmount --bind %s %s\n' % (modules, MODULES))
        # It ends with 2 where Debian has no trust-extract-compat to run after the store.
        stream.write('trust anchor --store "$1" 2>/dev/null || [ $? = 2 ]\n')
        for form, what, options, name in extracts:
            stream.write('trust extract --format=%s --filter=%s %s --overwrite %s/%s\n' % (form, what, ' '.join(options), out, name))
    times = box.stopwatch(['unshare', '-m', '--propagation', 'private', 'sh', script], given[:runs])
    if not os.path.getsize(out + '/pem/tls-ca-bundle.pem'):
        raise RuntimeError('trust extract wrote nothing')
    return times
