#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""man-page.py RST PAGE VERSION DATE: makes a manual page of reStructuredText, as rst2man does, and mends what mandoc(1) has against that: no date, a font that
nobody has, empty lines below headings."""

import re
import subprocess
import sys


def mend(text, version, date):
    """TEXT: what rst2man wrote."""
    text = re.sub(r'^\.TH "?([^" ]+)"? "?(\w+)"? .*$', lambda match: '.TH "%s" "%s" "%s" "anchord %s" "anchord"' % (*match.groups(), date, version), text,
                  count=1, flags=re.M)
    text = re.sub(r'^\.ft C$', '.ft CR', text, flags=re.M)
    text = re.sub(r'^(\.S[HS] .*\n)\.sp\n', r'\1', text, flags=re.M)
    # A paragraph that is nothing but the space before what has its own.
    text = re.sub(r'^\.sp\n(?=\.(?:SH|SS|TP|INDENT|sp))', '', text, flags=re.M)
    return text


def main():
    source, page, version, date = sys.argv[1:]
    made = subprocess.run(['rst2man', '--strict', source], stdout=subprocess.PIPE, check=True)
    with open(page, 'w', encoding='utf-8') as stream:
        stream.write(mend(made.stdout.decode(), version, date))


if __name__ == '__main__':
    main()
