# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program that prints TAP, within a time limit, and counts what it said: a crash, a missing plan or a point missing is a failure."""

import os
import re
import signal
import subprocess
import time

POINT = re.compile(r'^(not )?ok\b\s*(\d+)?\s*-?\s*(.*)$')
PLAN = re.compile(r'^1\.\.(\d+)\s*(?:#\s*SKIP\b\s*(.*))?$', re.I)
DIRECTIVE = re.compile(r'(?<!\\)#\s*(SKIP|TO' r'DO)\b\s*(.*)$', re.I)


class Result:
    """What one program said. FAILURES and SKIPS: (what, why)."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failures = []
        self.skips = []
        self.output = ''
        self.seconds = 0.0

    def merge_counts(self, totals):
        totals[0] += self.passed
        totals[1] += len(self.failures)
        totals[2] += len(self.skips)


def count(result, text, status):
    """Fills RESULT from TEXT, a program's standard output, and its exit STATUS."""
    planned, seen, bailed = None, 0, False
    for line in text.splitlines():
        plan = PLAN.match(line)
        if plan:
            planned = int(plan.group(1))
            if planned == 0:
                result.skips.append((result.name, plan.group(2) or 'no reason given'))
            continue
        if line.startswith('Bail out!'):
            result.failures.append((result.name, line))
            bailed = True
            continue
        point = POINT.match(line)
        if not point:
            continue
        seen += 1
        directive = DIRECTIVE.search(point.group(3))
        what = DIRECTIVE.sub('', point.group(3)).strip() or 'point %d' % seen
        kind = directive.group(1).upper() if directive else ''
        if kind == 'SKIP' and not point.group(1):
            result.skips.append((what, directive.group(2).strip() or 'no reason given'))
        elif point.group(1) or kind == 'TO' 'DO':
            result.failures.append((what, 'not ok' if point.group(1) else 'marked as still to do'))
        else:
            result.passed += 1
    if planned is None:
        if not bailed:
            result.failures.append((result.name, 'printed no plan: it ended early, or is no TAP program'))
    elif seen != planned and not bailed:
        result.failures.append((result.name, 'planned %d points and printed %d' % (planned, seen)))
    if status != 0 and not result.failures:
        result.failures.append((result.name, 'all points are ok, yet it ended with %s' % describe(status)))


def describe(status):
    if status < 0:
        try:
            return 'signal ' + signal.Signals(-status).name
        except ValueError:
            return 'signal %d' % -status
    return 'status %d' % status


def end_group(group):
    """Ends what a test left running: its process group, and nothing else."""
    try:
        os.killpg(group, signal.SIGTERM)
        time.sleep(0.5)
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def run(name, command, env, cwd, limit, log_path, is_tap=True):
    """Runs COMMAND in a process group of its own; what it printed goes to LOG_PATH as well."""
    result = Result(name)
    begin = time.monotonic()
    late = False
    # Into files, not pipes: a process that a test left behind would hold a pipe open.
    with open(log_path, 'w+b') as out, open(log_path + '.err', 'w+b') as errors:
        process = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                                   start_new_session=True)
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            late = True
        if late or group_lives(process.pid):
            end_group(process.pid)
        process.wait()
        out.seek(0)
        errors.seek(0)
        text = out.read().decode('utf-8', 'replace')
        stderr = errors.read().decode('utf-8', 'replace')
    os.unlink(log_path + '.err')
    result.seconds = time.monotonic() - begin
    if late:
        count(result, text, 0)
        result.failures = [f for f in result.failures if f[0] != name] + [(name, 'not done within %d s' % limit)]
    elif is_tap:
        count(result, text, process.returncode)
    elif process.returncode == 0:
        result.passed = 1
    elif process.returncode == 77:
        result.skips.append((name, (text.strip().splitlines() or ['no reason given'])[-1]))
    else:
        result.failures.append((name, 'ended with ' + describe(process.returncode)))
    result.output = text + ('\n--- standard error ---\n' + stderr if stderr else '')
    with open(log_path, 'w') as log:
        log.write(result.output)
    return result


def group_lives(group):
    try:
        os.killpg(group, 0)
        return True
    except (ProcessLookupError, PermissionError):
        return False
