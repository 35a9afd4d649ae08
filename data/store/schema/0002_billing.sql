-- Month's end: invoices, what is still owed, mandates and direct debits, the
-- cash office's closings. Amounts are whole cents, days TEXT YYYY-MM-DD, months
-- TEXT YYYY-MM, instants TEXT in UTC.

-- Two lists of words grow: the account "due" (what the families owe) and
-- "treasury" (what the cash office has handed over), and the transfers that
-- invoices bring about. SQLite cannot change a CHECK: the two tables are
-- written anew, rows untouched.
{{if sqlite}}
CREATE TABLE account_new (
  id        {{id}},
  kind      TEXT NOT NULL CONSTRAINT account_kind CHECK (kind IN ('wallet', 'cash', 'sales', 'refund', 'opening', 'due', 'treasury')),
  family_id {{int}} REFERENCES family (id),
  code      TEXT NOT NULL CONSTRAINT account_code UNIQUE,
  balance   {{int}} NOT NULL DEFAULT 0,
  floor     {{int}},
  CONSTRAINT account_floor CHECK (floor IS NULL OR balance >= floor),
  CONSTRAINT account_wallet CHECK ((kind = 'wallet') = (family_id IS NOT NULL) AND (kind <> 'wallet' OR floor IS NOT NULL)),
  CONSTRAINT account_due CHECK (kind <> 'due' OR balance <= 0)
){{strict}};
INSERT INTO account_new (id, kind, family_id, code, balance, floor) SELECT id, kind, family_id, code, balance, floor FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE UNIQUE INDEX account_family ON account (family_id) WHERE family_id IS NOT NULL;
{{no_delete "account"}}

CREATE TABLE transfer_new (
  id           {{id}},
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  debit_id     {{int}} NOT NULL REFERENCES account (id),
  credit_id    {{int}} NOT NULL REFERENCES account (id),
  amount       {{int}} NOT NULL CONSTRAINT transfer_amount CHECK (amount > 0),
  kind         TEXT NOT NULL CONSTRAINT transfer_kind CHECK (kind IN ('topup', 'charge', 'credit', 'refund', 'merge', 'correction', 'invoice', 'credit_note', 'payment', 'reject', 'void', 'deposit')),
  booking_id   {{int}},
  reverses_id  {{int}} REFERENCES transfer (id),
  on_day       TEXT NOT NULL,
  label        TEXT NOT NULL,
  CONSTRAINT transfer_two CHECK (debit_id <> credit_id),
  CONSTRAINT transfer_credit CHECK (kind NOT IN ('credit', 'reject', 'void') OR reverses_id IS NOT NULL)
){{strict}};
INSERT INTO transfer_new (id, operation_id, debit_id, credit_id, amount, kind, booking_id, reverses_id, on_day, label)
  SELECT id, operation_id, debit_id, credit_id, amount, kind, booking_id, reverses_id, on_day, label FROM transfer;
DROP TABLE transfer;
ALTER TABLE transfer_new RENAME TO transfer;
CREATE UNIQUE INDEX transfer_reversed_once ON transfer (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE UNIQUE INDEX transfer_one_charge ON transfer (booking_id) WHERE kind = 'charge';
{{append_only "transfer"}}
{{end}}
{{if postgres}}
ALTER TABLE account DROP CONSTRAINT account_kind;
ALTER TABLE account ADD CONSTRAINT account_kind CHECK (kind IN ('wallet', 'cash', 'sales', 'refund', 'opening', 'due', 'treasury'));
ALTER TABLE account ADD CONSTRAINT account_due CHECK (kind <> 'due' OR balance <= 0);
ALTER TABLE transfer DROP CONSTRAINT transfer_kind;
ALTER TABLE transfer ADD CONSTRAINT transfer_kind CHECK (kind IN ('topup', 'charge', 'credit', 'refund', 'merge', 'correction', 'invoice', 'credit_note', 'payment', 'reject', 'void', 'deposit'));
ALTER TABLE transfer DROP CONSTRAINT transfer_credit;
ALTER TABLE transfer ADD CONSTRAINT transfer_credit CHECK (kind NOT IN ('credit', 'reject', 'void') OR reverses_id IS NOT NULL);
{{end}}
-- an account between two days: its sums are read in the index alone
{{if postgres}}
DROP INDEX transfer_debit;
DROP INDEX transfer_credit_side;
{{end}}
CREATE INDEX transfer_debit ON transfer (debit_id, on_day, amount);
CREATE INDEX transfer_credit_side ON transfer (credit_id, on_day, amount);
-- the journal of a month
CREATE INDEX transfer_day ON transfer (on_day, id);
CREATE INDEX transfer_operation ON transfer (operation_id);

-- A month once locked takes no entry any more, and neither does any month before
-- it: what comes late is entered today.
CREATE TABLE period_lock (
  period    TEXT PRIMARY KEY CONSTRAINT period_lock_month CHECK (length(period) = 7),
  locked_at TEXT NOT NULL,
  agent     TEXT NOT NULL
){{strict}};
{{append_only "period_lock"}}
{{if sqlite}}
CREATE TRIGGER transfer_in_open_period BEFORE INSERT ON transfer
  WHEN EXISTS (SELECT 1 FROM period_lock WHERE period >= substr(NEW.on_day, 1, 7))
  BEGIN SELECT RAISE(ABORT, 'locked:period'); END;
CREATE TRIGGER period_lock_in_order BEFORE INSERT ON period_lock
  WHEN NEW.period <> (SELECT strftime('%Y-%m', MAX(period) || '-01', '+1 month') FROM period_lock)
  BEGIN SELECT RAISE(ABORT, 'locked:order'); END;
{{end}}
{{if postgres}}
CREATE OR REPLACE FUNCTION ardoise_locked() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  IF EXISTS (SELECT 1 FROM period_lock WHERE period >= substr(NEW.on_day, 1, 7)) THEN
    RAISE EXCEPTION USING MESSAGE = 'locked:period', ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $fn$;
CREATE TRIGGER transfer_in_open_period BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION ardoise_locked();
CREATE OR REPLACE FUNCTION ardoise_lock_order() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  IF NEW.period <> (SELECT to_char(to_date(MAX(period), 'YYYY-MM') + INTERVAL '1 month', 'YYYY-MM') FROM period_lock) THEN
    RAISE EXCEPTION USING MESSAGE = 'locked:order', ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $fn$;
CREATE TRIGGER period_lock_in_order BEFORE INSERT ON period_lock FOR EACH ROW EXECUTE FUNCTION ardoise_lock_order();
{{end}}

-- what a month's preview reads, and nothing else of two million meals
CREATE INDEX booking_monthly ON booking (day, family_id) WHERE pay = 'monthly';

-- mandates ------------------------------------------------------------------
CREATE TABLE mandate (
  id            {{id}},
  family_id     {{int}} NOT NULL REFERENCES family (id),
  umr           TEXT NOT NULL CONSTRAINT mandate_umr UNIQUE CONSTRAINT mandate_umr_length CHECK (length(umr) BETWEEN 1 AND 35),
  kind          TEXT NOT NULL CONSTRAINT mandate_kind CHECK (kind IN ('recurrent', 'oneoff')),
  state         TEXT NOT NULL CONSTRAINT mandate_state CHECK (state IN ('active', 'blocked', 'revoked', 'ended')),
  holder        TEXT NOT NULL,              -- of the account
  sealed        {{blob}} NOT NULL,          -- the IBAN
  masked        TEXT NOT NULL,              -- the only form without the régie
  bic           TEXT NOT NULL DEFAULT '',
  former        {{blob}},                   -- the IBAN before, sealed: an amendment waits to be told (SMNDA)
  signed_on     TEXT NOT NULL CONSTRAINT mandate_signed CHECK (length(signed_on) = 10),
  valid_to      TEXT NOT NULL,              -- the service's own twelve months
  document_id   {{int}} REFERENCES document (id),
  next_sequence TEXT NOT NULL CONSTRAINT mandate_sequence CHECK (next_sequence IN ('FRST', 'RCUR', 'FNAL', 'OOFF')),
  collected_on  TEXT NOT NULL DEFAULT '',   -- the last collection sent; 36 months later it lapses
  reason        TEXT NOT NULL DEFAULT '',   -- why blocked, revoked or ended
  created_at    TEXT NOT NULL,
  version       {{int}} NOT NULL DEFAULT 1,
  CONSTRAINT mandate_reason CHECK (state = 'active' OR reason <> '')
){{strict}};
CREATE UNIQUE INDEX mandate_live ON mandate (family_id) WHERE state IN ('active', 'blocked');
CREATE INDEX mandate_family ON mandate (family_id);
{{no_delete "mandate"}}

-- what happened to a mandate; never changes
CREATE TABLE mandate_event (
  id         {{id}},
  mandate_id {{int}} NOT NULL REFERENCES mandate (id),
  at         TEXT NOT NULL,
  agent      TEXT NOT NULL,
  what       TEXT NOT NULL,                 -- signed, amended, renewed, blocked, revoked, ended, collected, rejected
  detail     TEXT NOT NULL                  -- French, no IBAN
){{strict}};
CREATE INDEX mandate_event_of ON mandate_event (mandate_id, id);
{{append_only "mandate_event"}}

-- invoices ------------------------------------------------------------------
CREATE TABLE invoice_run (
  id           {{id}},
  operation_id {{int}} NOT NULL CONSTRAINT invoice_run_operation UNIQUE REFERENCES operation (id),
  period       TEXT NOT NULL CONSTRAINT invoice_run_month CHECK (length(period) = 7),
  corrective   {{int}} NOT NULL CONSTRAINT invoice_run_corrective CHECK (corrective IN (0, 1)),
  issued_on    TEXT NOT NULL,
  due_on       TEXT NOT NULL,
  agent        TEXT NOT NULL,
  invoices     {{int}} NOT NULL,
  total        {{int}} NOT NULL
){{strict}};
CREATE INDEX invoice_run_period ON invoice_run (period, id);
{{append_only "invoice_run"}}

CREATE TABLE invoice (
  id           {{id}},
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  run_id       {{int}} REFERENCES invoice_run (id), -- NULL: a credit note of its own
  year         {{int}} NOT NULL,
  office       TEXT NOT NULL,               -- the cash office's code, '' for the only one
  serial       {{int}} NOT NULL CONSTRAINT invoice_serial CHECK (serial > 0),
  number       TEXT NOT NULL CONSTRAINT invoice_number UNIQUE CONSTRAINT invoice_number_length CHECK (length(number) BETWEEN 1 AND 15),
  kind         TEXT NOT NULL CONSTRAINT invoice_kind CHECK (kind IN ('invoice', 'credit')),
  corrects_id  {{int}} REFERENCES invoice (id), -- of a credit note
  family_id    {{int}} NOT NULL REFERENCES family (id), -- at issue; who owes now is invoice_balance's
  family       TEXT NOT NULL,               -- as it was called
  payer        TEXT NOT NULL,               -- first line of the address
  address      TEXT NOT NULL,               -- lines
  period       TEXT NOT NULL,
  issued_on    TEXT NOT NULL,
  due_on       TEXT NOT NULL,
  pay          TEXT NOT NULL CONSTRAINT invoice_pay CHECK (pay IN ('debit', 'other')),
  mandate_id   {{int}} REFERENCES mandate (id),
  meals        {{int}} NOT NULL,
  total        {{int}} NOT NULL,            -- negative on a credit note
  previous     {{int}} NOT NULL,            -- owed by the family just before
  reason       TEXT NOT NULL DEFAULT '',    -- of a credit note
  CONSTRAINT invoice_once UNIQUE (year, office, serial),
  CONSTRAINT invoice_sign CHECK ((kind = 'invoice' AND total >= 0) OR (kind = 'credit' AND total < 0 AND reason <> '')),
  CONSTRAINT invoice_debit CHECK ((pay = 'debit') = (mandate_id IS NOT NULL))
){{strict}};
CREATE INDEX invoice_family ON invoice (family_id, id);
CREATE INDEX invoice_period ON invoice (period, id);
CREATE INDEX invoice_run_of ON invoice (run_id);
CREATE INDEX invoice_operation ON invoice (operation_id);
{{append_only "invoice"}}

-- the entries an invoice or a credit note brought about
CREATE TABLE invoice_transfer (
  transfer_id {{int}} PRIMARY KEY REFERENCES transfer (id),
  invoice_id  {{int}} NOT NULL REFERENCES invoice (id)
){{strict}};
CREATE INDEX invoice_transfer_of ON invoice_transfer (invoice_id);
{{append_only "invoice_transfer"}}

CREATE TABLE invoice_line (
  invoice_id {{int}} NOT NULL REFERENCES invoice (id),
  rank       {{int}} NOT NULL,
  booking_id {{int}} REFERENCES booking (id), -- NULL: of no meal (a free line of a credit note)
  child_id   {{int}} REFERENCES child (id),
  child      TEXT NOT NULL,                 -- "Manon Berthet"
  service_id {{int}} NOT NULL REFERENCES service (id),
  service    TEXT NOT NULL,                 -- "Cantine"
  day        TEXT NOT NULL,
  kind       TEXT NOT NULL CONSTRAINT invoice_line_kind CHECK (kind IN ('booking', 'late', 'unbooked', 'waiting_day', 'late_cancel', 'correction', 'gesture')),
  tariff     TEXT NOT NULL,
  quotient   {{int}},                       -- that gave the bracket; NULL: none on file
  meal       {{int}} NOT NULL,
  care       {{int}} NOT NULL,
  amount     {{int}} NOT NULL CONSTRAINT invoice_line_sum CHECK (amount = meal + care),
  note       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (invoice_id, rank)
){{strict}};
CREATE INDEX invoice_line_booking ON invoice_line (booking_id, amount) WHERE booking_id IS NOT NULL;
{{append_only "invoice_line"}}

-- what is still to be paid of an invoice, and by whom: recomputed by verify
CREATE TABLE invoice_balance (
  invoice_id {{int}} PRIMARY KEY REFERENCES invoice (id),
  family_id  {{int}} NOT NULL REFERENCES family (id), -- who owes: another one after a merge
  due_on     TEXT NOT NULL,
  open       {{int}} NOT NULL CONSTRAINT invoice_balance_open CHECK (open >= 0)
){{strict}};
CREATE INDEX invoice_balance_owed ON invoice_balance (family_id, due_on, invoice_id) WHERE open > 0;
CREATE INDEX invoice_balance_family ON invoice_balance (family_id); -- its page: what is paid too
CREATE INDEX invoice_balance_due ON invoice_balance (due_on) WHERE open > 0;
{{no_delete "invoice_balance"}}

-- which transfer settled which invoice, for how much; negative reopens
CREATE TABLE settlement (
  id          {{id}},
  invoice_id  {{int}} NOT NULL REFERENCES invoice (id),
  transfer_id {{int}} NOT NULL REFERENCES transfer (id),
  amount      {{int}} NOT NULL CONSTRAINT settlement_amount CHECK (amount <> 0),
  CONSTRAINT settlement_once UNIQUE (transfer_id, invoice_id)
){{strict}};
CREATE INDEX settlement_invoice ON settlement (invoice_id);
{{append_only "settlement"}}

-- small sums put off to the next run: the meals are not invoiced yet
CREATE TABLE invoice_carry (
  family_id  {{int}} NOT NULL REFERENCES family (id),
  period     TEXT NOT NULL,
  amount     {{int}} NOT NULL,
  invoice_id {{int}} REFERENCES invoice (id), -- NULL: still put off
  PRIMARY KEY (family_id, period)
){{strict}};
CREATE INDEX invoice_carry_open ON invoice_carry (period) WHERE invoice_id IS NULL;

-- direct debits -------------------------------------------------------------
CREATE TABLE debit_batch (
  id         {{id}},
  state      TEXT NOT NULL CONSTRAINT debit_batch_state CHECK (state IN ('built', 'sent', 'dropped')),
  collect_on TEXT NOT NULL,
  version    TEXT NOT NULL CONSTRAINT debit_batch_version CHECK (version IN ('02', '08')),
  message_id TEXT NOT NULL CONSTRAINT debit_batch_message UNIQUE,
  file       TEXT NOT NULL,                 -- the name proposed
  count      {{int}} NOT NULL,
  total      {{int}} NOT NULL CONSTRAINT debit_batch_total CHECK (total > 0),
  built_at   TEXT NOT NULL,
  sent_at    TEXT NOT NULL DEFAULT '',
  agent      TEXT NOT NULL,
  operation_id {{int}} REFERENCES operation (id), -- of the sending
  CONSTRAINT debit_batch_sent CHECK ((state = 'sent') = (operation_id IS NOT NULL))
){{strict}};
CREATE INDEX debit_batch_day ON debit_batch (collect_on);
{{no_delete "debit_batch"}}

CREATE TABLE debit (
  id          {{id}},
  batch_id    {{int}} NOT NULL REFERENCES debit_batch (id),
  family_id   {{int}} NOT NULL REFERENCES family (id),
  mandate_id  {{int}} NOT NULL REFERENCES mandate (id),
  end_to_end  TEXT NOT NULL CONSTRAINT debit_end_to_end UNIQUE CONSTRAINT debit_end_to_end_length CHECK (length(end_to_end) BETWEEN 1 AND 35),
  sequence    TEXT NOT NULL CONSTRAINT debit_sequence CHECK (sequence IN ('FRST', 'RCUR', 'FNAL', 'OOFF')),
  amount      {{int}} NOT NULL CONSTRAINT debit_amount CHECK (amount > 0),
  holder      TEXT NOT NULL,
  sealed      {{blob}} NOT NULL,            -- the IBAN collected from: that of the day of the file
  masked      TEXT NOT NULL,
  bic         TEXT NOT NULL DEFAULT '',
  amended     {{int}} NOT NULL DEFAULT 0 CONSTRAINT debit_amended CHECK (amended IN (0, 1)),
  former      {{blob}},                     -- the account before, as the mandate sealed it: told again after a reject
  state       TEXT NOT NULL CONSTRAINT debit_state CHECK (state IN ('built', 'sent', 'rejected', 'dropped')),
  transfer_id {{int}} REFERENCES transfer (id), -- the money of the collection
  reject_id   {{int}} REFERENCES transfer (id), -- its reversal
  reason      TEXT NOT NULL DEFAULT '',     -- ISO code of the reject
  rejected_on TEXT NOT NULL DEFAULT '',
  CONSTRAINT debit_rejected CHECK ((state = 'rejected') = (reject_id IS NOT NULL) AND (state <> 'rejected' OR reason <> '')),
  CONSTRAINT debit_sent CHECK ((state IN ('sent', 'rejected')) = (transfer_id IS NOT NULL))
){{strict}};
CREATE INDEX debit_of_batch ON debit (batch_id);
CREATE INDEX debit_mandate ON debit (mandate_id);
CREATE INDEX debit_family ON debit (family_id);
{{no_delete "debit"}}

CREATE TABLE debit_invoice (
  debit_id   {{int}} NOT NULL REFERENCES debit (id),
  invoice_id {{int}} NOT NULL REFERENCES invoice (id),
  amount     {{int}} NOT NULL CONSTRAINT debit_invoice_amount CHECK (amount > 0),
  PRIMARY KEY (debit_id, invoice_id)
){{strict}};
CREATE INDEX debit_invoice_of ON debit_invoice (invoice_id);
{{append_only "debit_invoice"}}

-- what banks sent back: one file, one reading
CREATE TABLE bank_return (
  id        {{id}},
  digest    TEXT NOT NULL CONSTRAINT bank_return_once UNIQUE, -- SHA-256 of the bytes
  name      TEXT NOT NULL,
  kind      TEXT NOT NULL,                  -- pain.002, camt.053, camt.054
  message   TEXT NOT NULL,
  read_at   TEXT NOT NULL,
  agent     TEXT NOT NULL,
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  matched   {{int}} NOT NULL,
  known     {{int}} NOT NULL,
  unmatched {{int}} NOT NULL
){{strict}};
{{append_only "bank_return"}}

CREATE TABLE bank_return_line (
  return_id  {{int}} NOT NULL REFERENCES bank_return (id),
  rank       {{int}} NOT NULL,
  end_to_end TEXT NOT NULL,
  amount     {{int}} NOT NULL,
  reason     TEXT NOT NULL,
  outcome    TEXT NOT NULL CONSTRAINT bank_return_outcome CHECK (outcome IN ('matched', 'known', 'unmatched')),
  detail     TEXT NOT NULL,                 -- French: what was done, or why nothing could be
  debit_id   {{int}} REFERENCES debit (id),
  PRIMARY KEY (return_id, rank)
){{strict}};
{{append_only "bank_return_line"}}

-- reminders -----------------------------------------------------------------
CREATE TABLE reminder (
  id           {{id}},
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  family_id    {{int}} NOT NULL REFERENCES family (id),
  step         {{int}} NOT NULL CONSTRAINT reminder_step CHECK (step BETWEEN 1 AND 3),
  sent_on      TEXT NOT NULL,
  open         {{int}} NOT NULL CONSTRAINT reminder_open CHECK (open > 0)
){{strict}};
CREATE INDEX reminder_family ON reminder (family_id, id);
CREATE INDEX reminder_operation ON reminder (operation_id);
{{append_only "reminder"}}

CREATE TABLE reminder_invoice (
  reminder_id {{int}} NOT NULL REFERENCES reminder (id),
  invoice_id  {{int}} NOT NULL REFERENCES invoice (id),
  step        {{int}} NOT NULL,
  open        {{int}} NOT NULL,
  PRIMARY KEY (reminder_id, invoice_id)
){{strict}};
CREATE UNIQUE INDEX reminder_invoice_step ON reminder_invoice (invoice_id, step); -- each step once
{{append_only "reminder_invoice"}}

-- the cash office -----------------------------------------------------------
CREATE TABLE cash_close (
  id        {{id}},
  day       TEXT NOT NULL CONSTRAINT cash_close_day UNIQUE,
  closed_at TEXT NOT NULL,
  agent     TEXT NOT NULL,
  fund      {{int}} NOT NULL CONSTRAINT cash_close_fund CHECK (fund >= 0), -- the float on that day
  expected  {{int}} NOT NULL,               -- cash in the box by the books, the float included
  counted   {{int}} NOT NULL CONSTRAINT cash_close_counted CHECK (counted >= 0),
  pieces    TEXT NOT NULL DEFAULT '',       -- "50:2,20:1,…": value in cents and how many
  reason    TEXT NOT NULL DEFAULT '',       -- of a difference
  CONSTRAINT cash_close_reason CHECK (counted = expected OR reason <> '')
){{strict}};
{{append_only "cash_close"}}
-- Days close in order, and a day closed, like those before it, takes and gives
-- no cash any more: what was counted stays what was counted.
{{if sqlite}}
CREATE TRIGGER cash_close_in_order BEFORE INSERT ON cash_close
  WHEN EXISTS (SELECT 1 FROM cash_close WHERE day >= NEW.day)
  BEGIN SELECT RAISE(ABORT, 'closed:order'); END;
CREATE TRIGGER transfer_in_open_day BEFORE INSERT ON transfer
  WHEN EXISTS (SELECT 1 FROM cash_close WHERE day >= NEW.on_day)
    AND EXISTS (SELECT 1 FROM account WHERE id IN (NEW.debit_id, NEW.credit_id) AND code IN ('cash:cash', 'refund:cash'))
  BEGIN SELECT RAISE(ABORT, 'closed:day'); END;
{{end}}
{{if postgres}}
CREATE OR REPLACE FUNCTION ardoise_close_order() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  IF EXISTS (SELECT 1 FROM cash_close WHERE day >= NEW.day) THEN
    RAISE EXCEPTION USING MESSAGE = 'closed:order', ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $fn$;
CREATE TRIGGER cash_close_in_order BEFORE INSERT ON cash_close FOR EACH ROW EXECUTE FUNCTION ardoise_close_order();
CREATE OR REPLACE FUNCTION ardoise_closed() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  IF EXISTS (SELECT 1 FROM cash_close WHERE day >= NEW.on_day)
    AND EXISTS (SELECT 1 FROM account WHERE id IN (NEW.debit_id, NEW.credit_id) AND code IN ('cash:cash', 'refund:cash')) THEN
    RAISE EXCEPTION USING MESSAGE = 'closed:day', ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $fn$;
CREATE TRIGGER transfer_in_open_day BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION ardoise_closed();
{{end}}

-- what is handed over: cheques to the bank, the month's slip to the accountant
CREATE TABLE cash_slip (
  id           {{id}},
  operation_id {{int}} NOT NULL REFERENCES operation (id),
  kind         TEXT NOT NULL CONSTRAINT cash_slip_kind CHECK (kind IN ('cheques', 'payment')),
  year         {{int}} NOT NULL,
  serial       {{int}} NOT NULL CONSTRAINT cash_slip_serial CHECK (serial > 0),
  period       TEXT NOT NULL,
  made_on      TEXT NOT NULL,
  agent        TEXT NOT NULL,
  count        {{int}} NOT NULL,
  total        {{int}} NOT NULL,
  CONSTRAINT cash_slip_once UNIQUE (kind, year, serial)
){{strict}};
{{append_only "cash_slip"}}

CREATE TABLE cash_slip_receipt (
  kind       TEXT NOT NULL,
  receipt_id {{int}} NOT NULL REFERENCES receipt (id),
  slip_id    {{int}} NOT NULL REFERENCES cash_slip (id),
  PRIMARY KEY (kind, receipt_id)            -- handed over once
){{strict}};
CREATE INDEX cash_slip_receipt_of ON cash_slip_receipt (slip_id);
{{append_only "cash_slip_receipt"}}

-- what else a payment slip settles, of which there is no receipt: direct debits
-- collected and rejected, cash given back, receipts annulled after they had been
-- handed over
CREATE TABLE cash_slip_entry (
  transfer_id {{int}} PRIMARY KEY REFERENCES transfer (id), -- once
  slip_id     {{int}} NOT NULL REFERENCES cash_slip (id),
  means       TEXT NOT NULL,
  amount      {{int}} NOT NULL CONSTRAINT cash_slip_entry_amount CHECK (amount <> 0)
){{strict}};
CREATE INDEX cash_slip_entry_of ON cash_slip_entry (slip_id);
{{append_only "cash_slip_entry"}}
