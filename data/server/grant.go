package server

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// DefaultPrefix begins the names of the roles.
const DefaultPrefix = "ardoise"

var prefixRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

// Script gives the statements that make the roles and give them exactly what
// the table says, whatever they had before. They may be run again at any time.
func Script(ctx context.Context, db *store.DB, prefix string) (script []string, err error) {
	if err := check(db, prefix); err != nil {
		return nil, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		script, err = statements(tx, prefix)
		return err
	})
	return script, err
}

func check(db *store.DB, prefix string) error {
	if db.Engine() != store.Postgres {
		return fault.New(fault.Invalid, "« %s » est un fichier : les droits d’un serveur ne concernent que PostgreSQL.", db.Name())
	}
	if !prefixRule.MatchString(prefix) {
		return fault.New(fault.Invalid, "« %s » ne peut pas commencer le nom d’un rôle : des lettres minuscules sans accent, des chiffres et _, 31 signes au plus.", prefix)
	}
	return nil
}

// place is where the rights are given.
type place struct{ database, schema string }

func where(tx *store.Tx) (p place, err error) {
	err = tx.QueryRow(`SELECT quote_ident(current_database()), quote_ident(current_schema())`).Scan(&p.database, &p.schema)
	return p, err
}

func statements(tx *store.Tx, prefix string) ([]string, error) {
	at, err := where(tx)
	if err != nil {
		return nil, err
	}
	tables, err := store.Tables(tx)
	if err != nil {
		return nil, err
	}
	kept, err := store.Kept()
	if err != nil {
		return nil, err
	}
	functions, err := store.Collect(tx, scanText, `SELECT quote_ident(proname) || '(' || pg_get_function_identity_arguments(oid) || ')' FROM pg_proc
		WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'ardoise\_%' ORDER BY proname`)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(Roles))
	var out []string
	for i, r := range Roles {
		names[i] = r.Name(prefix)
		out = append(out, fmt.Sprintf("DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '%[1]s') THEN CREATE ROLE %[1]s NOLOGIN; END IF; END $$", names[i]))
	}
	all := strings.Join(names, ", ")
	out = append(out,
		"REVOKE ALL ON DATABASE "+at.database+" FROM PUBLIC, "+all,
		"REVOKE ALL ON SCHEMA "+at.schema+" FROM PUBLIC, "+all,
		"REVOKE ALL ON ALL TABLES IN SCHEMA "+at.schema+" FROM PUBLIC, "+all,
		"REVOKE ALL ON ALL SEQUENCES IN SCHEMA "+at.schema+" FROM PUBLIC, "+all,
		"GRANT CONNECT ON DATABASE "+at.database+" TO "+all,
		"GRANT USAGE ON SCHEMA "+at.schema+" TO "+all,
	)
	for _, f := range functions {
		out = append(out, "REVOKE ALL ON FUNCTION "+at.schema+"."+f+" FROM PUBLIC")
	}
	app := App.Name(prefix)
	// A workstation saves the whole base (pg_dump), so it reads where numbers are.
	out = append(out, "GRANT SELECT ON ALL SEQUENCES IN SCHEMA "+at.schema+" TO "+app, "GRANT SELECT ON "+at.schema+"."+versionTable+" TO "+app)
	for _, t := range tables {
		out = append(out, fmt.Sprintf("GRANT SELECT, %s ON %s.%s TO %s", changes(t.Name, kept[t.Name]), at.schema, t.Name, app))
		for _, r := range Roles[1:] {
			if cols := Columns(r, t.Name); len(cols) > 0 {
				out = append(out, fmt.Sprintf("GRANT SELECT (%s) ON %s.%s TO %s", strings.Join(cols, ", "), at.schema, t.Name, r.Name(prefix)))
			}
		}
	}
	return out, nil
}

func scanText(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// Grant runs the script, in one transaction. Only who owns the base can.
func Grant(ctx context.Context, db *store.DB, prefix string) error {
	if err := check(db, prefix); err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := mayGrant(tx, prefix); err != nil {
			return err
		}
		script, err := statements(tx, prefix)
		if err != nil {
			return err
		}
		for _, s := range script {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		return nil
	})
}

// mayGrant says beforehand, and in words, what the server would refuse.
func mayGrant(tx *store.Tx, prefix string) error {
	var who string
	var owns, makes bool
	err := tx.QueryRow(`SELECT current_user, pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
			AND (SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'),
		(SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)`).Scan(&who, &owns, &makes)
	if err != nil {
		return err
	}
	if !owns {
		return fault.New(fault.Forbidden, "Le compte « %s » n’est pas propriétaire de cette base PostgreSQL : lui seul en donne les droits. Rien n’a été modifié : recommencez avec le compte qui a créé la base.", who)
	}
	if makes {
		return nil
	}
	there, err := made(tx, prefix)
	if err != nil {
		return err
	}
	var missing []string
	for _, r := range Roles {
		if !there[r] {
			missing = append(missing, r.Name(prefix))
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Forbidden, "Le compte « %s » ne peut pas créer de rôles sur ce serveur. Rien n’a été modifié : faites créer par son administrateur les rôles %s (CREATE ROLE … NOLOGIN), puis recommencez.", who, strings.Join(missing, ", "))
	}
	return nil
}

// made tells which of the roles there are on this server.
func made(tx *store.Tx, prefix string) (map[Role]bool, error) {
	names := make([]string, len(Roles))
	for i, r := range Roles {
		names[i] = r.Name(prefix)
	}
	out := map[Role]bool{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		out[Role(strings.TrimPrefix(name, prefix+"_"))] = true
		return err
	}, `SELECT rolname FROM pg_roles WHERE rolname = ANY($1)`, names)
}

// Made reports whether the roles were ever made on this server.
func Made(ctx context.Context, db *store.DB, prefix string) (yes bool, err error) {
	if err := check(db, prefix); err != nil {
		return false, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		there, err := made(tx, prefix)
		yes = there[App]
		return err
	})
	return yes, err
}

// Standing is what the server says of one role.
type Standing struct {
	Role    Role
	Name    string
	Made    bool
	Members []string // logins in it
	Differs []string // rights too many or too few, in French
}

// Look compares what the server grants with what the table says.
func Look(ctx context.Context, db *store.DB, prefix string) (out []Standing, err error) {
	if err := check(db, prefix); err != nil {
		return nil, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		tables, err := store.Tables(tx)
		if err != nil {
			return err
		}
		kept, err := store.Kept()
		if err != nil {
			return err
		}
		there, err := made(tx, prefix)
		if err != nil {
			return err
		}
		out = nil
		for _, r := range Roles {
			s := Standing{Role: r, Name: r.Name(prefix), Made: there[r]}
			if s.Made {
				if err := look(tx, &s, tables, kept); err != nil {
					return err
				}
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}

func look(tx *store.Tx, s *Standing, tables []store.Table, kept map[string]store.Keeping) (err error) {
	s.Members, err = store.Collect(tx, scanText, `SELECT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
		WHERE g.rolname = $1 AND m.rolcanlogin ORDER BY m.rolname`, s.Name)
	if err != nil {
		return err
	}
	want := map[string]bool{}
	for _, t := range tables {
		if s.Role == App {
			for _, verb := range strings.Split("SELECT, "+changes(t.Name, kept[t.Name]), ", ") {
				want[t.Name+" "+verb] = true
			}
			continue
		}
		for _, c := range Columns(s.Role, t.Name) {
			want[t.Name+"."+c+" SELECT"] = true
		}
	}
	if s.Role == App {
		want[versionTable+" SELECT"] = true
	}
	has, err := store.Collect(tx, scanText, `SELECT c.relname || ' ' || a.privilege_type FROM pg_class c, aclexplode(c.relacl) a, pg_roles r
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND r.oid = a.grantee AND r.rolname = $1
		UNION ALL
		SELECT c.relname || '.' || t.attname || ' ' || a.privilege_type FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a, pg_roles r
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND r.oid = a.grantee AND r.rolname = $1`, s.Name)
	if err != nil {
		return err
	}
	for _, h := range has {
		if !want[h] {
			s.Differs = append(s.Differs, "en trop : "+h)
		}
		delete(want, h)
	}
	for w := range want {
		s.Differs = append(s.Differs, "manque : "+w)
	}
	slices.Sort(s.Differs)
	return nil
}
