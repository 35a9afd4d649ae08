-- A town on its own: copies, workstations, menus, the school year, what is kept
-- and for how long.

-- copies ----------------------------------------------------------------------
-- One row a copy that was opened again and found whole. A row stays when its
-- file goes (removed_at): the trail of copies is never shorter than the truth.
CREATE TABLE backup_copy (
  id         {{id}},
  made_at    TEXT NOT NULL,
  place      TEXT NOT NULL CONSTRAINT backup_copy_place CHECK (place IN ('here', 'second', 'asked')),
  cause      TEXT NOT NULL CONSTRAINT backup_copy_cause CHECK (cause IN ('daily', 'asked', 'import', 'migration', 'restore')),
  path       TEXT NOT NULL,
  bytes      {{int}} NOT NULL,
  digest     {{blob}} NOT NULL,             -- SHA-256 of the file as it lies there
  recipient  TEXT NOT NULL DEFAULT '',      -- whom it is sealed for; '' a plain copy
  machine    TEXT NOT NULL DEFAULT '',
  outside    {{int}} NOT NULL DEFAULT 0 CONSTRAINT backup_copy_outside CHECK (outside IN (0, 1)), -- not on the disk of the database
  verified_at TEXT NOT NULL,
  removed_at TEXT NOT NULL DEFAULT ''
){{strict}};
CREATE INDEX backup_copy_at ON backup_copy (made_at);
CREATE INDEX backup_copy_digest ON backup_copy (digest);
{{no_delete "backup_copy"}}

-- workstations ------------------------------------------------------------------
-- Who is signed in where: a row a session, touched every minute while it lives.
CREATE TABLE workstation (
  id         {{id}},
  agent_id   {{int}} NOT NULL REFERENCES agent (id),
  machine    TEXT NOT NULL,
  program    TEXT NOT NULL,                 -- « Ardoise 0.5.0 », « ardoisectl 0.5.0 »
  since      TEXT NOT NULL,
  seen_at    TEXT NOT NULL,
  locked     {{int}} NOT NULL DEFAULT 0 CONSTRAINT workstation_locked CHECK (locked IN (0, 1)),
  ended_at   TEXT NOT NULL DEFAULT '',
  ended_by   {{int}} NOT NULL DEFAULT 0     -- an administrator elsewhere; 0: by itself
){{strict}};
CREATE INDEX workstation_open ON workstation (seen_at) WHERE ended_at = '';

-- kitchen -----------------------------------------------------------------------
-- Where meals are delivered together: a sheet has a subtotal for each.
CREATE TABLE kitchen_group (
  id   {{id}},
  name TEXT NOT NULL CONSTRAINT kitchen_group_once UNIQUE,
  rank {{int}} NOT NULL DEFAULT 0
){{strict}};
ALTER TABLE school ADD COLUMN kitchen_group_id {{int}} REFERENCES kitchen_group (id);

-- What is served: one row a dish.
CREATE TABLE dish (
  id         {{id}},
  service_id {{int}} NOT NULL REFERENCES service (id),
  day        TEXT NOT NULL CONSTRAINT dish_day CHECK (length(day) = 10),
  rank       {{int}} NOT NULL,
  course     TEXT NOT NULL CONSTRAINT dish_course CHECK (course IN ('entree', 'plat', 'garniture', 'laitage', 'dessert', 'gouter', 'autre')),
  name       TEXT NOT NULL CONSTRAINT dish_name CHECK (name <> ''),
  allergens  TEXT NOT NULL DEFAULT '',      -- comma separated codes of the 14
  vegetarian {{int}} NOT NULL DEFAULT 0 CONSTRAINT dish_vegetarian CHECK (vegetarian IN (0, 1)),
  CONSTRAINT dish_once UNIQUE (service_id, day, rank)
){{strict}};
-- A menu was one text a day with the allergens of all of it: nobody can say now
-- which dish had which, so the text stays one line, of no course.
INSERT INTO dish (service_id, day, rank, course, name, allergens)
  SELECT service_id, day, 1, 'autre', replace(dishes, '
', ', '), allergens FROM menu WHERE trim(dishes) <> '';
DROP TABLE menu;

-- the school year -----------------------------------------------------------------
-- A year that was opened: done once, by whom, when; its steps, '' until done.
CREATE TABLE school_year (
  year        {{int}} PRIMARY KEY,          -- 2027 means 2027-2028
  opened_at   TEXT NOT NULL,
  agent_id    {{int}} NOT NULL,
  turn_on     TEXT NOT NULL CONSTRAINT school_year_turn CHECK (length(turn_on) = 10), -- from that day its classes are the children's
  classes_at  TEXT NOT NULL DEFAULT '',     -- when they were decided last
  turned_at   TEXT NOT NULL DEFAULT '',     -- when the children moved up
  requests_at TEXT NOT NULL DEFAULT ''      -- when requests were asked again last
){{strict}};
-- Where a child is in a school year that its own entry does not speak of: the
-- year to come once decided, the years gone by. A child that leaves has no class.
CREATE TABLE child_year (
  child_id    {{int}} NOT NULL REFERENCES child (id),
  school_year {{int}} NOT NULL,
  class_id    {{int}} REFERENCES class (id),
  level       TEXT NOT NULL DEFAULT '',
  age_group   TEXT NOT NULL CONSTRAINT child_year_age_group CHECK (age_group IN ('maternelle', 'elementaire', 'adulte')),
  leaves      {{int}} NOT NULL DEFAULT 0 CONSTRAINT child_year_leaves CHECK (leaves IN (0, 1)),
  PRIMARY KEY (child_id, school_year),
  CONSTRAINT child_year_gone CHECK (leaves = 0 OR class_id IS NULL)
){{strict}};
CREATE INDEX child_year_class ON child_year (class_id, child_id);
CREATE INDEX child_year_of ON child_year (school_year, child_id);
-- When somebody left: what is kept of them is counted from there.
ALTER TABLE child ADD COLUMN left_on TEXT NOT NULL DEFAULT '';
ALTER TABLE family ADD COLUMN archived_on TEXT NOT NULL DEFAULT '';

-- what is kept, and for how long ------------------------------------------------------
-- anonymised_on: names, addresses and notes are gone, amounts and days are not.
-- hold: « ne pas purger », and why (a dispute, an inquiry); "": none.
ALTER TABLE family ADD COLUMN anonymised_on TEXT NOT NULL DEFAULT '';
ALTER TABLE family ADD COLUMN hold TEXT NOT NULL DEFAULT '';
ALTER TABLE child ADD COLUMN anonymised_on TEXT NOT NULL DEFAULT '';
-- purged_on: the content is gone, the row says that something was there.
ALTER TABLE document ADD COLUMN purged_on TEXT NOT NULL DEFAULT '';
ALTER TABLE mail_message ADD COLUMN purged_on TEXT NOT NULL DEFAULT '';
CREATE INDEX mail_message_purged ON mail_message (state, account_id) WHERE purged_on <> '';
-- One row a purge: what was taken away, counted, never whose.
CREATE TABLE purge (
  id       {{id}},
  at       TEXT NOT NULL,
  agent_id {{int}} NOT NULL,
  digest   TEXT NOT NULL,                   -- of the preview that was agreed to
  counts   TEXT NOT NULL                    -- JSON: rule -> how many
){{strict}};
{{append_only "purge"}}

-- Rows that are never changed may lose what names people, and nothing else.
{{append_only_but "operation" "consent_who consent_how reason" "id key digest kind at agent_id family_id consent_at label received_at mail_id"}}
{{append_only_but "transfer" "label" "id operation_id debit_id credit_id amount kind booking_id reverses_id on_day"}}
{{append_only_but "receipt" "reference payer" "id year number operation_id transfer_id family_id means amount balance_after at agent"}}
{{append_only_but "headcount_line" "child_id" "headcount_id rank school class sitting age_group diet count"}}
{{append_only_but "mandate_event" "detail" "id mandate_id at agent what"}}
{{append_only_but "invoice" "family payer address reason" "id operation_id run_id year office serial number kind corrects_id family_id period issued_on due_on pay mandate_id meals total previous"}}
{{append_only_but "invoice_line" "child note" "invoice_id rank booking_id child_id service_id service day kind tariff quotient meal care amount"}}
{{append_only_but "bank_return_line" "detail" "return_id rank end_to_end amount reason outcome debit_id"}}

-- The trail: from now on the chain holds for a commitment to the sentence
-- (cover = SHA-256 of salt and detail), so that a sentence that names somebody can
-- go and the chain still hold. Older entries have no cover and keep theirs until
-- they are old enough to be cut off.
ALTER TABLE audit ADD COLUMN salt {{blob}};
ALTER TABLE audit ADD COLUMN cover {{blob}};
-- Where the trail was cut: what lay at its beginning is gone, this is the hash the
-- rest follows. An entry of the trail itself says the same (audit.cut). What is
-- younger than a year stays whoever asks; a cut dated in the future is no cut.
CREATE TABLE audit_cut (
  up_to    {{int}} PRIMARY KEY,             -- entries up to this one are gone
  hash     {{blob}} NOT NULL,               -- of that entry
  at       TEXT NOT NULL,
  agent_id {{int}} NOT NULL
){{strict}};
{{append_only "audit_cut"}}
{{if sqlite}}
DROP TRIGGER audit_append_only_update;
CREATE TRIGGER audit_append_only_update BEFORE UPDATE ON audit
  WHEN NOT (OLD.cover IS NOT NULL AND NEW.salt IS NULL AND NEW.detail = '' AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.agent_id = OLD.agent_id
    AND NEW.agent = OLD.agent AND NEW.action = OLD.action AND NEW.object = OLD.object AND NEW.hash = OLD.hash AND NEW.cover IS OLD.cover)
  BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END;
DROP TRIGGER audit_append_only_delete;
CREATE TRIGGER audit_append_only_delete BEFORE DELETE ON audit
  WHEN NOT EXISTS (SELECT 1 FROM audit_cut c WHERE c.up_to >= OLD.id AND OLD.at < strftime('%Y-%m-%dT%H:%M:%SZ', c.at, '-12 months'))
  BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END;
{{end}}
{{if postgres}}
CREATE OR REPLACE FUNCTION ardoise_trail() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM audit_cut c WHERE c.up_to >= OLD.id
      AND OLD.at < to_char((c.at::timestamptz AT TIME ZONE 'UTC') - INTERVAL '12 months', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) THEN RETURN OLD; END IF;
  ELSIF OLD.cover IS NOT NULL AND NEW.salt IS NULL AND NEW.detail = ''
    AND to_jsonb(NEW) - 'salt' - 'detail' = to_jsonb(OLD) - 'salt' - 'detail' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING MESSAGE = 'append_only:audit', ERRCODE = 'restrict_violation';
END $fn$;
DROP TRIGGER audit_append_only ON audit;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION ardoise_trail();
{{end}}
