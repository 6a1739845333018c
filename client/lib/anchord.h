/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* libanchord: asks the anchord service about trust anchors, and to change them. The one public header. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

#ifndef ANCHORD_API
#define ANCHORD_API
#endif

/**
 * ANCHORD_ERROR:
 *
 * The error domain of what the service refuses. Faults of the bus itself stay in %G_DBUS_ERROR and %G_IO_ERROR.
 */
#define ANCHORD_ERROR (anchord_error_quark ())

/**
 * AnchordError:
 * @ANCHORD_ERROR_FAILED: a fault of the service's own
 * @ANCHORD_ERROR_INVALID_ARGUMENT: an option, a fingerprint or a name that means nothing
 * @ANCHORD_ERROR_INVALID_INPUT: bytes that do not parse
 * @ANCHORD_ERROR_LIMIT_EXCEEDED: over one of the service's limits
 * @ANCHORD_ERROR_PRIVATE_KEY: the input holds a private key
 * @ANCHORD_ERROR_POLICY: refused at the door; the message names the rule, the value and the option that overrides it
 * @ANCHORD_ERROR_DISTRUSTED: a distrust entry refuses it
 * @ANCHORD_ERROR_NOT_FOUND: there is no such anchor
 * @ANCHORD_ERROR_AMBIGUOUS: the beginning of a fingerprint fits more than one
 * @ANCHORD_ERROR_FOREIGN: the entry is someone else's file; the message names it
 * @ANCHORD_ERROR_NOT_AUTHORIZED: the caller may not do this, or nobody could be asked
 * @ANCHORD_ERROR_BUSY: the store is locked, or too many calls are waiting
 * @ANCHORD_ERROR_STORAGE: reading or writing a file failed
 * @ANCHORD_ERROR_DAMAGED: the journal does not verify
 * @ANCHORD_ERROR_PASSPHRASE: the input needs a pass phrase, or the one given is wrong
 *
 * What can go wrong. The numbers are stable; new ones are added at the end.
 */
typedef enum
{
  ANCHORD_ERROR_FAILED,
  ANCHORD_ERROR_INVALID_ARGUMENT,
  ANCHORD_ERROR_INVALID_INPUT,
  ANCHORD_ERROR_LIMIT_EXCEEDED,
  ANCHORD_ERROR_PRIVATE_KEY,
  ANCHORD_ERROR_POLICY,
  ANCHORD_ERROR_DISTRUSTED,
  ANCHORD_ERROR_NOT_FOUND,
  ANCHORD_ERROR_AMBIGUOUS,
  ANCHORD_ERROR_FOREIGN,
  ANCHORD_ERROR_NOT_AUTHORIZED,
  ANCHORD_ERROR_BUSY,
  ANCHORD_ERROR_STORAGE,
  ANCHORD_ERROR_DAMAGED,
  ANCHORD_ERROR_PASSPHRASE
} AnchordError;

ANCHORD_API
GQuark anchord_error_quark (void);

/**
 * AnchordClientFlags:
 * @ANCHORD_CLIENT_NONE: no flags
 * @ANCHORD_CLIENT_INTERACTIVE: the user may be asked for authorization; calls that change trust then wait for the answer
 * @ANCHORD_CLIENT_WATCH: emit #AnchordClient::changed (costs a match rule on the bus)
 *
 * How a client behaves.
 */
typedef enum
{
  ANCHORD_CLIENT_NONE = 0,
  ANCHORD_CLIENT_INTERACTIVE = 1 << 0,
  ANCHORD_CLIENT_WATCH = 1 << 1
} AnchordClientFlags;

#define ANCHORD_TYPE_CLIENT (anchord_client_get_type ())
ANCHORD_API
G_DECLARE_FINAL_TYPE (AnchordClient, anchord_client, ANCHORD, CLIENT, GObject)

ANCHORD_API
AnchordClient *anchord_client_new_sync (AnchordClientFlags flags, GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_new (AnchordClientFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
AnchordClient *anchord_client_new_finish (GAsyncResult *result, GError **error);
ANCHORD_API
AnchordClient *anchord_client_new_for_connection (GDBusConnection *connection, AnchordClientFlags flags);
ANCHORD_API
guint64 anchord_client_get_generation (AnchordClient *self);

ANCHORD_API
GVariant *anchord_client_add_sync (AnchordClient *self, GBytes *certificates, GVariant *options, GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_add (AnchordClient *self, GBytes *certificates, GVariant *options, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
ANCHORD_API
GVariant *anchord_client_add_finish (AnchordClient *self, GAsyncResult *result, GError **error);

ANCHORD_API
GVariant *anchord_client_remove_sync (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable,
                                      GError **error);
ANCHORD_API
void anchord_client_remove (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
GVariant *anchord_client_remove_finish (AnchordClient *self, GAsyncResult *result, GError **error);

ANCHORD_API
GVariant *anchord_client_distrust_sync (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable,
                                        GError **error);
ANCHORD_API
void anchord_client_distrust (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
GVariant *anchord_client_distrust_finish (AnchordClient *self, GAsyncResult *result, GError **error);

ANCHORD_API
GVariant *anchord_client_list_sync (AnchordClient *self, GVariant *filter, const char *after, guint limit, GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_list (AnchordClient *self, GVariant *filter, const char *after, guint limit, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
GVariant *anchord_client_list_finish (AnchordClient *self, GAsyncResult *result, GError **error);

ANCHORD_API
GVariant *anchord_client_get_sync (AnchordClient *self, const char *fingerprint, GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_get (AnchordClient *self, const char *fingerprint, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
GVariant *anchord_client_get_finish (AnchordClient *self, GAsyncResult *result, GError **error);

ANCHORD_API
GBytes *anchord_client_get_bundle_sync (AnchordClient *self, const char *store, const char *purpose, const char *format, guint64 *generation,
                                        GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_get_bundle (AnchordClient *self, const char *store, const char *purpose, const char *format, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
GBytes *anchord_client_get_bundle_finish (AnchordClient *self, GAsyncResult *result, guint64 *generation, GError **error);

ANCHORD_API
GVariant *anchord_client_get_status_sync (AnchordClient *self, GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_get_status (AnchordClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
GVariant *anchord_client_get_status_finish (AnchordClient *self, GAsyncResult *result, GError **error);

ANCHORD_API
GVariant *anchord_client_verify_sync (AnchordClient *self, GPtrArray *chain, GVariant *options, GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_verify (AnchordClient *self, GPtrArray *chain, GVariant *options, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
ANCHORD_API
GVariant *anchord_client_verify_finish (AnchordClient *self, GAsyncResult *result, GError **error);

ANCHORD_API
GVariant *anchord_client_call_sync (AnchordClient *self, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds,
                                    GUnixFDList **out_fds, GCancellable *cancellable, GError **error);
ANCHORD_API
void anchord_client_call (AnchordClient *self, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
ANCHORD_API
GVariant *anchord_client_call_finish (AnchordClient *self, GAsyncResult *result, GUnixFDList **out_fds, GError **error);

G_END_DECLS
