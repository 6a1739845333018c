#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bus-page.py SOURCE PAGE VERSION DATE: makes the manual page org.anchord.Anchord1(5) of what the service is built from: the interfaces' XML and its comments,
the table of doors, the errors, the polkit actions. A member that nothing is said of is an error."""

import os
import re
import sys
import xml.etree.ElementTree as ET

PREFIX = 'org.anchord.Anchord1'
# What an option or a member of a dictionary may have for a type. "as" is also a word: it is a type where the sentence does not go on.
TYPE = r'(?:aa?\{s(?:v|as|x)\}|aay|ay|[sbtxuidhv]|as(?=[,;.:)}]|\s*[({]|\s*$))'
FOR_WHOM = {'auth_admin': 'an administrator\'s password', 'auth_admin_keep': 'an administrator\'s password, remembered for a while', 'yes': 'everybody',
            'no': 'nobody'}


def roff(text):
    return text.replace('\\', '\\e').replace('-', '\\-').replace('"', '\\(dq').replace("'", '\\(aq').replace('\N{RIGHTWARDS ARROW}', '\\(->') \
        .replace('\N{HORIZONTAL ELLIPSIS}', '...')


def marked(text, names):
    """TEXT of a comment for roff: what is a name with its type, and arguments in capitals, are set off."""
    text = roff(' '.join(text.split()))
    text = re.sub(r'(?<![\w-])([a-z][a-z0-9]*(?:\\-[a-z0-9]+)*) (%s)(?![\w{])' % TYPE, r'\\fB\1\\fP \\fI\2\\fP', text)
    for name in names:
        text = re.sub(r'(?<![\w\\])%s(?!\w)' % name.upper(), lambda _match, name=name: '\\fI%s\\fP' % name, text)
    return re.sub(r"^([.'])", r'\\&\1', text)


def lines_of(text):
    """A line a sentence, as roff wants it."""
    return re.sub(r'([a-z)]{2}[.;]) (?=[A-Z\\(])', r'\1\n', text)


class Member:
    """One method, signal or property: its NAME, its SIGNATURE in roff, and PARTS, the comment: a label ("" for the text itself) and what is said."""

    def __init__(self, element, comment, where):
        self.kind, self.name = element.tag, element.get('name')
        match = re.match(r'\s*(\w+):\s*(.*)', comment or '', re.S)
        if not match or match.group(1) != self.name:
            sys.exit('bus-page: no comment tells of %s.%s' % (where, self.name))
        self.arguments = [(argument.get('name'), argument.get('type'), argument.get('direction')) for argument in element.findall('arg')]
        self.type = element.get('type')
        text = re.sub(r'polkit: \S+?(?:, which everybody may)?\.(?=\s|$)', '', match.group(2), flags=re.S)
        self.parts = self.cut(text)

    def cut(self, text):
        """At the labels: an argument's name in capitals, or "results", and a colon."""
        names = '|'.join(sorted({name.upper() for name, _type, _direction in self.arguments} | {'results'}, key=len, reverse=True))
        pieces = re.split(r'(?:^|(?<=[\s.]))((?:%s)(?:, (?:%s))*(?: and (?:%s))?):' % (names, names, names), text)
        parts = [('', pieces[0])] + [(pieces[at].lower(), pieces[at + 1]) for at in range(1, len(pieces), 2)]
        return [(label, said.strip()) for label, said in parts if said.strip()]

    def head(self):
        if self.kind == 'property':
            return '\\fB%s\\fP \\fI%s\\fP' % (self.name, self.type)
        given = ', '.join('\\fI%s\\fP %s' % argument[:2] for argument in self.arguments if argument[2] != 'out')
        taken = ', '.join('\\fI%s\\fP %s' % argument[:2] for argument in self.arguments if argument[2] == 'out')
        return '\\fB%s\\fP (%s)' % (self.name, given) + (' \\(-> (%s)' % taken if taken else '')

    def write(self, out, action):
        names = [argument[0] for argument in self.arguments]
        out += ['.TP', self.head()]
        for label, said in self.parts:
            if label:
                out += ['.RS', '.TP', '\\fI%s\\fP' % roff(label)]
            out.append(lines_of(marked(said if label or said.startswith('a{') else said[0].upper() + said[1:], names)))
            if label:
                out.append('.RE')
        if self.kind == 'method':
            out += ['.IP', 'Needs \\fI%s\\fP.' % action if action else 'Open to all.']


def interfaces(path):
    """Of the XML: the head's comment, and each interface's name, comment and members."""
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))
    with open(path, encoding='utf-8') as stream:
        text = stream.read()
    head = re.search(r'<!--(.*?)-->', text, re.S).group(1)
    found, comment = [], None
    for element in ET.fromstring(text, parser):
        if element.tag is ET.Comment:
            comment = element.text
            continue
        members, said = [], None
        for child in element:
            if child.tag is ET.Comment:
                said = child.text
            else:
                members.append(Member(child, said, element.get('name')))
                said = None
        found.append((element.get('name'), comment, members))
        comment = None
    return head, found


def doors(source):
    """Interface and method to the polkit action that it needs, None for those that are open."""
    text = read(source, 'facade/doors.c')
    actions = dict(re.findall(r'#define (ACTION_\w+) "([^"]+)"', text))
    rows = re.findall(r'\{ TRUST_DOOR_METHOD, "(\w+)", "(\w+)", (\w+),', text)
    return {(interface, method): actions.get(action) for interface, method, action in rows}


def errors(source):
    """Bus name to what it means."""
    meaning = dict(re.findall(r'^  (TRUST_ERROR_\w+),\s+/\* (.*?) \*/', read(source, 'core/error.h'), re.M))
    return [(name, meaning[code]) for code, name in re.findall(r'\{ (TRUST_ERROR_\w+), ERROR_PREFIX "(\w+)" \}', read(source, 'dbus/errors.c'))]


def actions(source):
    """Polkit action, what it is, and who may without an administrator's word in between."""
    for action in ET.fromstring(read(source, 'data/org.anchord.Anchord1.policy').encode()).findall('action'):
        defaults = [action.find('defaults/' + name).text for name in ('allow_any', 'allow_inactive', 'allow_active')]
        yield action.get('id'), action.find('description').text, defaults


def read(source, path):
    with open(os.path.join(source, path), encoding='utf-8') as stream:
        return stream.read()


def head_lines(head):
    """The comment at the beginning, without the licence: paragraphs."""
    text = re.sub(r'^\s*SPDX.*$', '', head, flags=re.M)
    text = re.sub(r'^\s*org\.anchord\S+, object \S+\s', '', text) # the synopsis says it
    for paragraph in re.split(r'\n\s*\n', text.strip()):
        yield lines_of(marked(paragraph, []))


def page(source, version, date):
    head, found = interfaces(os.path.join(source, 'dbus/org.anchord.Anchord1.xml'))
    needed = doors(source)
    out = ['.\\" Made by docs/bus-page.py.', '.TH "%s" "5" "%s" "anchord %s" "anchord"' % (PREFIX.upper(), date, version), '.SH NAME',
           PREFIX + ' \\- what anchord can be asked on the bus', '.SH SYNOPSIS', 'System bus, name \\fB%s\\fP, object \\fB/org/anchord/Anchord1\\fP' % PREFIX,
           '.SH DESCRIPTION']
    for paragraph in head_lines(head):
        out += [paragraph, '.PP']
    out += ['A key of options that the service does not know is an error, which names those that there are.',
            'Keys of replies are only ever added.', 'Programs in C, Python and JavaScript have \\fBlibanchord\\fP, which speaks this for them.']
    for name, comment, members in found:
        out += ['.SH "INTERFACE %s"' % name]
        if comment:
            out += [lines_of(marked(comment, []))]
        for kind, title in (('method', 'Methods'), ('signal', 'Signals'), ('property', 'Properties')):
            chosen = [member for member in members if member.kind == kind]
            if chosen:
                out.append('.SS %s' % title)
            for member in chosen:
                member.write(out, needed.get((name.rpartition('.')[2], member.name)))
    out += ['.SH AUTHORIZATION', 'Root needs none. Others are held against \\fBpolkit\\fP(8), which a rule of the machine\\(aqs may have answer otherwise:']
    for action, description, (anybody, _inactive, active) in actions(source):
        who = FOR_WHOM[active] + (' (\\fIallow_any\\fP: %s)' % FOR_WHOM[anybody] if anybody != active else '')
        out += ['.TP', '\\fI%s\\fP' % roff(action), '%s: %s.' % (roff(description), who if anybody != active else roff(FOR_WHOM[active]))]
    out += ['.SH ERRORS', 'Each begins with \\fI%s.Error.\\fP Its message says what was wrong, where, and what to do.' % PREFIX]
    for name, meaning in errors(source):
        out += ['.TP', '\\fB%s\\fP' % name, roff(meaning[0].upper() + meaning[1:]) + '.']
    out += ['.SH FILES', '.TP', '\\fI/usr/share/dbus\\-1/interfaces/org.anchord.Anchord1.xml\\fP', 'The interfaces, for programs that make code of them.',
            '.SH SEE ALSO',
            '\\fBanchord\\fP(8), \\fBanchorctl\\fP(1), \\fBanchord.anchor\\fP(5), \\fBanchord\\-store\\fP(5), '
            '\\fBbusctl\\fP(1), \\fBpolkit\\fP(8)']
    return '\n'.join(out) + '\n'


def main():
    source, target, version, date = sys.argv[1:]
    text = page(source, version, date)
    with open(target, 'w', encoding='utf-8') as stream:
        stream.write(text)


if __name__ == '__main__':
    main()
