-- The first shape of the house. One text for SQLite and PostgreSQL: the words
-- in double braces are the only differences (see store/schema.go).
-- Dates are TEXT YYYY-MM-DD, instants TEXT in UTC, amounts whole cents,
-- yes/no 0 or 1. Every rule that can be said here is said here too.

-- settings: one row a setting; also facts of the database (demo, data key id).
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
){{strict}};

-- staff ---------------------------------------------------------------------
CREATE TABLE agent (
  id            {{id}},
  login         TEXT NOT NULL CONSTRAINT agent_login CHECK (length(login) BETWEEN 1 AND 80),
  name          TEXT NOT NULL,
  roles         TEXT NOT NULL,              -- comma separated role codes, sorted
  password      TEXT NOT NULL,              -- PHC string, '' when the demo signs in by itself
  active        {{int}} NOT NULL DEFAULT 1 CONSTRAINT agent_active CHECK (active IN (0, 1)),
  failures      {{int}} NOT NULL DEFAULT 0, -- since the last success
  locked_until  TEXT NOT NULL DEFAULT '',   -- instant before which no attempt is looked at
  created_at    TEXT NOT NULL,
  last_seen_at  TEXT NOT NULL DEFAULT ''
){{strict}};
CREATE UNIQUE INDEX agent_login_once ON agent (lower(login));

-- vault: the data key, wrapped once per agent and once by the recovery phrase.
CREATE TABLE key_wrap (
  holder  TEXT PRIMARY KEY,                 -- 'agent:ID', 'recovery' or 'demo'
  kdf     TEXT NOT NULL,                    -- parameters and salt, PHC-like
  wrapped {{blob}} NOT NULL
){{strict}};

-- audit trail: h(n) = H(h(n-1), row). Nothing ever changes here.
CREATE TABLE audit (
  id       {{id}},
  at       TEXT NOT NULL,
  agent_id {{int}} NOT NULL DEFAULT 0,      -- 0: the program itself
  agent    TEXT NOT NULL,                   -- the name at that moment
  action   TEXT NOT NULL,                   -- dotted code, e.g. booking.commit
  object   TEXT NOT NULL,                   -- e.g. family:12
  detail   TEXT NOT NULL,                   -- French, no health data, no IBAN
  hash     {{blob}} NOT NULL
){{strict}};
CREATE INDEX audit_object ON audit (object, id);
{{append_only "audit"}}

-- catalog -------------------------------------------------------------------
CREATE TABLE commune (
  id     {{id}},
  insee  TEXT NOT NULL CONSTRAINT commune_insee UNIQUE,
  name   TEXT NOT NULL,
  postal TEXT NOT NULL DEFAULT '',
  fold   TEXT NOT NULL                      -- search key
){{strict}};

CREATE TABLE school (
  id         {{id}},
  commune_id {{int}} NOT NULL REFERENCES commune (id),
  name       TEXT NOT NULL,
  CONSTRAINT school_once UNIQUE (commune_id, name)
){{strict}};

CREATE TABLE service (
  id              {{id}},
  commune_id      {{int}} NOT NULL REFERENCES commune (id),
  code            TEXT NOT NULL CONSTRAINT service_code UNIQUE,
  name            TEXT NOT NULL,            -- "Service cantine, Saint-Marcel-en-Dombes"
  short           TEXT NOT NULL,            -- "Cantine"
  kind            TEXT NOT NULL CONSTRAINT service_kind CHECK (kind IN ('canteen', 'morning', 'evening', 'day')),
  product         TEXT NOT NULL,            -- "Réservation repas cantine"
  weekdays        TEXT NOT NULL,            -- ISO day digits, e.g. '1245'
  region          TEXT NOT NULL,            -- public holidays: metropole, alsace-moselle
  zone            TEXT NOT NULL CONSTRAINT service_zone CHECK (zone IN ('A', 'B', 'C')),
  in_holidays     {{int}} NOT NULL DEFAULT 0,  -- open during school holidays
  starts_at       TEXT NOT NULL,            -- clock, '12:00'
  book_cutoff     TEXT NOT NULL,            -- calendar.CutoffSet text
  cancel_cutoff   TEXT NOT NULL,
  capacity        {{int}} CONSTRAINT service_capacity CHECK (capacity IS NULL OR capacity >= 0),
  pay             TEXT NOT NULL,            -- means the service offers, comma separated
  waiting_days    {{int}} NOT NULL DEFAULT 0 CONSTRAINT service_waiting CHECK (waiting_days BETWEEN 0 AND 2),
  proof_hours     {{int}} NOT NULL DEFAULT 48, -- a certificate handed in within
  low_balance     {{int}} NOT NULL DEFAULT 1000,
  active          {{int}} NOT NULL DEFAULT 1
){{strict}};

CREATE TABLE sitting (
  id         {{id}},
  service_id {{int}} NOT NULL REFERENCES service (id),
  name       TEXT NOT NULL,
  capacity   {{int}} CONSTRAINT sitting_capacity CHECK (capacity IS NULL OR capacity >= 0),
  CONSTRAINT sitting_once UNIQUE (service_id, name)
){{strict}};

-- which schools a service takes, and at which sitting by default
CREATE TABLE service_school (
  service_id {{int}} NOT NULL REFERENCES service (id),
  school_id  {{int}} NOT NULL REFERENCES school (id),
  sitting_id {{int}} REFERENCES sitting (id),
  PRIMARY KEY (service_id, school_id)
){{strict}};

CREATE TABLE class (
  id          {{id}},
  school_id   {{int}} NOT NULL REFERENCES school (id),
  school_year {{int}} NOT NULL,             -- 2026 means 2026-2027
  name        TEXT NOT NULL,                -- "CE1/CE2 Mme Rey"
  rank        {{int}} NOT NULL DEFAULT 0,   -- order from the smallest children up
  CONSTRAINT class_once UNIQUE (school_id, school_year, name)
){{strict}};

-- a class may eat at another sitting than its school
CREATE TABLE class_sitting (
  class_id   {{int}} NOT NULL REFERENCES class (id),
  service_id {{int}} NOT NULL REFERENCES service (id),
  sitting_id {{int}} NOT NULL REFERENCES sitting (id),
  PRIMARY KEY (class_id, service_id)
){{strict}};

CREATE TABLE tariff (
  id           {{id}},
  service_id   {{int}} NOT NULL REFERENCES service (id),
  valid_from   TEXT NOT NULL,
  valid_to     TEXT NOT NULL DEFAULT '9999-12-31',
  label        TEXT NOT NULL,               -- "tarif B"
  kind         TEXT NOT NULL CONSTRAINT tariff_kind CHECK (kind IN ('booking', 'late', 'unbooked')),
  quotient_min {{int}} NOT NULL DEFAULT 0,
  quotient_max {{int}} NOT NULL DEFAULT 999999,
  resident     {{int}} CONSTRAINT tariff_resident CHECK (resident IN (0, 1)), -- NULL: both
  age_group    TEXT NOT NULL DEFAULT '',    -- '' all
  sibling_rank {{int}} NOT NULL DEFAULT 0,  -- 0 all, n: from the nth child on
  meal         {{int}} NOT NULL CONSTRAINT tariff_meal CHECK (meal >= 0),
  care         {{int}} NOT NULL CONSTRAINT tariff_care CHECK (care >= 0),
  CONSTRAINT tariff_dates CHECK (valid_to >= valid_from),
  CONSTRAINT tariff_bracket CHECK (quotient_max >= quotient_min)
){{strict}};
CREATE INDEX tariff_service ON tariff (service_id, kind, valid_from);

CREATE TABLE required_document (
  service_id  {{int}} NOT NULL REFERENCES service (id),
  kind        TEXT NOT NULL,
  label       TEXT NOT NULL,
  months      {{int}} NOT NULL DEFAULT 12 CONSTRAINT required_months CHECK (months > 0),
  debit_only  {{int}} NOT NULL DEFAULT 0,   -- only for monthly direct debit
  rank        {{int}} NOT NULL DEFAULT 0,
  PRIMARY KEY (service_id, kind)
){{strict}};

-- days out of the ordinary; service_id NULL: every service
CREATE TABLE closure (
  id         {{id}},
  service_id {{int}} REFERENCES service (id),
  class_id   {{int}} REFERENCES class (id), -- NULL: everybody; else one class's trip
  first_day  TEXT NOT NULL,
  last_day   TEXT NOT NULL,
  reason     TEXT NOT NULL,
  CONSTRAINT closure_dates CHECK (last_day >= first_day)
){{strict}};
CREATE INDEX closure_service ON closure (service_id, first_day);

-- school holidays beyond those the program knows
CREATE TABLE school_holiday (
  school_year {{int}} NOT NULL,
  zone        TEXT NOT NULL,
  name        TEXT NOT NULL,
  first_day   TEXT NOT NULL,
  last_day    TEXT NOT NULL,
  PRIMARY KEY (school_year, zone, first_day),
  CONSTRAINT school_holiday_dates CHECK (last_day >= first_day)
){{strict}};

-- family --------------------------------------------------------------------
CREATE TABLE family (
  id            {{id}},
  name          TEXT NOT NULL,
  address1      TEXT NOT NULL DEFAULT '',
  address2      TEXT NOT NULL DEFAULT '',
  postal        TEXT NOT NULL DEFAULT '',
  city          TEXT NOT NULL DEFAULT '',
  country       TEXT NOT NULL DEFAULT 'FRANCE',
  commune_id    {{int}} REFERENCES commune (id),  -- where it resides, for the tariff
  quotient      {{int}},                    -- income quotient, NULL: none on file
  quotient_from TEXT NOT NULL DEFAULT '',
  quotient_to   TEXT NOT NULL DEFAULT '',
  low_balance   {{int}},                    -- notice below, NULL: the service's
  note          TEXT NOT NULL DEFAULT '',
  state         TEXT NOT NULL DEFAULT 'active' CONSTRAINT family_state CHECK (state IN ('active', 'archived', 'merged')),
  merged_into   {{int}} REFERENCES family (id),
  fold          TEXT NOT NULL,              -- search key of names, children, e-mail, phones, town
  sort_key      {{blob}} NOT NULL,          -- French collation
  version       {{int}} NOT NULL DEFAULT 1, -- who writes must have read this one
  created_at    TEXT NOT NULL,
  CONSTRAINT family_merge CHECK ((state = 'merged') = (merged_into IS NOT NULL))
){{strict}};
CREATE INDEX family_sort ON family (state, sort_key);
{{no_delete "family"}}

CREATE TABLE guardian (
  id        {{id}},
  family_id {{int}} NOT NULL REFERENCES family (id),
  rank      {{int}} NOT NULL CONSTRAINT guardian_rank CHECK (rank IN (1, 2)),
  civility  TEXT NOT NULL DEFAULT '',
  last      TEXT NOT NULL,
  usage     TEXT NOT NULL DEFAULT '',
  first     TEXT NOT NULL,
  email     TEXT NOT NULL DEFAULT '',       -- lower case
  home      TEXT NOT NULL DEFAULT '',       -- phones in E.164
  work      TEXT NOT NULL DEFAULT '',
  mobile    TEXT NOT NULL DEFAULT '',
  fold      TEXT NOT NULL,
  CONSTRAINT guardian_place UNIQUE (family_id, rank)
){{strict}};
CREATE INDEX guardian_email ON guardian (email) WHERE email <> '';
CREATE INDEX guardian_mobile ON guardian (mobile) WHERE mobile <> '';

CREATE TABLE child (
  id         {{id}},
  family_id  {{int}} NOT NULL REFERENCES family (id),  -- who is billed
  last       TEXT NOT NULL,
  usage      TEXT NOT NULL DEFAULT '',
  first      TEXT NOT NULL,
  birth      TEXT NOT NULL,
  sex        TEXT NOT NULL DEFAULT '' CONSTRAINT child_sex CHECK (sex IN ('', 'F', 'M')),
  ine        TEXT NOT NULL DEFAULT '',
  class_id   {{int}} REFERENCES class (id),
  level      TEXT NOT NULL DEFAULT '',      -- PS .. CM2
  age_group  TEXT NOT NULL CONSTRAINT child_age_group CHECK (age_group IN ('maternelle', 'elementaire', 'adulte')),
  diet       TEXT NOT NULL DEFAULT 'standard' CONSTRAINT child_diet CHECK (diet IN ('standard', 'sans_porc', 'sans_viande', 'vegetarien', 'pai_adapte', 'pai_panier')),
  photo_ok   {{int}} NOT NULL DEFAULT 0,
  note       TEXT NOT NULL DEFAULT '',
  state      TEXT NOT NULL DEFAULT 'active' CONSTRAINT child_state CHECK (state IN ('active', 'left')),
  fold       TEXT NOT NULL,
  sort_key   {{blob}} NOT NULL,
  version    {{int}} NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL
){{strict}};
CREATE UNIQUE INDEX child_once ON child (fold, birth, family_id);
CREATE UNIQUE INDEX child_ine ON child (ine) WHERE ine <> '';
CREATE INDEX child_by_family ON child (family_id);
CREATE INDEX child_class ON child (class_id, sort_key);
CREATE INDEX child_name ON child (fold, birth);
{{no_delete "child"}}

-- people who may fetch a child
CREATE TABLE pickup (
  id       {{id}},
  child_id {{int}} NOT NULL REFERENCES child (id),
  name     TEXT NOT NULL,
  phone    TEXT NOT NULL DEFAULT '',
  link     TEXT NOT NULL DEFAULT ''
){{strict}};
CREATE INDEX pickup_child ON pickup (child_id);

-- a second family of the same child (separated parents) and its weeks:
-- parity 0: sees only, 1: odd ISO weeks, 2: even ISO weeks are its own
CREATE TABLE child_family (
  child_id  {{int}} NOT NULL REFERENCES child (id),
  family_id {{int}} NOT NULL REFERENCES family (id),
  parity    {{int}} NOT NULL DEFAULT 0 CONSTRAINT child_family_parity CHECK (parity IN (0, 1, 2)),
  PRIMARY KEY (child_id, family_id)
){{strict}};
CREATE INDEX child_family_of ON child_family (family_id);

-- health, sealed: only the santé role opens it, and every reading is logged
CREATE TABLE health (
  child_id   {{int}} PRIMARY KEY REFERENCES child (id),
  sealed     {{blob}} NOT NULL,             -- allergies, care plan, kitchen instruction
  kitchen    {{blob}},                      -- sealed too: what the kitchen must do, nothing else
  has_plan   {{int}} NOT NULL DEFAULT 0,
  review_on  TEXT NOT NULL DEFAULT '',
  updated_at TEXT NOT NULL
){{strict}};

-- access --------------------------------------------------------------------
CREATE TABLE document (
  id         {{id}},
  family_id  {{int}} NOT NULL REFERENCES family (id),
  child_id   {{int}} REFERENCES child (id), -- NULL: of the whole family
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,                 -- the name it came with, cleaned
  media      TEXT NOT NULL CONSTRAINT document_media CHECK (media IN ('application/pdf', 'image/jpeg', 'image/png', 'text/iban')),
  size       {{int}} NOT NULL,
  pages      {{int}} NOT NULL DEFAULT 1,
  digest     {{blob}} NOT NULL,             -- keyed hash: tells the same file again, nothing else
  sealed     {{blob}} NOT NULL,
  state      TEXT NOT NULL DEFAULT 'received' CONSTRAINT document_state CHECK (state IN ('received', 'conform', 'rejected', 'replaced')),
  reason     TEXT NOT NULL DEFAULT '',
  received_on TEXT NOT NULL,
  valid_to   TEXT NOT NULL,
  warned     {{int}} NOT NULL DEFAULT 0,    -- days before the end already warned of: 30, then 7
  agent_id   {{int}} NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL
){{strict}};
CREATE INDEX document_family ON document (family_id, kind);
CREATE INDEX document_child ON document (child_id, kind);
CREATE INDEX document_end ON document (valid_to) WHERE state IN ('received', 'conform');

CREATE TABLE access_request (
  id          {{id}},
  child_id    {{int}} NOT NULL REFERENCES child (id),
  family_id   {{int}} NOT NULL REFERENCES family (id),
  service_id  {{int}} NOT NULL REFERENCES service (id),
  school_year {{int}} NOT NULL,
  state       TEXT NOT NULL CONSTRAINT request_state CHECK (state IN ('draft', 'submitted', 'incomplete', 'accepted', 'refused', 'suspended')),
  channel     TEXT NOT NULL DEFAULT 'desk' CONSTRAINT request_channel CHECK (channel IN ('desk', 'mail', 'phone', 'import')),
  pay         TEXT NOT NULL DEFAULT 'prepaid' CONSTRAINT request_pay CHECK (pay IN ('prepaid', 'monthly')),
  start_on    TEXT NOT NULL DEFAULT '',
  weekdays    TEXT NOT NULL DEFAULT '',
  received_at TEXT NOT NULL,
  decided_at  TEXT NOT NULL DEFAULT '',
  decided_by  {{int}} NOT NULL DEFAULT 0,
  reason      TEXT NOT NULL DEFAULT '',
  valid_to    TEXT NOT NULL DEFAULT '',     -- end of access once accepted
  version     {{int}} NOT NULL DEFAULT 1,
  CONSTRAINT request_refusal CHECK (state <> 'refused' OR reason <> '')
){{strict}};
CREATE UNIQUE INDEX request_live ON access_request (child_id, service_id, school_year)
  WHERE state <> 'refused';
CREATE INDEX request_queue ON access_request (state, received_at);
CREATE INDEX request_child ON access_request (child_id, school_year);
CREATE INDEX request_family ON access_request (family_id);
{{no_delete "access_request"}}

CREATE TABLE request_document (
  request_id  {{int}} NOT NULL REFERENCES access_request (id),
  document_id {{int}} NOT NULL REFERENCES document (id),
  PRIMARY KEY (request_id, document_id)
){{strict}};

-- letters to families waiting to be sent (sending is another floor's work)
CREATE TABLE outbox (
  id         {{id}},
  family_id  {{int}} REFERENCES family (id),
  address    TEXT NOT NULL,
  subject    TEXT NOT NULL,
  body       TEXT NOT NULL,
  kind       TEXT NOT NULL,                 -- access.accepted, wallet.low, ...
  object     TEXT NOT NULL DEFAULT '',
  state      TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT outbox_state CHECK (state IN ('waiting', 'sent', 'failed', 'held')),
  key        TEXT NOT NULL CONSTRAINT outbox_once UNIQUE,
  created_at TEXT NOT NULL
){{strict}};
-- what the foot of the window counts all day; sent letters are not in it
CREATE INDEX outbox_open ON outbox (state) WHERE state IN ('waiting', 'failed');

-- ledger --------------------------------------------------------------------
-- balance = credits - debits; over all accounts the sum is always 0
CREATE TABLE account (
  id        {{id}},
  kind      TEXT NOT NULL CONSTRAINT account_kind CHECK (kind IN ('wallet', 'cash', 'sales', 'refund', 'opening')),
  family_id {{int}} REFERENCES family (id),
  code      TEXT NOT NULL CONSTRAINT account_code UNIQUE, -- 'wallet:12', 'cash:cheque', 'sales:3'
  balance   {{int}} NOT NULL DEFAULT 0,
  floor     {{int}},                        -- wallets: 0 or an allowed overdraft (negative)
  CONSTRAINT account_floor CHECK (floor IS NULL OR balance >= floor),
  CONSTRAINT account_wallet CHECK ((kind = 'wallet') = (family_id IS NOT NULL) AND (kind <> 'wallet' OR floor IS NOT NULL))
){{strict}};
CREATE UNIQUE INDEX account_family ON account (family_id) WHERE family_id IS NOT NULL;
{{no_delete "account"}}

-- one commit: a basket, a top-up, a closure. One idempotency key, one effect.
CREATE TABLE operation (
  id        {{id}},
  key       TEXT NOT NULL CONSTRAINT operation_key UNIQUE,
  digest    TEXT NOT NULL,                  -- of the content: same key, other content is refused
  kind      TEXT NOT NULL,                  -- book, cancel, topup, refund, close, attend, ...
  at        TEXT NOT NULL,
  agent_id  {{int}} NOT NULL,
  family_id {{int}} REFERENCES family (id),
  consent_who TEXT NOT NULL DEFAULT '',     -- the family's consent: who gave it, how, when
  consent_how TEXT NOT NULL DEFAULT '',
  consent_at  TEXT NOT NULL DEFAULT '',
  reason    TEXT NOT NULL DEFAULT '',       -- an override's or a justification's
  label     TEXT NOT NULL DEFAULT ''        -- French, what a statement shows
){{strict}};
CREATE INDEX operation_family ON operation (family_id, id);
{{append_only "operation"}}

CREATE TABLE transfer (
  id           {{id}},
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  debit_id     {{int}} NOT NULL REFERENCES account (id),
  credit_id    {{int}} NOT NULL REFERENCES account (id),
  amount       {{int}} NOT NULL CONSTRAINT transfer_amount CHECK (amount > 0),
  kind         TEXT NOT NULL CONSTRAINT transfer_kind CHECK (kind IN ('topup', 'charge', 'credit', 'refund', 'merge', 'correction')),
  booking_id   {{int}},
  reverses_id  {{int}} REFERENCES transfer (id),
  on_day       TEXT NOT NULL,               -- accounting day
  label        TEXT NOT NULL,
  CONSTRAINT transfer_two CHECK (debit_id <> credit_id),
  CONSTRAINT transfer_credit CHECK (kind <> 'credit' OR reverses_id IS NOT NULL)
){{strict}};
CREATE UNIQUE INDEX transfer_reversed_once ON transfer (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE UNIQUE INDEX transfer_one_charge ON transfer (booking_id) WHERE kind = 'charge';
CREATE INDEX transfer_debit ON transfer (debit_id, id);
CREATE INDEX transfer_credit_side ON transfer (credit_id, id);
{{append_only "transfer"}}

-- numbers without gaps: the row is taken inside the transaction that uses it
CREATE TABLE counter (
  name TEXT PRIMARY KEY,                    -- 'receipt:2026', 'headcount:3:2026-11-26'
  last {{int}} NOT NULL CONSTRAINT counter_last CHECK (last >= 0)
){{strict}};

CREATE TABLE receipt (
  id           {{id}},
  year         {{int}} NOT NULL,
  number       {{int}} NOT NULL CONSTRAINT receipt_number CHECK (number > 0),
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  transfer_id  {{int}} NOT NULL CONSTRAINT receipt_transfer UNIQUE REFERENCES transfer (id),
  family_id    {{int}} NOT NULL REFERENCES family (id),
  means        TEXT NOT NULL CONSTRAINT receipt_means CHECK (means IN ('cash', 'cheque', 'card', 'transfer')),
  reference    TEXT NOT NULL DEFAULT '',
  payer        TEXT NOT NULL,
  amount       {{int}} NOT NULL CONSTRAINT receipt_amount CHECK (amount > 0),
  balance_after {{int}} NOT NULL,
  at           TEXT NOT NULL,
  agent        TEXT NOT NULL,
  CONSTRAINT receipt_once UNIQUE (year, number)
){{strict}};
CREATE INDEX receipt_family ON receipt (family_id, id);
CREATE INDEX receipt_at ON receipt (at);          -- the cash desk's day
{{append_only "receipt"}}

-- booking -------------------------------------------------------------------
CREATE TABLE booking (
  id           {{id}},
  child_id     {{int}} NOT NULL REFERENCES child (id),
  service_id   {{int}} NOT NULL REFERENCES service (id),
  day          TEXT NOT NULL CONSTRAINT booking_day_text CHECK (length(day) = 10),
  family_id    {{int}} NOT NULL REFERENCES family (id),  -- who pays
  state        TEXT NOT NULL CONSTRAINT booking_state CHECK (state IN ('booked', 'waiting', 'cancelled')),
  pay          TEXT NOT NULL CONSTRAINT booking_pay CHECK (pay IN ('prepaid', 'monthly')),
  kind         TEXT NOT NULL CONSTRAINT booking_kind CHECK (kind IN ('booking', 'late', 'unbooked')),
  price        {{int}} NOT NULL CONSTRAINT booking_price CHECK (price >= 0),
  care         {{int}} NOT NULL DEFAULT 0 CONSTRAINT booking_care CHECK (care >= 0 AND care <= price), -- encadrement part of price
  tariff_id    {{int}} NOT NULL REFERENCES tariff (id),
  sitting_id   {{int}} NOT NULL DEFAULT 0,  -- 0: the service has none
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  cutoff_at    TEXT NOT NULL,               -- the decision on the deadline: instant,
  cutoff_rule  TEXT NOT NULL,               -- rule in words,
  verdict      TEXT NOT NULL CONSTRAINT booking_verdict CHECK (verdict IN ('in_time', 'override', 'unbooked')),
  attendance   TEXT NOT NULL DEFAULT '' CONSTRAINT booking_attendance CHECK (attendance IN ('', 'present', 'absent', 'justified')),
  cancel_operation_id {{int}} REFERENCES operation (id),
  cancel_cutoff_at    TEXT NOT NULL DEFAULT '',
  cancel_rule         TEXT NOT NULL DEFAULT '',
  cancel_verdict      TEXT NOT NULL DEFAULT '' CONSTRAINT booking_cancel_verdict CHECK (cancel_verdict IN ('', 'in_time', 'late', 'override', 'justified', 'closure', 'waiting')),
  CONSTRAINT booking_cancelled CHECK ((state = 'cancelled') = (cancel_operation_id IS NOT NULL)),
  CONSTRAINT booking_decision CHECK ((state = 'cancelled') = (cancel_verdict <> ''))
){{strict}};
CREATE UNIQUE INDEX booking_live ON booking (child_id, service_id, day) WHERE state <> 'cancelled';
CREATE INDEX booking_child ON booking (child_id, day);
CREATE INDEX booking_day ON booking (service_id, day, state, attendance, child_id, sitting_id);
CREATE INDEX booking_family ON booking (family_id, day);
CREATE INDEX booking_unbooked ON booking (service_id, day) WHERE kind = 'unbooked';
CREATE INDEX booking_operation ON booking (operation_id);
{{no_delete "booking"}}

-- places taken, only where a capacity is set (sitting_id 0: the whole service)
CREATE TABLE day_load (
  service_id {{int}} NOT NULL REFERENCES service (id),
  day        TEXT NOT NULL,
  sitting_id {{int}} NOT NULL DEFAULT 0,
  taken      {{int}} NOT NULL CONSTRAINT day_load_taken CHECK (taken >= 0),
  capacity   {{int}} NOT NULL,
  PRIMARY KEY (service_id, day, sitting_id),
  CONSTRAINT day_load_capacity CHECK (taken <= capacity)
){{strict}};

-- grown-ups who eat: a number by school and diet
CREATE TABLE adult_meal (
  service_id {{int}} NOT NULL REFERENCES service (id),
  day        TEXT NOT NULL,
  school_id  {{int}} NOT NULL REFERENCES school (id),
  diet       TEXT NOT NULL,
  count      {{int}} NOT NULL CONSTRAINT adult_meal_count CHECK (count >= 0),
  PRIMARY KEY (service_id, day, school_id, diet)
){{strict}};

CREATE TABLE menu (
  service_id {{int}} NOT NULL REFERENCES service (id),
  day        TEXT NOT NULL,
  dishes     TEXT NOT NULL,
  allergens  TEXT NOT NULL DEFAULT '',      -- comma separated codes of the 14
  PRIMARY KEY (service_id, day)
){{strict}};

-- the sheet sent to the kitchen: a numbered version that never changes
CREATE TABLE headcount (
  id         {{id}},
  service_id {{int}} NOT NULL REFERENCES service (id),
  day        TEXT NOT NULL,
  version    {{int}} NOT NULL,
  sent_at    TEXT NOT NULL,
  agent      TEXT NOT NULL,
  total      {{int}} NOT NULL,
  CONSTRAINT headcount_once UNIQUE (service_id, day, version)
){{strict}};
{{append_only "headcount"}}

CREATE TABLE headcount_line (
  headcount_id {{int}} NOT NULL REFERENCES headcount (id),
  rank         {{int}} NOT NULL,
  child_id     {{int}},                     -- NULL: adults
  school       TEXT NOT NULL,
  class        TEXT NOT NULL,
  sitting      TEXT NOT NULL,
  age_group    TEXT NOT NULL,
  diet         TEXT NOT NULL,
  count        {{int}} NOT NULL,
  PRIMARY KEY (headcount_id, rank)
){{strict}};
{{append_only "headcount_line"}}
