/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* libanchord against a made-up service at the other end of a socket pair, with the real interface's types. */
#include "client/lib/sealed.h"
#include "core/error.h"
#include "core/limits.h"
#include "dbus/names.h"
#include "tests/lib/made-up-service.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SAME(name) G_STATIC_ASSERT ((int) ANCHORD_ERROR_##name == (int) TRUST_ERROR_##name)
SAME (FAILED);
SAME (INVALID_ARGUMENT);
SAME (INVALID_INPUT);
SAME (LIMIT_EXCEEDED);
SAME (PRIVATE_KEY);
SAME (POLICY);
SAME (DISTRUSTED);
SAME (NOT_FOUND);
SAME (AMBIGUOUS);
SAME (FOREIGN);
SAME (NOT_AUTHORIZED);
SAME (BUSY);
SAME (STORAGE);
SAME (DAMAGED);
SAME (PASSPHRASE);
G_STATIC_ASSERT (ANCHORD_ERROR_PASSPHRASE + 1 == TRUST_ERROR_LAST);
G_STATIC_ASSERT (ANCHORD_MESSAGE_BYTES == TRUST_LIMIT_MESSAGE_BYTES);

#define FINGERPRINT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* Does VALUE (transfer full) print as TEXT? */
static void
assert_prints (GVariant *value, const char *text)
{
  g_autoptr (GVariant) owned = value;
  g_assert_nonnull (value);
  g_autofree char *printed = g_variant_print (owned, FALSE);
  g_autoptr (GVariant) wanted = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autofree char *wanted_printed = g_variant_print (wanted, FALSE);
  g_assert_cmpstr (printed, ==, wanted_printed);
}

#define CHANGE_REPLY "(uint64 7, [{'fingerprint': <'" FINGERPRINT "'>, 'result': <'added'>}], ['a notice'])"

static GVariant *
some_options (void)
{
  return g_variant_new_parsed ("{'reason': <'CHG-42'>, 'replace': <true>}");
}

static void
test_add (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  self->reply = CHANGE_REPLY;
  GVariant *reply = anchord_client_add_sync (self->client, bytes, some_options (), NULL, &error);
  g_assert_no_error (error);
  assert_prints (reply, CHANGE_REPLY);
  g_assert_cmpstr (self->member, ==, "Add");
  assert_prints (g_variant_ref (self->parameters), "([byte 0x61, 0x62, 0x63], {'reason': <'CHG-42'>, 'replace': <true>})");
  g_assert_null (self->fds);
}

static void
test_add_without_options (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  self->reply = CHANGE_REPLY;
  GVariant *reply = anchord_client_add_sync (self->client, bytes, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_prints (reply, CHANGE_REPLY);
  assert_prints (g_variant_ref (self->parameters), "(@ay [], @a{sv} {})");
}

static GBytes *
make_large (gsize size)
{
  guint8 *content = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    content[i] = (guint8) (i * 7);
  return g_bytes_new_take (content, size);
}

/* At the limit it travels in the message, one byte more in a memfd that nobody can change. */
static void
test_add_large (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) at_limit = make_large (TRUST_LIMIT_MESSAGE_BYTES);
  g_autoptr (GBytes) over = make_large (TRUST_LIMIT_MESSAGE_BYTES + 1);
  self->reply = CHANGE_REPLY;
  g_autoptr (GVariant) first = anchord_client_add_sync (self->client, at_limit, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (self->member, ==, "Add");
  g_autoptr (GVariant) second = anchord_client_add_sync (self->client, over, some_options (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (self->member, ==, "AddSealed");
  g_assert_cmpint (g_unix_fd_list_get_length (self->fds), ==, 1);
  int fd = g_unix_fd_list_get (self->fds, 0, &error);
  g_assert_no_error (error);
  const int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  g_assert_cmpint (fcntl (fd, F_GET_SEALS) & wanted, ==, wanted);
  g_autoptr (GMappedFile) mapped = g_mapped_file_new_from_fd (fd, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) got = g_mapped_file_get_bytes (mapped);
  g_assert_true (g_bytes_equal (got, over));
  close (fd);
}

static void
test_remove (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *const fingerprints[] = { "00:11:22:33", FINGERPRINT, NULL };
  self->reply = CHANGE_REPLY;
  g_autoptr (GVariant) reply = anchord_client_remove_sync (self->client, fingerprints, some_options (), NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
  g_assert_cmpstr (self->member, ==, "Remove");
  assert_prints (g_variant_ref (self->parameters), "(['00:11:22:33', '" FINGERPRINT "'], {'reason': <'CHG-42'>, 'replace': <true>})");
}

static void
test_distrust (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *const none[] = { NULL };
  self->reply = CHANGE_REPLY;
  g_autoptr (GVariant) reply = anchord_client_distrust_sync (self->client, none, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
  g_assert_cmpstr (self->member, ==, "Distrust");
  assert_prints (g_variant_ref (self->parameters), "(@as [], @a{sv} {})");
}

static void
test_list (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->reply = "(uint64 3, [{'title': <'Corp'>, 'not-after': <int64 1>}], 'more')";
  GVariant *reply = anchord_client_list_sync (self->client, NULL, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  assert_prints (reply, self->reply);
  assert_prints (g_variant_ref (self->parameters), "(@a{sv} {}, '', uint32 0)");
  reply = anchord_client_list_sync (self->client, g_variant_new_parsed ("{'status': <'all'>}"), "more", 20, NULL, &error);
  g_assert_no_error (error);
  g_variant_unref (reply);
  assert_prints (g_variant_ref (self->parameters), "({'status': <'all'>}, 'more', uint32 20)");
}

static void
test_get (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->reply = "({'title': <'Corp'>},)";
  GVariant *reply = anchord_client_get_sync (self->client, FINGERPRINT, NULL, &error);
  g_assert_no_error (error);
  assert_prints (reply, "{'title': <'Corp'>}");
  assert_prints (g_variant_ref (self->parameters), "('" FINGERPRINT "',)");
}

static void
test_get_status (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->reply = "({'published': <true>},)";
  GVariant *reply = anchord_client_get_status_sync (self->client, NULL, &error);
  g_assert_no_error (error);
  assert_prints (reply, "{'published': <true>}");
}

static void
test_verify (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (chain, g_bytes_new_static ("a", 1));
  g_ptr_array_add (chain, g_bytes_new_static ("bc", 2));
  self->reply = "({'trusted': <false>, 'failing': <-1>},)";
  GVariant *reply = anchord_client_verify_sync (self->client, chain, g_variant_new_parsed ("{'name': <'host'>}"), NULL, &error);
  g_assert_no_error (error);
  assert_prints (reply, "{'trusted': <false>, 'failing': <-1>}");
  assert_prints (g_variant_ref (self->parameters), "([[byte 0x61], [0x62, 0x63]], {'name': <'host'>})");
}

static GUnixFDList *
bundle_file (const char *content, int seals)
{
  int fd = memfd_create ("bundle", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, content, strlen (content)), ==, strlen (content));
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, seals), ==, 0);
  return g_unix_fd_list_new_from_array (&fd, 1);
}

static void
test_bundle (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 generation = 0;
  self->reply = "(handle 0, uint64 6, uint64 9)";
  self->reply_fds = bundle_file ("bundle", F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_GROW);
  g_autoptr (GBytes) bundle = anchord_client_get_bundle_sync (self->client, "system", "server-auth", "pem-bundle", &generation, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bundle, NULL), g_bytes_get_size (bundle), "bundle", 6);
  g_assert_cmpuint (generation, ==, 9);
  assert_prints (g_variant_ref (self->parameters), "('system', 'server-auth', 'pem-bundle')");
}

/* A file that could still change, of another length, or none at all, is not mapped. */
static void
test_bundle_refused (MadeUpService *self, gconstpointer data)
{
  const struct
  {
    const char *reply;
    int seals;
  } cases[] = {
    { "(handle 0, uint64 6, uint64 9)", F_SEAL_GROW },
    { "(handle 0, uint64 6, uint64 9)", F_SEAL_WRITE },
    { "(handle 0, uint64 7, uint64 9)", F_SEAL_SHRINK | F_SEAL_WRITE },
    { "(handle 0, uint64 6, uint64 9)", -1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_clear_object (&self->reply_fds);
      self->reply = cases[i].reply;
      self->reply_fds = cases[i].seals == -1 ? NULL : bundle_file ("bundle", cases[i].seals);
      GBytes *bundle = anchord_client_get_bundle_sync (self->client, "system", "server-auth", "pem-bundle", NULL, NULL, &error);
      g_assert_null (bundle);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

static void
test_errors (MadeUpService *self, gconstpointer data)
{
  static const char *const tails[] = { "Failed",     "InvalidArgument", "InvalidInput", "LimitExceeded", "PrivateKey",    "Policy",
                                       "Distrusted", "NotFound",        "Ambiguous",    "Foreign",       "NotAuthorized", "Busy",
                                       "Storage",    "Damaged",         "Passphrase" };
  G_STATIC_ASSERT (G_N_ELEMENTS (tails) == TRUST_ERROR_LAST);
  for (gsize i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *name = g_strconcat ("org.anchord.Anchord1.Error.", tails[i], NULL);
      g_autoptr (GError) error = NULL;
      self->error_name = name;
      g_assert_null (anchord_client_get_sync (self->client, "00112233", NULL, &error));
      g_assert_error (error, ANCHORD_ERROR, (int) i);
      g_assert_cmpstr (error->message, ==, "the words of the service");
    }
}

static void
test_bus_error (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->error_name = "org.freedesktop.DBus.Error.AccessDenied";
  g_assert_null (anchord_client_get_status_sync (self->client, NULL, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
}

/* Only a client that says so lets the service ask the user. */
static void
test_interactive (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  self->reply = CHANGE_REPLY;
  g_autoptr (GVariant) reply = anchord_client_add_sync (self->client, bytes, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (self->interactive, ==, (GPOINTER_TO_UINT (data) & ANCHORD_CLIENT_INTERACTIVE) != 0);
}

typedef struct
{
  GAsyncResult *result; /* (owned) */
} Waiter;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiter *waiter = user_data;
  waiter->result = g_object_ref (result);
}

static GAsyncResult *
wait_for (Waiter *waiter)
{
  while (waiter->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return waiter->result;
}

static void
test_async_changes (MadeUpService *self, gconstpointer data)
{
  const char *const fingerprints[] = { FINGERPRINT, NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GError) error = NULL;
  self->reply = CHANGE_REPLY;
  Waiter add = { NULL };
  anchord_client_add (self->client, bytes, some_options (), NULL, on_done, &add);
  g_autoptr (GAsyncResult) add_result = wait_for (&add);
  assert_prints (anchord_client_add_finish (self->client, add_result, &error), CHANGE_REPLY);
  Waiter removal = { NULL };
  anchord_client_remove (self->client, fingerprints, NULL, NULL, on_done, &removal);
  g_autoptr (GAsyncResult) remove_result = wait_for (&removal);
  assert_prints (anchord_client_remove_finish (self->client, remove_result, &error), CHANGE_REPLY);
  Waiter distrust = { NULL };
  anchord_client_distrust (self->client, fingerprints, NULL, NULL, on_done, &distrust);
  g_autoptr (GAsyncResult) distrust_result = wait_for (&distrust);
  assert_prints (anchord_client_distrust_finish (self->client, distrust_result, &error), CHANGE_REPLY);
  g_assert_cmpstr (self->member, ==, "Distrust");
}

static void
test_async_reading (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->reply = "(uint64 3, @aa{sv} [], '')";
  Waiter list = { NULL };
  anchord_client_list (self->client, NULL, NULL, 0, NULL, on_done, &list);
  g_autoptr (GAsyncResult) list_result = wait_for (&list);
  assert_prints (anchord_client_list_finish (self->client, list_result, &error), "(uint64 3, @aa{sv} [], '')");
  self->reply = "({'a': <1>},)";
  Waiter get = { NULL };
  anchord_client_get (self->client, FINGERPRINT, NULL, on_done, &get);
  g_autoptr (GAsyncResult) get_result = wait_for (&get);
  assert_prints (anchord_client_get_finish (self->client, get_result, &error), "{'a': <1>}");
  Waiter status = { NULL };
  anchord_client_get_status (self->client, NULL, on_done, &status);
  g_autoptr (GAsyncResult) status_result = wait_for (&status);
  assert_prints (anchord_client_get_status_finish (self->client, status_result, &error), "{'a': <1>}");
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  Waiter verify = { NULL };
  anchord_client_verify (self->client, chain, NULL, NULL, on_done, &verify);
  g_autoptr (GAsyncResult) verify_result = wait_for (&verify);
  assert_prints (anchord_client_verify_finish (self->client, verify_result, &error), "{'a': <1>}");
  self->reply = "(handle 0, uint64 6, uint64 9)";
  self->reply_fds = bundle_file ("bundle", F_SEAL_SHRINK | F_SEAL_WRITE);
  Waiter bundle = { NULL };
  anchord_client_get_bundle (self->client, "system", "server-auth", "pem-bundle", NULL, on_done, &bundle);
  g_autoptr (GAsyncResult) bundle_result = wait_for (&bundle);
  g_autoptr (GBytes) bytes = anchord_client_get_bundle_finish (self->client, bundle_result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 6);
}

static void
test_async_error (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->error_name = "org.anchord.Anchord1.Error.Policy";
  Waiter get = { NULL };
  anchord_client_call (self->client, "Anchors", "Get", g_variant_new ("(s)", "x"), NULL, NULL, on_done, &get);
  g_autoptr (GAsyncResult) result = wait_for (&get);
  g_assert_null (anchord_client_call_finish (self->client, result, NULL, &error));
  g_assert_error (error, ANCHORD_ERROR, ANCHORD_ERROR_POLICY);
}

static void
test_cancel (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  self->silent = TRUE;
  Waiter get = { NULL };
  anchord_client_get (self->client, FINGERPRINT, cancellable, on_done, &get);
  g_cancellable_cancel (cancellable);
  g_autoptr (GAsyncResult) result = wait_for (&get);
  g_assert_null (anchord_client_get_finish (self->client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

typedef struct
{
  guint64 generation;
  char *added;
  guint n_notified;
} Seen;

static void
on_changed (AnchordClient *client, guint64 generation, char **added, char **removed, char **changed, gpointer user_data)
{
  Seen *seen = user_data;
  seen->generation = generation;
  seen->added = g_strjoinv (" ", added);
  g_assert_cmpuint (g_strv_length (removed), ==, 0);
  g_assert_cmpuint (g_strv_length (changed), ==, 1);
}

static void
on_notify (AnchordClient *client, GParamSpec *pspec, gpointer user_data)
{
  ((Seen *) user_data)->n_notified++;
}

static void
test_changed (MadeUpService *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };
  guint64 generation;
  g_signal_connect (self->client, "changed", G_CALLBACK (on_changed), &seen);
  g_signal_connect (self->client, "notify::generation", G_CALLBACK (on_notify), &seen);
  g_assert_cmpuint (anchord_client_get_generation (self->client), ==, 0);
  GVariant *parameters = g_variant_new_parsed ("(uint64 12, ['aa', 'bb'], @as [], ['cc'])");
  g_dbus_connection_emit_signal (self->connection, NULL, ANCHORD_OBJECT_PATH, ANCHORD_INTERFACE_ANCHORS, "Changed", parameters, &error);
  g_assert_no_error (error);
  while (seen.generation == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (seen.generation, ==, 12);
  g_assert_cmpstr (seen.added, ==, "aa bb");
  g_assert_cmpuint (seen.n_notified, ==, 1);
  g_object_get (self->client, "generation", &generation, NULL);
  g_assert_cmpuint (generation, ==, 12);
  g_free (seen.added);
}

/* Who links the library gets no TLS library with it. */
static void
test_links (void)
{
  g_autofree char *maps = NULL;
  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  g_assert_nonnull (strstr (maps, "libanchord.so"));
  g_assert_null (strstr (maps, "libgnutls"));
  g_assert_null (strstr (maps, "libcrypto"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  const struct
  {
    const char *path;
    guint flags;
    void (*run) (MadeUpService *self, gconstpointer data);
  } tests[] = {
    { "/client/add", 0, test_add },
    { "/client/add/without-options", 0, test_add_without_options },
    { "/client/add/large", 0, test_add_large },
    { "/client/remove", 0, test_remove },
    { "/client/distrust", 0, test_distrust },
    { "/client/list", 0, test_list },
    { "/client/get", 0, test_get },
    { "/client/get-status", 0, test_get_status },
    { "/client/verify", 0, test_verify },
    { "/client/bundle", 0, test_bundle },
    { "/client/bundle/refused", 0, test_bundle_refused },
    { "/client/errors", 0, test_errors },
    { "/client/errors/bus", 0, test_bus_error },
    { "/client/interactive/no", 0, test_interactive },
    { "/client/interactive/yes", ANCHORD_CLIENT_INTERACTIVE, test_interactive },
    { "/client/async/changes", 0, test_async_changes },
    { "/client/async/reading", 0, test_async_reading },
    { "/client/async/error", 0, test_async_error },
    { "/client/async/cancel", 0, test_cancel },
    { "/client/changed", ANCHORD_CLIENT_WATCH, test_changed },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, MadeUpService, GUINT_TO_POINTER (tests[i].flags), made_up_service_set_up, tests[i].run, made_up_service_tear_down);
  g_test_add_func ("/client/links", test_links);
  return g_test_run ();
}
