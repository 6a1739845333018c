# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The environment of every test. Sourced.

export LC_ALL=C.UTF-8
unset LANGUAGE
# The distribution's own programs first: other builds of them read trust from elsewhere.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
# Where a machine points TLS clients elsewhere, tests would ask the wrong files.
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO GIT_SSL_CAPATH PIP_CERT AWS_CA_BUNDLE
unset DBUS_SYSTEM_BUS_ADDRESS DBUS_SESSION_BUS_ADDRESS NOTIFY_SOCKET LISTEN_FDS INVOCATION_ID JOURNAL_STREAM
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

env_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# An error ends the program. Leaks count: what a library keeps on purpose is named, with its reason, in leaks.supp.
# The sanitizer guesses where a loaded module's thread-local variables lie, now and then wrongly, and then dies of it (GCC 12): it shall not look.
export ASAN_OPTIONS=intercept_tls_get_addr=0:detect_leaks=1:abort_on_error=0:halt_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=suppressions=$env_lib/leaks.supp:print_suppressions=0
export G_DEBUG=fatal-criticals
