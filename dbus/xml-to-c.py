#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns the interface's XML into a C string: xml-to-c.py INPUT OUTPUT. Comments are for readers of the file, not for every start of the daemon."""
import re
import sys

with open(sys.argv[1], encoding="utf-8") as source:
    text = re.sub(r"<!--.*?-->", "", source.read(), flags=re.S)
lines = [line.strip() for line in text.splitlines() if line.strip()]
with open(sys.argv[2], "w", encoding="utf-8") as target:
    target.write('#include "dbus/introspection.h"\n\nconst char anchord_introspection_xml[] =\n')
    for line in lines:
        target.write('  "%s\\n"\n' % line.replace("\\", "\\\\").replace('"', '\\"'))
    target.write("  ;\n")
