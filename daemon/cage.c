/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE 1 /* CLONE_THREAD */
#include "daemon/cage.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#if defined(__x86_64__) && defined(__LP64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && G_BYTE_ORDER == G_LITTLE_ENDIAN
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#endif

#ifdef NATIVE
/* Numbers from here on are x32's, whose system calls nobody needs. */
#define FOREIGN 0x40000000u
#define NUMBER offsetof (struct seccomp_data, nr)
#define ARCHITECTURE offsetof (struct seccomp_data, arch)
/* The lower half of an argument: all machines above are little-endian. */
#define ARGUMENT(n) (offsetof (struct seccomp_data, args) + (n) * sizeof (guint64))
#define LOAD(what) BPF_STMT (BPF_LD | BPF_W | BPF_ABS, (what))
#define ANSWER(what) BPF_STMT (BPF_RET | BPF_K, (what))
#define REFUSE(error) ANSWER (SECCOMP_RET_ERRNO | (error))
#define ALLOW ANSWER (SECCOMP_RET_ALLOW)
/* Goes on with the next SKIP instructions only where it is system call NR. */
#define UNLESS(nr, skip) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, (skip))
#define NEVER(nr) UNLESS ((nr), 1), REFUSE (EPERM)

static const struct sock_filter rules[] = {
  LOAD (ARCHITECTURE),
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
  REFUSE (EPERM),
  LOAD (NUMBER),
  BPF_JUMP (BPF_JMP | BPF_JGE | BPF_K, FOREIGN, 0, 1),
  REFUSE (EPERM),
  /* systemd needed it to start us. */
  NEVER (__NR_execve),
  NEVER (__NR_execveat),
#ifdef __NR_fork
  NEVER (__NR_fork),
  NEVER (__NR_vfork),
#endif
  /* Its flags are behind a pointer; the C library takes clone () where there is none. */
  UNLESS (__NR_clone3, 1),
  REFUSE (ENOSYS),
  UNLESS (__NR_clone, 4),
  LOAD (ARGUMENT (0)),
  BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
  REFUSE (EPERM),
  ALLOW,
  /* The service is root, and others run what lies in its folders. A file made with such a mode loses it at the first byte that is written. */
  UNLESS (__NR_fchmod, 4),
  LOAD (ARGUMENT (1)),
  BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, S_ISUID | S_ISGID, 0, 1),
  REFUSE (EPERM),
  ALLOW,
#ifdef __NR_chmod
  NEVER (__NR_chmod),
#endif
  NEVER (__NR_fchmodat),
  /* fchmodat2 () has the same number everywhere. */
  NEVER (452),
  ALLOW,
};

gboolean
trust_cage_enter (void)
{
  const struct sock_fprog program = { G_N_ELEMENTS (rules), (struct sock_filter *) rules };

  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
#else
gboolean
trust_cage_enter (void)
{
  errno = ENOSYS;
  return FALSE;
}
#endif
