package store

import (
	"fmt"
	"strings"
)

// Anonymous is what stands in a column of a row that is kept for ever when what
// named a person has been taken out of it.
const Anonymous = "anonymisé"

// refuseBut narrows what append_only said of a table: an UPDATE passes where every
// column that tells amounts, days, numbers and links stays as it is, and each
// personal one either stays or is emptied: Anonymous, an empty text or NULL. There is
// no way back and none to anything else. DELETE is refused as before.
//
// SQLite compares columns by name: kept names all the others, and a test holds the
// two lists against the table. PostgreSQL compares the whole rows but for personal.
func refuseBut(engine Engine, table, personal, kept string) string {
	var b strings.Builder
	if engine == Postgres {
		b.WriteString(anonymousFunction)
		fmt.Fprintf(&b, "DROP TRIGGER %[1]s_append_only ON %[1]s;\n", table)
		fmt.Fprintf(&b, "CREATE TRIGGER %[1]s_append_only BEFORE UPDATE OR DELETE ON %[1]s FOR EACH ROW EXECUTE FUNCTION ardoise_refuse_but('append_only:%[1]s', '%[2]s');\n",
			table, strings.Join(strings.Fields(personal), "', '"))
		return b.String()
	}
	var same []string
	for _, c := range strings.Fields(kept) {
		same = append(same, fmt.Sprintf("NEW.%[1]s IS OLD.%[1]s", c))
	}
	for _, c := range strings.Fields(personal) {
		same = append(same, fmt.Sprintf("(NEW.%[1]s IS OLD.%[1]s OR coalesce(NEW.%[1]s, '') IN ('', '%[2]s'))", c, Anonymous))
	}
	fmt.Fprintf(&b, "DROP TRIGGER %s_append_only_update;\n", table)
	fmt.Fprintf(&b, "CREATE TRIGGER %[1]s_append_only_update BEFORE UPDATE ON %[1]s WHEN NOT (%[2]s) BEGIN SELECT RAISE(ABORT, 'append_only:%[1]s'); END;\n",
		table, strings.Join(same, " AND "))
	return b.String()
}

const anonymousFunction = `CREATE OR REPLACE FUNCTION ardoise_refuse_but() RETURNS trigger LANGUAGE plpgsql AS $fn$
DECLARE
  was jsonb := to_jsonb(OLD);
  will jsonb;
  col text;
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation'; END IF;
  will := to_jsonb(NEW);
  FOR i IN 1 .. TG_NARGS - 1 LOOP
    col := TG_ARGV[i];
    IF will ->> col IS DISTINCT FROM was ->> col AND coalesce(will ->> col, '') NOT IN ('', '` + Anonymous + `') THEN
      RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation';
    END IF;
    was := was - col;
    will := will - col;
  END LOOP;
  IF was <> will THEN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation'; END IF;
  RETURN NEW;
END $fn$;
`
