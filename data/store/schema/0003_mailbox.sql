-- The post: what families write, what became of it, and how our letters leave.
-- Instants are TEXT in UTC, addresses lower case. What a family wrote (subject,
-- text, attachments, what was understood) is sealed; sizes, instants, addresses
-- and states are not.

-- A mailbox of the town hall: where it is read (IMAP), how letters leave (SMTP).
CREATE TABLE mail_account (
  id            {{id}},
  name          TEXT NOT NULL,              -- « Cantine »
  address       TEXT NOT NULL CONSTRAINT mail_account_address UNIQUE,
  sender        TEXT NOT NULL DEFAULT '',   -- the name families see
  auth          TEXT NOT NULL DEFAULT 'password' CONSTRAINT mail_account_auth CHECK (auth IN ('password', 'google', 'microsoft')),
  tenant        TEXT NOT NULL DEFAULT '',   -- Microsoft's, "" for any
  client_id     TEXT NOT NULL DEFAULT '',   -- of the town's own registration at Google or Microsoft
  imap_host     TEXT NOT NULL DEFAULT '',   -- "": nothing is read
  imap_port     {{int}} NOT NULL DEFAULT 993 CONSTRAINT mail_account_imap_port CHECK (imap_port BETWEEN 1 AND 65535),
  imap_security TEXT NOT NULL DEFAULT 'tls' CONSTRAINT mail_account_imap_security CHECK (imap_security IN ('tls', 'starttls')),
  imap_user     TEXT NOT NULL DEFAULT '',
  folder        TEXT NOT NULL DEFAULT 'INBOX',
  done_folder   TEXT NOT NULL DEFAULT '',   -- "": a treated message is flagged where it is
  since         TEXT NOT NULL DEFAULT '',   -- older messages are left where they are; "": none is too old
  poll_seconds  {{int}} NOT NULL DEFAULT 120 CONSTRAINT mail_account_poll CHECK (poll_seconds BETWEEN 15 AND 3600),
  auth_host     TEXT NOT NULL DEFAULT '',   -- the receiving host whose Authentication-Results are believed
  smtp_host     TEXT NOT NULL DEFAULT '',   -- "": nothing is sent
  smtp_port     {{int}} NOT NULL DEFAULT 587 CONSTRAINT mail_account_smtp_port CHECK (smtp_port BETWEEN 1 AND 65535),
  smtp_security TEXT NOT NULL DEFAULT 'starttls' CONSTRAINT mail_account_smtp_security CHECK (smtp_security IN ('tls', 'starttls')),
  smtp_user     TEXT NOT NULL DEFAULT '',   -- "": as for reading
  per_minute    {{int}} NOT NULL DEFAULT 30 CONSTRAINT mail_account_rate CHECK (per_minute BETWEEN 1 AND 600),
  ca            TEXT NOT NULL DEFAULT '',   -- own certificate authorities, PEM
  secret        {{blob}},                   -- passwords and tokens, sealed, where the system has no keyring
  active        {{int}} NOT NULL DEFAULT 1 CONSTRAINT mail_account_active CHECK (active IN (0, 1)),
  version       {{int}} NOT NULL DEFAULT 1,
  created_at    TEXT NOT NULL
){{strict}};

-- how far a folder has been read
CREATE TABLE mail_folder (
  account_id  {{int}} NOT NULL REFERENCES mail_account (id),
  folder      TEXT NOT NULL,
  uidvalidity {{int}} NOT NULL,
  last_uid    {{int}} NOT NULL,
  read_at     TEXT NOT NULL,
  looked_at   TEXT NOT NULL DEFAULT '',    -- when all that was there had been read
  PRIMARY KEY (account_id, folder)
){{strict}};

-- one message, one intake: by the hash of its bytes
CREATE TABLE mail_message (
  id          {{id}},
  account_id  {{int}} REFERENCES mail_account (id), -- NULL: handed in as a file
  digest      {{blob}} NOT NULL CONSTRAINT mail_message_once UNIQUE, -- SHA-256 of the bytes kept
  header_id   TEXT NOT NULL DEFAULT '',    -- Message-ID: may be missing, reused, forged
  received_at TEXT NOT NULL,               -- when the town's server took it in: what a cut-off is judged by
  taken_at    TEXT NOT NULL,
  size        {{int}} NOT NULL,
  sender      TEXT NOT NULL DEFAULT '',    -- the address believed to have written, "" unknown
  family_id   {{int}} REFERENCES family (id),
  state       TEXT NOT NULL CONSTRAINT mail_message_state CHECK (state IN ('todo', 'toread', 'applied', 'answered', 'ignored')),
  quiet       {{int}} NOT NULL DEFAULT 0 CONSTRAINT mail_message_quiet CHECK (quiet IN (0, 1)), -- automatic, list, report: never answered
  aside       {{int}} NOT NULL DEFAULT 0 CONSTRAINT mail_message_aside CHECK (aside IN (0, 1)), -- could not be read
  late        {{int}} NOT NULL DEFAULT 0 CONSTRAINT mail_message_late CHECK (late IN (0, 1)), -- treated, and something asked was past its cut-off
  head        {{blob}} NOT NULL,           -- sealed: what the list shows
  reading     {{blob}} NOT NULL,           -- sealed: text, attachments' names, what was understood
  agent_id    {{int}} NOT NULL DEFAULT 0,  -- who treated it
  decided_at  TEXT NOT NULL DEFAULT '',
  marked      {{int}} NOT NULL DEFAULT 0 CONSTRAINT mail_message_marked CHECK (marked IN (0, 1)), -- told to the server
  version     {{int}} NOT NULL DEFAULT 1,
  CONSTRAINT mail_message_decided CHECK ((state IN ('todo', 'toread')) = (decided_at = '')),
  CONSTRAINT mail_message_whose CHECK (state <> 'applied' OR family_id IS NOT NULL),
  CONSTRAINT mail_message_taken CHECK (received_at <= taken_at)
){{strict}};
CREATE INDEX mail_message_list ON mail_message (received_at, id);
CREATE INDEX mail_message_state ON mail_message (state, account_id);
CREATE INDEX mail_message_header ON mail_message (header_id) WHERE header_id <> '';
CREATE INDEX mail_message_family ON mail_message (family_id) WHERE family_id IS NOT NULL;
CREATE INDEX mail_message_sender ON mail_message (sender) WHERE sender <> '';
CREATE INDEX mail_message_unmarked ON mail_message (account_id) WHERE marked = 0 AND decided_at <> '';

-- its bytes, sealed, apart: lists never read them
CREATE TABLE mail_original (
  message_id {{int}} PRIMARY KEY REFERENCES mail_message (id),
  sealed     {{blob}} NOT NULL
){{strict}};

-- where a message lies on the server; a moved or rebuilt mailbox gives it a new place
CREATE TABLE mail_place (
  account_id  {{int}} NOT NULL REFERENCES mail_account (id),
  folder      TEXT NOT NULL,
  uidvalidity {{int}} NOT NULL,
  uid         {{int}} NOT NULL,
  message_id  {{int}} NOT NULL REFERENCES mail_message (id),
  PRIMARY KEY (account_id, folder, uidvalidity, uid)
){{strict}};
CREATE INDEX mail_place_message ON mail_place (message_id);

-- an address that refused a letter
CREATE TABLE mail_bounce (
  address    TEXT PRIMARY KEY,
  permanent  {{int}} NOT NULL CONSTRAINT mail_bounce_permanent CHECK (permanent IN (0, 1)),
  reason     TEXT NOT NULL,                 -- French
  times      {{int}} NOT NULL DEFAULT 1,
  at         TEXT NOT NULL,
  message_id {{int}} REFERENCES mail_message (id),
  lifted_at  TEXT NOT NULL DEFAULT ''       -- an agent says it works again
){{strict}};

-- a template the town has changed; the others are the program's. One put back
-- keeps its row with an empty subject and body, for its version goes on counting.
CREATE TABLE letter_template (
  name       TEXT PRIMARY KEY,
  subject    TEXT NOT NULL,
  body       TEXT NOT NULL,
  version    {{int}} NOT NULL DEFAULT 1,
  changed_at TEXT NOT NULL,
  agent_id   {{int}} NOT NULL
){{strict}};

-- An operation done for a message is judged by the instant the message came.
ALTER TABLE operation ADD COLUMN received_at TEXT NOT NULL DEFAULT '' CONSTRAINT operation_received CHECK (received_at = '' OR received_at <= at);
ALTER TABLE operation ADD COLUMN mail_id {{int}} REFERENCES mail_message (id) CONSTRAINT operation_mail CHECK ((received_at = '') = (mail_id IS NULL));
CREATE INDEX operation_mail ON operation (mail_id) WHERE mail_id IS NOT NULL;

-- the outbox learns to send: on SQLite it is written anew, rows untouched
{{if sqlite}}
CREATE TABLE outbox_new (
  id         {{id}},
  family_id  {{int}} REFERENCES family (id),
  address    TEXT NOT NULL,
  subject    TEXT NOT NULL,
  body       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  object     TEXT NOT NULL DEFAULT '',
  state      TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT outbox_state CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'doubt', 'held', 'dropped')),
  key        TEXT NOT NULL CONSTRAINT outbox_once UNIQUE,
  created_at TEXT NOT NULL,
  account_id {{int}} REFERENCES mail_account (id),
  answers_id {{int}} REFERENCES mail_message (id),
  attempts   {{int}} NOT NULL DEFAULT 0,
  next_at    TEXT NOT NULL DEFAULT '',      -- not before
  claimed_by TEXT NOT NULL DEFAULT '',
  claimed_at TEXT NOT NULL DEFAULT '',
  sent_at    TEXT NOT NULL DEFAULT '',
  header_id  TEXT NOT NULL DEFAULT '',
  problem    TEXT NOT NULL DEFAULT '',
  CONSTRAINT outbox_claim CHECK ((state = 'sending') = (claimed_by <> '')),
  CONSTRAINT outbox_gone CHECK ((state = 'sent') = (sent_at <> ''))
){{strict}};
INSERT INTO outbox_new (id, family_id, address, subject, body, kind, object, state, key, created_at, sent_at)
  SELECT id, family_id, address, subject, body, kind, object, state, key, created_at, CASE WHEN state = 'sent' THEN created_at ELSE '' END FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;

CREATE TABLE document_new (
  id         {{id}},
  family_id  {{int}} NOT NULL REFERENCES family (id),
  child_id   {{int}} REFERENCES child (id),
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  media      TEXT NOT NULL CONSTRAINT document_media CHECK (media IN ('application/pdf', 'image/jpeg', 'image/png', 'image/heic', 'text/iban')),
  size       {{int}} NOT NULL,
  pages      {{int}} NOT NULL DEFAULT 1,
  digest     {{blob}} NOT NULL,
  sealed     {{blob}} NOT NULL,
  state      TEXT NOT NULL DEFAULT 'received' CONSTRAINT document_state CHECK (state IN ('received', 'conform', 'rejected', 'replaced')),
  reason     TEXT NOT NULL DEFAULT '',
  received_on TEXT NOT NULL,
  valid_to   TEXT NOT NULL,
  warned     {{int}} NOT NULL DEFAULT 0,
  agent_id   {{int}} NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL
){{strict}};
INSERT INTO document_new (id, family_id, child_id, kind, name, media, size, pages, digest, sealed, state, reason, received_on, valid_to, warned, agent_id, created_at)
  SELECT id, family_id, child_id, kind, name, media, size, pages, digest, sealed, state, reason, received_on, valid_to, warned, agent_id, created_at FROM document;
DROP TABLE document;
ALTER TABLE document_new RENAME TO document;
CREATE INDEX document_family ON document (family_id, kind);
CREATE INDEX document_child ON document (child_id, kind);
CREATE INDEX document_end ON document (valid_to) WHERE state IN ('received', 'conform');
{{end}}
{{if postgres}}
DROP INDEX outbox_open;
ALTER TABLE outbox DROP CONSTRAINT outbox_state;
ALTER TABLE outbox ADD CONSTRAINT outbox_state CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'doubt', 'held', 'dropped'));
ALTER TABLE outbox ADD COLUMN account_id BIGINT REFERENCES mail_account (id);
ALTER TABLE outbox ADD COLUMN answers_id BIGINT REFERENCES mail_message (id);
ALTER TABLE outbox ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN next_at TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN claimed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN claimed_at TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN sent_at TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN header_id TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN problem TEXT NOT NULL DEFAULT '';
UPDATE outbox SET sent_at = created_at WHERE state = 'sent';
ALTER TABLE outbox ADD CONSTRAINT outbox_claim CHECK ((state = 'sending') = (claimed_by <> ''));
ALTER TABLE outbox ADD CONSTRAINT outbox_gone CHECK ((state = 'sent') = (sent_at <> ''));
ALTER TABLE document DROP CONSTRAINT document_media;
ALTER TABLE document ADD CONSTRAINT document_media CHECK (media IN ('application/pdf', 'image/jpeg', 'image/png', 'image/heic', 'text/iban'));
{{end}}
CREATE INDEX outbox_open ON outbox (state, next_at) WHERE state IN ('waiting', 'sending', 'failed', 'doubt');
CREATE INDEX outbox_sent ON outbox (account_id, sent_at) WHERE sent_at <> '';
CREATE INDEX outbox_header ON outbox (header_id) WHERE header_id <> '';
CREATE INDEX outbox_address ON outbox (address);
CREATE INDEX outbox_answers ON outbox (answers_id) WHERE answers_id IS NOT NULL;
CREATE INDEX outbox_family ON outbox (family_id) WHERE family_id IS NOT NULL;

-- what was done for a message; a line undone keeps standing
CREATE TABLE mail_action (
  id           {{id}},
  message_id   {{int}} NOT NULL REFERENCES mail_message (id),
  kind         TEXT NOT NULL CONSTRAINT mail_action_kind CHECK (kind IN ('access_request', 'book', 'cancel', 'justified_absence', 'documents', 'bank_details', 'answer')),
  child_id     {{int}} REFERENCES child (id),
  operation_id {{int}} REFERENCES operation (id),
  document_id  {{int}} REFERENCES document (id),
  request_id   {{int}} REFERENCES access_request (id),
  outbox_id    {{int}} REFERENCES outbox (id),
  at           TEXT NOT NULL,
  agent_id     {{int}} NOT NULL,
  undone_at    TEXT NOT NULL DEFAULT '',
  undone_by    {{int}} REFERENCES operation (id),
  CONSTRAINT mail_action_undone CHECK ((undone_at = '') = (undone_by IS NULL)),
  CONSTRAINT mail_action_what CHECK (CASE
    WHEN kind IN ('book', 'cancel', 'justified_absence') THEN operation_id IS NOT NULL AND child_id IS NOT NULL
    WHEN kind IN ('documents', 'bank_details') THEN document_id IS NOT NULL
    WHEN kind = 'access_request' THEN request_id IS NOT NULL
    ELSE outbox_id IS NOT NULL
    END)
){{strict}};
CREATE INDEX mail_action_message ON mail_action (message_id);
CREATE INDEX mail_action_outbox ON mail_action (outbox_id) WHERE outbox_id IS NOT NULL;
