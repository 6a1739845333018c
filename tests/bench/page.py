# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page of all tables, out of what was measured: nothing but DATA goes into it."""

HEAD = '''<!-- SPDX-FileCopyrightText: 2026 The anchord authors -->
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
# Performance

Written by `tests/bench/run` from one run; not by hand. [benchmarks.md](benchmarks.md) says what the words mean, what is not reached and why, and what was
measured earlier. Times are medians, on this machine; the ratios hold elsewhere, too.
'''
QUICK = '\n**Made with `--quick`: it shows that everything runs, and its times say nothing.**\n'


def cell(text):
    text = str(text).replace('|', '\\|').strip('\n')
    return ('… ' + text.strip().lstrip('… ') if text.startswith('  ') else text.strip())


def table(columns, rows):
    """Lines of a table, its columns as wide as what is in them."""
    lines = [[cell(text) for text in row] for row in [columns] + rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(columns))]
    text = ['| ' + ' | '.join(line[column].ljust(widths[column]) for column in range(len(columns))) + ' |' for line in lines]
    text.insert(1, '|' + '|'.join('-' * (width + 2) for width in widths) + '|')
    return '\n'.join(text) + '\n'


def section(one):
    judged = any(row['met'] is not None for row in one['rows'])
    rows = [row['cells'] + ([{None: '', True: 'met', False: '**missed**'}[row['met']]] if judged else []) for row in one['rows']]
    return '\n## %s\n\n%s%s' % (one['title'], one['text'] + '\n\n' if one['text'] else '', table(one['columns'] + ([''] if judged else []), rows))


def missed(tables):
    names = []
    for one in tables:
        parent = ''
        for row in one['rows']:
            what = cell(row['cells'][0])
            parent = parent if what.startswith('… ') else what
            if row['met'] is False:
                names.append(parent + ' ' + what if what.startswith('… ') else what)
    return names


def render(data):
    tables = data['tables']
    held = [row['met'] for one in tables for row in one['rows'] if row['met'] is not None]
    names = missed(tables)
    summary = '\n%d of %d targets are met%s\n' % (sum(held), len(held), '; missed:' if names else '.')
    summary += ''.join('%s- %s\n' % ('\n' if index == 0 else '', name) for index, name in enumerate(names))
    return (HEAD + (QUICK if data.get('quick') else '') + summary + '\n## The machine\n\n' + ''.join('- %s: %s\n' % tuple(fact) for fact in data['facts'])
            + ''.join(section(one) for one in tables))
