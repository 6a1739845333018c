/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both of Java's keystores share. */
#pragma once

#include "core/emitters/emitter.h"

/* Password=, which only shows that nothing was damaged: the file holds no secret. Everybody knows the usual one. */
#define TRUST_JAVA_PASSWORD_KEY "Password"
#define TRUST_JAVA_PASSWORD "changeit"
const char *trust_java_find_password_fault (const char *password);
extern const TrustEmitterOption trust_java_options[];
/* A keystore with one certificate that Java can't read is no keystore: no TLS at all. */
gboolean trust_java_can_hold (const TrustCertificate *certificate);
