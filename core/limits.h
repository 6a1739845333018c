/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every bound on what anchord takes in, in one place. docs/man/anchord.8.rst lists the same numbers. */
#pragma once

/* One input: a file, a sealed memfd, a message body. Bytes. */
#define TRUST_LIMIT_INPUT_BYTES (32u * 1024 * 1024)
/* Certificates in one input. */
#define TRUST_LIMIT_INPUT_CERTIFICATES 20000u
/* One certificate's DER. Bytes. */
#define TRUST_LIMIT_CERTIFICATE_BYTES (64u * 1024)
/* A byte array inside a bus message; larger inputs travel as a sealed memfd. Bytes. */
#define TRUST_LIMIT_MESSAGE_BYTES (4u * 1024 * 1024)
/* All of a call's parameters. Bytes. */
#define TRUST_LIMIT_CALL_BYTES (8u * 1024 * 1024)
/* One file in an anchor folder. Bytes. */
#define TRUST_LIMIT_ANCHOR_FILE_BYTES (4u * 1024 * 1024)
/* Files in one anchor folder, sub-folders included. */
#define TRUST_LIMIT_FOLDER_FILES 50000u
/* How deep a folder is walked. */
#define TRUST_LIMIT_FOLDER_DEPTH 16u
/* Stores of applications. */
#define TRUST_LIMIT_STORES 256u
/* Consumers that files describe, and such a file: bytes, outputs, characters of a name and of a path. */
#define TRUST_LIMIT_CONSUMERS 256u
#define TRUST_LIMIT_CONSUMER_FILE_BYTES (64u * 1024)
#define TRUST_LIMIT_CONSUMER_OUTPUTS 64u
#define TRUST_LIMIT_CONSUMER_NAME 64u
#define TRUST_LIMIT_CONSUMER_PATH 512u
/* Variables that one of them sets. */
#define TRUST_LIMIT_VARIABLES 32u
/* Entries of an NSS database that the tool looks at. */
#define TRUST_LIMIT_NSS_ENTRIES 5000u
/* A file of a consumer that is held against what it should be. Bytes. */
#define TRUST_LIMIT_OUTPUT_BYTES (128u * 1024 * 1024)
/* What stood at a consumer's place before anchord first wrote there, and is kept to come back. Bytes a file. */
#define TRUST_LIMIT_STOOD_BYTES (32u * 1024 * 1024)
/* A configuration file (os-release, ca-certificates.conf, state). Bytes. */
#define TRUST_LIMIT_CONFIGURATION_BYTES (8u * 1024 * 1024)
/* One journal record. Bytes: it holds the full new content of a change as base64. */
#define TRUST_LIMIT_JOURNAL_RECORD_BYTES (96u * 1024 * 1024)
/* What one such record holds of files that others changed; more goes into the next. Bytes. */
#define TRUST_LIMIT_JOURNAL_FOUND_BYTES (24u * 1024 * 1024)
/* Certificates that one such record holds beside the files. Bytes. */
#define TRUST_LIMIT_JOURNAL_CERTIFICATES_BYTES (24u * 1024 * 1024)
/* A file of the journal is closed when it is longer, and than four times its first record; and what is kept of closed files. Bytes. */
#define TRUST_LIMIT_JOURNAL_FILE_BYTES (4u * 1024 * 1024)
#define TRUST_LIMIT_JOURNAL_BYTES (256u * 1024 * 1024)
/* A browser's policy in JSON. Bytes; objects and lists one in another; values in all. */
#define TRUST_LIMIT_JSON_BYTES (8u * 1024 * 1024)
#define TRUST_LIMIT_JSON_DEPTH 16u
#define TRUST_LIMIT_JSON_VALUES 200000u
/* A reason or a label. UTF-8 characters. */
#define TRUST_LIMIT_REASON_CHARS 1024u
#define TRUST_LIMIT_LABEL_CHARS 256u
/* A pass phrase, which only the tool ever sees. Bytes. */
#define TRUST_LIMIT_PASSPHRASE_BYTES 1024u
/* Messages of one connection that wait for the main loop. */
#define TRUST_LIMIT_WAITING_MESSAGES 128u
/* Entries in one a{sv} of options. */
#define TRUST_LIMIT_OPTIONS 32u
/* Fingerprints in one Remove or Distrust. */
#define TRUST_LIMIT_FINGERPRINTS 20000u
/* Certificates in one chain given to Verify. */
#define TRUST_LIMIT_CHAIN_CERTIFICATES 128u
/* Names, CRLs and initial policies of one Verify. */
#define TRUST_LIMIT_VERIFY_NAMES 16u
#define TRUST_LIMIT_VERIFY_CRLS 64u
#define TRUST_LIMIT_VERIFY_POLICIES 64u
/* Signatures that the service remembers to be good. */
#define TRUST_LIMIT_KNOWN_LINKS 4096u
/* Comparisons of names with imposed constraints in one Verify. */
#define TRUST_LIMIT_NAME_COMPARISONS (256u * 1024)
/* One revocation list. Bytes. */
#define TRUST_LIMIT_CRL_BYTES (16u * 1024 * 1024)
/* OCSP responses of one Verify, and the bytes of one. */
#define TRUST_LIMIT_VERIFY_OCSP 32u
#define TRUST_LIMIT_OCSP_BYTES (64u * 1024)
/* How long an OCSP response counts that does not say until when it does. Hours. */
#define TRUST_LIMIT_OCSP_HOURS 24u
/* Revocation lists that are kept: how many, and all of their bytes. */
#define TRUST_LIMIT_KEPT_CRLS 1024u
#define TRUST_LIMIT_KEPT_CRL_BYTES (64u * 1024 * 1024)
/* Anchors on one page of List. */
#define TRUST_LIMIT_PAGE_ANCHORS 200u
/* Purposes on one anchor. */
#define TRUST_LIMIT_PURPOSES 32u
/* Subtrees in the constraints of one trust, and a directory subtree's DER in bytes. */
#define TRUST_LIMIT_SUBTREES 1024u
#define TRUST_LIMIT_SUBTREE_BYTES 512u
/* Foreign text shown in a dialog. Characters. */
#define TRUST_LIMIT_DIALOG_CHARS 64u
/* Authorization dialogs one uid may have open. */
#define TRUST_LIMIT_DIALOGS_PER_UID 4u
/* Changes, their previews, questions to the journal and audits waiting; Verify calls waiting for the pool. In total, and per uid other than 0. */
#define TRUST_LIMIT_QUEUED_CHANGES 256u
#define TRUST_LIMIT_QUEUED_CHANGES_PER_UID 16u
#define TRUST_LIMIT_QUEUED_VERIFICATIONS 2048u
#define TRUST_LIMIT_QUEUED_VERIFICATIONS_PER_UID 1024u
/* Work that an input may ask for to derive its keys from a pass phrase: iterations, of all its keys together. */
#define TRUST_LIMIT_KDF_ITERATIONS 5000000u
/* How often a pass phrase may be wrong. */
#define TRUST_LIMIT_PASSPHRASE_ATTEMPTS 5u
/* How deep containers stand in one another: safes of a PKCS #12, elements of indefinite length. */
#define TRUST_LIMIT_NESTING 16u
/* A guarded set that shrinks by more than this keeps its last good content. */
#define TRUST_GUARD_SHRINK_PERCENT 10u
#define TRUST_GUARD_SHRINK_ANCHORS 15u
/* Requests that wait for an administrator: in total, and of one uid. */
#define TRUST_LIMIT_REQUESTS 256u
#define TRUST_LIMIT_REQUESTS_PER_UID 16u
/* What one request asks for: certificates, and their bytes. */
#define TRUST_LIMIT_REQUEST_CERTIFICATES 64u
#define TRUST_LIMIT_REQUEST_BYTES (256u * 1024)
/* A request that nobody answers expires. Days. */
#define TRUST_LIMIT_REQUEST_DAYS 30u
/* Trusts that have ended and are remembered as such. */
#define TRUST_LIMIT_ENDED 65536u
/* What one audit tells: findings, the worst of them where there are more; and how far it looks ahead. Days. */
#define TRUST_LIMIT_FINDINGS 50000u
#define TRUST_LIMIT_AUDIT_DAYS 36500u
/* Records or states on one page of the journal, and the changes in them: of one record, or between two moments, no more are told. Each 512 bytes of
 * a change's texts count as one more. */
#define TRUST_LIMIT_PAGE_RECORDS 1000u
#define TRUST_LIMIT_LOG_CHANGES 20000u
/* Events that one change makes in the system's log, one a certificate; the others are counted. */
#define TRUST_LIMIT_LOG_EVENTS 100u
/* Refusals that the system's log is told of in a minute: in total, and of one uid. The others are counted. */
#define TRUST_LIMIT_LOGGED_REFUSALS 256u
#define TRUST_LIMIT_LOGGED_REFUSALS_PER_UID 16u
/* Changes in which an undo looks for the last one that was not undone. */
#define TRUST_LIMIT_UNDO_RECORDS 20000u
/* Distrusts that a rollback may be told to lift. */
#define TRUST_LIMIT_LIFTED 256u
/* Rows of `anchorctl status --processes`: of each kind. More are only counted. */
#define TRUST_LIMIT_PROCESSES 10000u
/* One audit: files and folders that are looked at, and the bytes that are read of them. More is told. */
#define TRUST_LIMIT_AUDIT_PATHS 500000u
#define TRUST_LIMIT_AUDIT_BYTES (512u * 1024 * 1024)
/* Home folders that the tool looks into, and NSS databases in them. */
#define TRUST_LIMIT_AUDIT_HOMES 10000u
#define TRUST_LIMIT_AUDIT_DATABASES 1000u
