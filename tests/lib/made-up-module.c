/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A PKCS#11 module whose one token holds what the key file in $MADE_UP_MODULE says: [module] Slot=, Endless=; [object N] ATTRIBUTE=HEX, both in
 * hexadecimal. */
#include <gmodule.h>
#include <p11-kit/pkcs11.h>
#include <string.h>

static GKeyFile *objects;
static char **groups;
static gboolean is_endless;
static CK_OBJECT_CLASS wanted;
static gsize found;

static CK_RV
initialize (void *arguments)
{
  objects = g_key_file_new ();
  if (!g_key_file_load_from_file (objects, g_getenv ("MADE_UP_MODULE"), G_KEY_FILE_NONE, NULL))
    return CKR_GENERAL_ERROR;
  groups = g_key_file_get_groups (objects, NULL);
  is_endless = g_key_file_get_boolean (objects, "module", "Endless", NULL);
  return CKR_OK;
}

static CK_RV
finalize (void *reserved)
{
  g_clear_pointer (&objects, g_key_file_unref);
  g_clear_pointer (&groups, g_strfreev);
  return CKR_OK;
}

static CK_RV
get_info (CK_INFO *info)
{
  memset (info, ' ', sizeof *info);
  info->cryptokiVersion.major = 2;
  info->cryptokiVersion.minor = 40;
  info->flags = 0;
  return CKR_OK;
}

static CK_RV
get_slot_list (CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *n)
{
  if (slots != NULL)
    slots[0] = 1;
  *n = 1;
  return CKR_OK;
}

static CK_RV
get_slot_info (CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
  g_autofree char *text = g_key_file_get_string (objects, "module", "Slot", NULL);

  memset (info, 0, sizeof *info);
  memset (info->slotDescription, ' ', sizeof info->slotDescription);
  memcpy (info->slotDescription, text != NULL ? text : "", text != NULL ? MIN (strlen (text), sizeof info->slotDescription) : 0);
  info->flags = CKF_TOKEN_PRESENT;
  return CKR_OK;
}

static CK_RV
open_session (CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
  *session = 1;
  return CKR_OK;
}

static CK_RV
close_session (CK_SESSION_HANDLE session)
{
  return CKR_OK;
}

/* (transfer full) (nullable) */
static GByteArray *
get_attribute (gsize index, CK_ATTRIBUTE_TYPE type)
{
  g_autofree char *key = g_strdup_printf ("%lx", type), *text = g_key_file_get_string (objects, groups[index], key, NULL);
  GByteArray *bytes = text != NULL ? g_byte_array_new () : NULL;

  for (const char *at = text; bytes != NULL && at[0] != '\0' && at[1] != '\0'; at += 2)
    g_byte_array_append (bytes, &(guint8) { (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1])) }, 1);
  return bytes;
}

static gboolean
has_class (gsize index)
{
  g_autoptr (GByteArray) class = get_attribute (index, CKA_CLASS);

  return class != NULL && class->len == sizeof wanted && memcmp (class->data, &wanted, sizeof wanted) == 0;
}

static CK_RV
find_init (CK_SESSION_HANDLE session, CK_ATTRIBUTE *match, CK_ULONG n)
{
  memcpy (&wanted, match[0].pValue, sizeof wanted);
  found = 0;
  return CKR_OK;
}

static CK_RV
find (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *n)
{
  *n = 0;
  for (; groups[found] != NULL && *n < max; found++)
    if (has_class (found))
      out[(*n)++] = found + 1;
  for (; is_endless && *n < max; (*n)++)
    out[*n] = 2;
  return CKR_OK;
}

static CK_RV
find_final (CK_SESSION_HANDLE session)
{
  return CKR_OK;
}

static CK_RV
get_attribute_value (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes, CK_ULONG n)
{
  CK_RV result = CKR_OK;

  for (CK_ULONG i = 0; i < n; i++)
    {
      g_autoptr (GByteArray) value = get_attribute (object - 1, attributes[i].type);

      if (value != NULL && attributes[i].pValue != NULL && attributes[i].ulValueLen >= value->len)
        memcpy (attributes[i].pValue, value->data, value->len);
      else if (value == NULL || attributes[i].pValue != NULL)
        result = value == NULL ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_BUFFER_TOO_SMALL;
      attributes[i].ulValueLen = value != NULL ? value->len : CK_UNAVAILABLE_INFORMATION;
    }
  return result;
}

static CK_FUNCTION_LIST functions = {
  .version = { 2, 40 },
  .C_Initialize = initialize,
  .C_Finalize = finalize,
  .C_GetInfo = get_info,
  .C_GetSlotList = get_slot_list,
  .C_GetSlotInfo = get_slot_info,
  .C_OpenSession = open_session,
  .C_CloseSession = close_session,
  .C_FindObjectsInit = find_init,
  .C_FindObjects = find,
  .C_FindObjectsFinal = find_final,
  .C_GetAttributeValue = get_attribute_value,
};

G_MODULE_EXPORT CK_RV C_GetFunctionList (CK_FUNCTION_LIST **list);

G_MODULE_EXPORT CK_RV
C_GetFunctionList (CK_FUNCTION_LIST **list)
{
  functions.C_GetFunctionList = C_GetFunctionList;
  *list = &functions;
  return CKR_OK;
}
