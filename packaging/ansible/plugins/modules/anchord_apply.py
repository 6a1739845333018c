#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: anchord_apply
short_description: Make a machine's trust what a folder of anchor files says
description:
  - Runs C(anchorctl apply) on the managed machine. Everything happens in one change, or nothing.
author: The anchord authors
options:
  path:
    description: A folder of anchor files on the managed machine, or one file of any form that anchorctl reads.
    type: path
    required: true
  purge_owned:
    description: Remove what anchord wrote and the files do not name. Entries of others stay.
    type: bool
    default: false
  allow_empty:
    description: Take it for a wish if the folder names nothing.
    type: bool
    default: false
  allow_expired:
    description: Accept certificates that have expired.
    type: bool
    default: false
  allow_non_ca:
    description: Accept certificates that are no CA.
    type: bool
    default: false
  override_distrust:
    description: Trust what a distrust entry refuses.
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
    description: Shows each certificate with its trust before and after.
'''

EXAMPLES = r'''
- name: The company's anchors lie on the machine
  ansible.builtin.copy:
    src: anchors/
    dest: /etc/corp/anchors/
    mode: '0644'

- name: They are what the machine trusts beside its distribution
  anchord.anchord.anchord_apply:
    path: /etc/corp/anchors
    purge_owned: true
    reason: CHG-42
'''

RETURN = r'''
generation:
  description: The generation that is effective.
  type: int
  returned: success
results:
  description: What became of each certificate, as anchorctl tells it.
  type: list
  elements: dict
  returned: success
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.anchord.anchord.plugins.module_utils.anchorctl import ARGUMENTS, Anchorctl


def main():
    arguments = dict(ARGUMENTS, path={'type': 'path', 'required': True}, purge_owned={'type': 'bool', 'default': False},
                     allow_empty={'type': 'bool', 'default': False})
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)
    tool = Anchorctl(module)
    tool.change(['apply', module.params['path']] + tool.reason()
                + tool.flags('purge_owned', 'allow_empty', 'allow_expired', 'allow_non_ca', 'override_distrust'))


if __name__ == '__main__':
    main()
