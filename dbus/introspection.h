/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bus interface's XML as compiled in. */
#pragma once

/* dbus/org.anchord.Anchord1.xml without its comments. */
extern const char anchord_introspection_xml[];
