# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs anchorctl for the modules: first what would change, then the change."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

ARGUMENTS = {
    'root': {'type': 'path'},
    'executable': {'type': 'path', 'default': 'anchorctl'},
    'reason': {'type': 'str'},
    'allow_expired': {'type': 'bool', 'default': False},
    'allow_non_ca': {'type': 'bool', 'default': False},
    'override_distrust': {'type': 'bool', 'default': False},
}


class Refused(Exception):
    """What anchorctl says of its error: CODE as in its JSON."""

    def __init__(self, code, message, status):
        super(Refused, self).__init__(message)
        self.code, self.message, self.status = code, message, status


class Anchorctl(object):
    def __init__(self, module):
        self.module = module
        params = module.params
        self.command = [module.get_bin_path(params['executable'], required=True), '--json', '--no-ask-password']
        if params['root']:
            self.command += ['--root', params['root']]

    def flags(self, *names):
        """--NAME for each option that is set."""
        return ['--' + name.replace('_', '-') for name in names if self.module.params[name]]

    def reason(self):
        return ['--reason', self.module.params['reason']] if self.module.params['reason'] else []

    def run(self, words, given=None):
        """What anchorctl WORDS answers. Raises Refused."""
        status, out, err = self.module.run_command(self.command + words, data=given, binary_data=True,
                                                   environ_update={'LC_ALL': 'C.UTF-8'})
        try:
            answer = json.loads(out)
        except ValueError:
            raise Refused('failed', err.strip() or 'anchorctl gave no answer', status)
        if 'error' in answer:
            raise Refused(answer['error']['code'], answer['error']['message'], status)
        return answer

    def change(self, words, given=None):
        """Makes the change WORDS unless there is nothing to do or only a look was asked for; then ends the module."""
        try:
            preview = self.run(words + ['--dry-run'], given)
            answer = preview
            if preview['would_change'] and not self.module.check_mode:
                answer = self.run(words, given)
        except Refused as refusal:
            self.fail(refusal)
        self.end(preview, answer)

    def fail(self, refusal):
        self.module.fail_json(msg=refusal.message, code=refusal.code, rc=refusal.status)

    def end(self, preview, answer):
        for text in answer['notices'] + answer['failures'] + answer['notes']:
            self.module.warn(text)
        self.module.exit_json(changed=preview['would_change'], generation=answer['generation'], results=answer['results'],
                              diff=[describe(change) for change in preview['changes']])

    def end_unchanged(self, warning=None):
        if warning:
            self.module.warn(warning)
        self.module.exit_json(changed=False, results=[], diff=[])


def describe(change):
    """One certificate's trust, before and after, as Ansible shows differences."""
    header = '%s (%s)' % (change['title'], change['fingerprint'][:16])
    return {'before_header': header, 'after_header': header, 'before': (change['before'] or 'not trusted') + '\n',
            'after': (change['after'] or 'not trusted') + '\n'}
