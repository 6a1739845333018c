#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: anchord_anchor
short_description: Trust, refuse or let go of one certificate
description:
  - Makes an anchor of the administrator's layer what the task says, with C(anchorctl) on the managed machine.
author: The anchord authors
options:
  certificate:
    description: The certificate itself, as PEM text.
    type: str
  path:
    description: A file on the managed machine that holds the certificate, as PEM or DER.
    type: path
  fingerprint:
    description: The SHA-256 of a certificate that is known there. For I(state=absent) and I(state=distrusted).
    type: str
  state:
    description:
      - C(present) trusts it exactly as the task says, C(distrusted) refuses it and its key, C(absent) takes away the trust that anchord wrote
        (a refusal stays).
    type: str
    choices: [present, absent, distrusted]
    default: present
  purposes:
    description: What to trust it for, names or OIDs.
    type: list
    elements: str
    default: [server-auth]
  permitted:
    description: The only names that it is trusted for; from C(dns), C(ip), C(email), C(uri), C(directory) to subtrees. An empty list permits none.
    type: dict
    default: {}
  excluded:
    description: Names that it is not trusted for, in the same form.
    type: dict
    default: {}
  distrust_after:
    description: From purposes to times; what was issued later is not trusted.
    type: dict
    default: {}
  until:
    description: When the trust ends, as C(2027-01-01) or C(2027-01-01T12:00:00Z).
    type: str
  accept_loss:
    description: Put it into files that cannot say these limits, too.
    type: bool
    default: false
  label:
    description: A name for it.
    type: str
  cert_only:
    description: With I(state=distrusted), refuse the certificate alone, not its key.
    type: bool
    default: false
  allow_expired:
    description: Accept a certificate that has expired.
    type: bool
    default: false
  allow_non_ca:
    description: Accept a certificate that is no CA.
    type: bool
    default: false
  override_distrust:
    description: Trust it although a distrust entry refuses it.
    type: bool
    default: false
  reason:
    description: Why; kept in the journal.
    type: str
  root:
    description: Work on the files below this folder, without the service.
    type: path
  executable:
    description: The tool, where it is not in the path.
    type: path
    default: anchorctl
attributes:
  check_mode:
    support: full
    description: Tells exactly what would change, and changes nothing.
  diff_mode:
    support: full
    description: Shows the certificate with its trust before and after.
'''

EXAMPLES = r'''
- name: Trust the company's root for its own names, until it is replaced
  anchord.anchord.anchord_anchor:
    certificate: "{{ lookup('file', 'corp-root.pem') }}"
    permitted:
      dns: [corp.example]
      ip: []
    until: '2030-01-01'
    reason: CHG-42

- name: Refuse a root of the distribution's
  anchord.anchord.anchord_anchor:
    fingerprint: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    state: distrusted
'''

RETURN = r'''
generation:
  description: The generation that is effective.
  type: int
  returned: when something was looked at
results:
  description: What became of the certificate, as anchorctl tells it.
  type: list
  elements: dict
  returned: success
'''

import base64
import binascii
import hashlib
import re

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes
from ansible_collections.anchord.anchord.plugins.module_utils.anchorctl import ARGUMENTS, Anchorctl, Refused

KINDS = {'dns': 'DNS', 'ip': 'IP', 'email': 'Email', 'uri': 'URI', 'directory': 'Directory'}
PEM = re.compile(b'-----BEGIN (?:X509 )?CERTIFICATE-----(.*?)-----END (?:X509 )?CERTIFICATE-----', re.S)
DATE = re.compile(r'\d{4}-\d\d-\d\d\Z')


def read_der(module):
    """The DER of the one certificate that the task gives."""
    data = to_bytes(module.params['certificate'] or '')
    if module.params['path']:
        try:
            with open(module.params['path'], 'rb') as stream:
                data = stream.read(4 * 1024 * 1024)
        except (IOError, OSError) as error:
            module.fail_json(msg='%s: %s' % (module.params['path'], error.strerror))
    blocks = PEM.findall(data)
    if b'PRIVATE KEY-----' in data:
        module.fail_json(msg='this holds a private key; give the certificate alone')
    if len(blocks) > 1:
        module.fail_json(msg='this holds %d certificates; this module takes one (anchord_apply takes folders and bundles)' % len(blocks))
    if not blocks and not data.startswith(b'\x30'):
        module.fail_json(msg='this holds no certificate, neither as PEM nor as DER')
    try:
        return base64.b64decode(re.sub(br'\s', b'', blocks[0]), validate=True) if blocks else data
    except (binascii.Error, ValueError):
        module.fail_json(msg='the base64 of this certificate is damaged')


def escape(text, in_list=False):
    """TEXT as a value of a key file (the Desktop Entry syntax that GLib reads)."""
    text = str(text).replace('\\', '\\\\').replace('\n', '\\n').replace('\r', '\\r').replace('\t', '\\t')
    if in_list:
        text = text.replace(';', '\\;')
    return '\\s' + text[1:] if text.startswith(' ') else text


def join(texts):
    return ''.join(escape(text, True) + ';' for text in texts)


def write_time(text):
    """A date alone is midnight UTC."""
    text = str(text)
    return text + 'T00:00:00Z' if DATE.match(text) else text


def write_names(module, option, prefix):
    lines = []
    for kind, subtrees in sorted(module.params[option].items()):
        if kind not in KINDS:
            module.fail_json(msg='%s: there is no kind of name "%s"; there are %s' % (option, kind, ', '.join(sorted(KINDS))))
        if subtrees is None:
            module.fail_json(msg='%s: "%s" has no value; write [] to permit no name of that kind' % (option, kind))
        subtrees = subtrees if isinstance(subtrees, list) else [subtrees]
        lines.append('%s%s=%s' % (prefix, KINDS[kind], join(subtrees)))
    return lines


def write_anchor(module, der):
    """The anchor file that says what the task says."""
    params = module.params
    trust = ['Purposes=' + join(params['purposes'])]
    if params['distrust_after']:
        trust.append('DistrustAfter=' + join('%s %s' % (purpose, write_time(time)) for purpose, time in sorted(params['distrust_after'].items())))
    if params['until']:
        trust.append('Until=' + escape(write_time(params['until'])))
    if params['accept_loss']:
        trust.append('AcceptLoss=true')
    names = write_names(module, 'permitted', 'Permitted') + write_names(module, 'excluded', 'Excluded')
    info = ['%s=%s' % (key, escape(params[option])) for key, option in (('Label', 'label'), ('Reason', 'reason')) if params[option]]
    groups = [('Anchor', ['Version=1', 'Certificate=' + base64.b64encode(der).decode()]), ('Trust', trust), ('Constraints', names), ('Info', info)]
    return to_bytes('\n'.join('[%s]\n%s\n' % (name, '\n'.join(lines)) for name, lines in groups if lines))


def make_present(module, tool):
    if module.params['fingerprint']:
        module.fail_json(msg='state=present needs the certificate itself: give certificate or path')
    # What the file says replaces what was there: the reason too, so that it is said in the file and not beside it.
    tool.change(['apply', '-'] + tool.flags('allow_expired', 'allow_non_ca', 'override_distrust'), write_anchor(module, read_der(module)))


def name_of(module):
    return module.params['fingerprint'] or hashlib.sha256(read_der(module)).hexdigest()


def make_distrusted(module, tool):
    if module.params['fingerprint']:
        tool.change(['distrust', module.params['fingerprint']] + tool.reason() + tool.flags('cert_only'))
    tool.change(['distrust', '-'] + tool.reason() + tool.flags('cert_only'), read_der(module))


def make_absent(module, tool):
    """Nothing there is as it should be; what others trust is not this task's to take away."""
    name = name_of(module)
    try:
        tool.run(['remove', name, '--dry-run'])
    except Refused as refusal:
        if refusal.code == 'not-found':
            tool.end_unchanged()
        if refusal.code == 'foreign':
            tool.end_unchanged(refusal.message)
        tool.fail(refusal)
    tool.change(['remove', name] + tool.reason())


def main():
    arguments = dict(
        ARGUMENTS, certificate={'type': 'str'}, path={'type': 'path'}, fingerprint={'type': 'str'},
        state={'type': 'str', 'default': 'present', 'choices': ['present', 'absent', 'distrusted']},
        purposes={'type': 'list', 'elements': 'str', 'default': ['server-auth']}, permitted={'type': 'dict', 'default': {}},
        excluded={'type': 'dict', 'default': {}}, distrust_after={'type': 'dict', 'default': {}}, until={'type': 'str'},
        accept_loss={'type': 'bool', 'default': False}, label={'type': 'str'}, cert_only={'type': 'bool', 'default': False})
    sources = ['certificate', 'path', 'fingerprint']
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True, required_one_of=[sources], mutually_exclusive=[sources])
    tool = Anchorctl(module)
    {'present': make_present, 'absent': make_absent, 'distrusted': make_distrusted}[module.params['state']](module, tool)


if __name__ == '__main__':
    main()
