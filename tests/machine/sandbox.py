# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the units promise: systemd is content with them, and what the service must not do it cannot do."""

import os
import re
import signal

import booted
from booted import point, wait_for

# As tests/check-source has them, in tenths: here of the installed units, by the machine's own systemd.
EXPOSURES = {'anchord.service': 12, 'anchord-boot.service': 10, 'anchord-conf.service': 10, 'anchord-until.service': 10, 'trust-anchors-changed.service': 8,
             'anchord-hooks.service': 67}
# Runs under the unit's own settings, and prints "WHAT yes" or "WHAT no". Perl is there on every Debian.
PROBE = r'''#!/usr/bin/perl
use Socket;
$| = 1;
sub answer { print "$_[0] ", ($_[1] ? "yes" : "no"), "\n"; }
for my $file (qw(/etc/passwd /etc/ca-certificates.conf /etc/ssl/openssl.cnf /usr/bin/env /var/log/wtmp /var/lib/dpkg/status /proc/sys/kernel/hostname)) {
  answer("write:$file", open(my $f, ">>", $file));
}
for my $folder (qw(/etc /usr/bin /home /root /boot /var/lib /opt /run /run/systemd /dev/shm /usr/share/ca-certificates
                   /etc/anchord/anchors.d /etc/ssl/certs /usr/local/share/ca-certificates /var/lib/anchord)) {
  my $done = open(my $f, ">", "$folder/.probe");
  unlink "$folder/.probe" if $done;
  answer("make:$folder", $done);
}
answer("read:/root", opendir(my $d, "/root"));
answer("read:/home", opendir(my $d, "/home") && grep { !/^\./ } readdir $d);
my %families = (unix => AF_UNIX, inet => AF_INET, inet6 => AF_INET6, netlink => 16, packet => 17, vsock => 40, alg => 38);
for my $name (sort keys %families) {
  answer("socket:$name", socket(my $s, $families{$name}, $name eq "netlink" || $name eq "packet" ? SOCK_RAW : $name eq "alg" ? 5 : SOCK_STREAM, 0));
}
open(my $net, "<", "/proc/net/dev");
answer("network", scalar grep { /:/ && !/^\s*lo:/ } <$net>);
answer("setuid", do { local $> = 65534; $> == 65534 });
answer("chown", do { open(my $f, ">", "/etc/anchord/.probe"); my $done = chown(65534, 65534, "/etc/anchord/.probe"); unlink "/etc/anchord/.probe"; $done });
answer("device", -e "/dev/of-the-machine");
# With arguments that any of them would complain about in other words, were it let through: what is refused says EPERM.
my $calls = {@CALLS@};
for my $name (sort keys %$calls) {
  my $done = syscall($calls->{$name}, -1, -1, -1, -1, -1);
  answer("call:$name", !($done == -1 && $! == 1));
}
open(my $status, "<", "/proc/self/status");
print grep { /^(Cap|NoNewPrivs|Seccomp)/ } <$status>;
print "end\n";
'''
# Numbers of x86-64: what takes a machine or other processes over, and what only the filter refuses to root without capabilities.
CALLS = {'acct': 163, 'add_key': 248, 'bpf': 321, 'chmod': 90, 'chown': 92, 'chroot': 161, 'clock_settime': 227, 'fanotify_init': 300, 'init_module':
         175, 'io_uring_setup': 425, 'ioprio_set': 251, 'kexec_load': 246, 'keyctl': 250, 'kill': 62, 'mknod': 133, 'mlock': 149, 'mount': 165,
         'msgget': 68, 'name_to_handle_at': 303, 'open_by_handle_at': 304, 'perf_event_open': 298, 'personality': 135, 'pidfd_open': 434,
         'pivot_root': 155, 'process_vm_readv': 310, 'process_vm_writev': 311, 'ptrace': 101, 'sched_setscheduler': 144, 'setdomainname': 171,
         'sethostname': 170, 'setns': 308, 'setuid': 105, 'shmget': 29, 'swapon': 167, 'timer_create': 222, 'umount': 166, 'unshare': 272,
         'userfaultfd': 323}
MAY = {'make:/etc/anchord/anchors.d', 'make:/etc/ssl/certs', 'make:/usr/local/share/ca-certificates', 'make:/var/lib/anchord', 'socket:unix'}


def check_units(machine):
    names = ['/lib/systemd/system/' + name for name in dict.fromkeys(booted.UNITS + booted.SERVICES)]
    done = machine.run('systemd-analyze', 'verify', '--man=no', *names)
    point(done.returncode == 0 and done.stdout == '', 'systemd-analyze verify says nothing about the installed units', done.stdout)
    for unit, most in EXPOSURES.items():
        done = machine.run('systemd-analyze', 'security', '--no-pager', '--offline=yes', '/lib/systemd/system/' + unit)
        found = re.search(r'Overall exposure level for \S+: ([0-9.]+)', done.stdout)
        point(found is not None and float(found.group(1)) <= most / 10, '%s: its exposure is %s, at most %.1f' %
              (unit, found.group(1) if found else 'unknown', most / 10), done.stdout)


def run_probe(machine):
    """The unit of the service, with another program in it."""
    calls = CALLS if os.uname().machine == 'x86_64' else {}
    machine.write('/usr/libexec/anchord/probe', PROBE.replace('@CALLS@', ', '.join('%s => %d' % call for call in calls.items())), 0o755)
    text = machine.read('/lib/systemd/system/anchord.service').decode()
    text = re.sub(r'^(Type|BusName|Restart|RestartSec|OnSuccess)=.*\n', '', text, flags=re.M)
    text = re.sub(r'^ExecStart=.*$', 'Type=oneshot\nExecStart=/usr/libexec/anchord/probe\nStandardOutput=file:/var/log/probe', text, flags=re.M)
    machine.run('sh', '-c', 'mkdir -p /run/systemd/system && cat >/run/systemd/system/probe.service <<"END"\n%s\nEND' % text)
    machine.run('sh', '-c', 'systemctl daemon-reload && touch /dev/of-the-machine')
    done = machine.run('systemctl', 'start', 'probe.service')
    machine.run('rm', '/usr/libexec/anchord/probe')
    return machine.read('/var/log/probe').decode(), done.stdout


def check(machine):
    said, why = run_probe(machine)
    answers = dict(re.findall(r'^(\S+) (yes|no)$', said, re.M))
    point(said.endswith('end\n') and len(answers) > 30, 'a probe runs in the sandbox of the unit', said, why, machine.journal('-u', 'probe.service'))
    wrong = sorted(name for name, answer in answers.items() if (answer == 'yes') != (name in MAY))
    point(not wrong, 'there it can write where trust is kept and speak to the bus, and nothing else of %d things tried' % (len(answers) - len(MAY)), wrong)
    status = machine.run('cat', '/proc/%s/status' % machine.show('anchord.service', 'MainPID')).stdout
    probe_filters, filters = [int(re.search(r'^Seccomp_filters:\s+(\d+)', text, re.M).group(1)) for text in (said, status)]
    point(filters == probe_filters + 1, 'and shut itself in further: a filter more than its unit has', probe_filters, filters)
    point(re.search(r'^CapEff:\s+0+$', status, re.M) and re.search(r'^NoNewPrivs:\s+1$', status, re.M) and re.search(r'^Seccomp:\s+2$', status, re.M),
          'the running service has no capability, gains none, and its system calls are filtered', status)


def drop_in(machine, unit, text):
    """TEXT for UNIT until the machine is shut down; none with an empty one."""
    folder = '/run/systemd/system/%s.d' % unit
    machine.run('sh', '-c', 'mkdir -p %s && cat >%s/test.conf <<"END"\n%s\nEND' % (folder, folder, text) if text else 'rm -r ' + folder)
    machine.run('systemctl', 'daemon-reload')


def restarts(machine):
    return int(machine.show('anchord.service', 'NRestarts') or 0)


def killed_by_watchdog(machine, before, seconds):
    """It was, started again, and answers."""
    took = wait_for(lambda: restarts(machine) > before and machine.show('anchord.service', 'ActiveState') == 'active', seconds)
    return took is not None and 'Watchdog timeout' in machine.journal('-u', 'anchord.service', '-n', '40') and machine.listed() is not None


def fingerprint_of(machine, name):
    """Of the certificate in the file NAME."""
    out = machine.run('openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in', name).stdout
    return out.strip().partition('=')[2].replace(':', '').lower()


def check_watchdog(machine):
    """A service that hangs is killed and finishes what it began: in its main loop, or in a change."""
    unit = machine.read('/lib/systemd/system/anchord.service').decode()
    seconds = int(re.search(r'^WatchdogSec=(\d+)min$', unit, re.M).group(1)) * 60
    point(seconds / 2 > 60 and '--idle-exit=60' in unit, 'an idle service leaves before its first sign of life would be due', unit)
    drop_in(machine, 'anchord.service', '[Service]\nWatchdogSec=2\nExecStart=\nExecStart=/usr/libexec/anchord/anchord --units --idle-exit=600')
    machine.run('systemctl', 'restart', 'anchord.service')
    before = restarts(machine)
    point(wait_for(lambda: restarts(machine) > before, 5) is None, 'an idle service gives signs of life', machine.journal('-u', 'anchord.service', '-n', '9'))
    os.kill(machine.service_pid(), signal.SIGSTOP)
    point(killed_by_watchdog(machine, before, 8), 'one that hangs is killed and started again', machine.journal('-u', 'anchord.service', '-n', '20'))
    # The first edit of the file hangs, and the change with it.
    drop_in(machine, 'anchord-conf.service', '[Service]\nTimeoutStartSec=60\nExecStartPre=/bin/sh -c "test -e /run/anchord/hung || '
            '{ touch /run/anchord/hung && sleep 8; }"\nReadWritePaths=/run/anchord')
    before = restarts(machine)
    name = '/usr/share/ca-certificates/mozilla/ISRG_Root_X2.crt'
    change = machine.start('anchorctl', 'distrust', name)
    point(killed_by_watchdog(machine, before, 20), 'so is one whose change hangs, though its main loop runs',
          machine.journal('-u', 'anchord.service', '-n', '20'))
    change.communicate()
    drop_in(machine, 'anchord-conf.service', '')
    machine.run('systemctl', 'stop', 'anchord-conf.service')
    done = wait_for(lambda: machine.read(name).strip() not in machine.read(booted.BUNDLE) and
                    b'!mozilla/ISRG_Root_X2.crt' in machine.read(booted.CONF).splitlines() and machine.ask('status', '--check')[0] == 0, 20)
    point(done is not None, 'and the change is finished', machine.ask('status')[1], machine.journal('-u', 'anchord*', '-n', '40'))
    code, text = machine.ctl('restore', fingerprint_of(machine, name))
    point(code == 0 and machine.read(name).strip() in machine.read(booted.BUNDLE), 'it is taken back', text)
    drop_in(machine, 'anchord.service', '')
    machine.run('systemctl', 'restart', 'anchord.service')
