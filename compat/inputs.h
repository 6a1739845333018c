/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that Debian's tool makes its bundle and links of, in its order. */
#pragma once

#include "compat/places.h"

typedef struct
{
  char *shown;   /* (owned) the path as the tool would print it */
  char *target;  /* (owned) what a link to it says */
  char *name;    /* (owned) of the link: "NAME.pem" */
  GBytes *bytes; /* (owned) its content */
} CompatInput;

typedef struct
{
  GPtrArray *files;      /* (owned) of CompatInput*: what is added, in order */
  GPtrArray *deselected; /* (owned) of CompatInput* without bytes: names behind a `!` */
  gboolean is_unset;     /* the configuration is missing or empty */
} CompatInputs;

void compat_inputs_clear (CompatInputs *inputs);
/* Is the configuration there, with something in it? */
gboolean compat_inputs_has_conf (const CompatPlaces *places);
/* Reads all of it. What is listed and not there is said on standard error, and left out. */
gboolean compat_inputs_read (CompatInputs *inputs, const CompatPlaces *places, GError **error);
/* The bundle that they make: every file as it is, with a newline at its end. Returns: (transfer full). */
GString *compat_inputs_bundle (const CompatInputs *inputs);
