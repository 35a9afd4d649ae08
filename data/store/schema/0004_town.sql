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
  ended_at   TEXT NOT NULL DEFAULT ''
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

-- the school year -----------------------------------------------------------------
-- A year that was opened: done once, by whom, when.
CREATE TABLE school_year (
  year       {{int}} PRIMARY KEY,           -- 2027 means 2027-2028
  opened_at  TEXT NOT NULL,
  agent_id   {{int}} NOT NULL
){{strict}};
-- When somebody left: what is kept of them is counted from there.
ALTER TABLE child ADD COLUMN left_on TEXT NOT NULL DEFAULT '';
ALTER TABLE family ADD COLUMN archived_on TEXT NOT NULL DEFAULT '';

-- what is kept, and for how long ------------------------------------------------------
-- anonymised_on: names, addresses and notes are gone, amounts and days are not.
ALTER TABLE family ADD COLUMN anonymised_on TEXT NOT NULL DEFAULT '';
ALTER TABLE child ADD COLUMN anonymised_on TEXT NOT NULL DEFAULT '';
-- One row a purge: what was taken away, counted, never whose.
CREATE TABLE purge (
  id       {{id}},
  at       TEXT NOT NULL,
  agent_id {{int}} NOT NULL,
  digest   TEXT NOT NULL,                   -- of the preview that was agreed to
  counts   TEXT NOT NULL                    -- JSON: rule -> how many
){{strict}};
{{append_only "purge"}}
