// Package server is the room of what a PostgreSQL server itself must refuse: who
// connects to the base without passing by the program (a spreadsheet, another
// tool) reads what a table in this package names, and nothing else. It gives
// rights on tables and columns; it reads and writes no row.
package server

import (
	"strings"

	"ardoise/data/store"
)

// Role is one of the server's group roles; logins are put into it by the
// administrator of the server.
type Role string

// App is the role of workstations: all the program does, and nothing it never
// does. The others read, each what its trade needs, never a sealed column.
const (
	App     Role = "app"
	Accueil Role = "accueil"
	Regie   Role = "regie"
	Cuisine Role = "cuisine"
	Lecture Role = "lecture" // statistics: nobody's name
)

// Roles lists them all, App first.
var Roles = []Role{App, Accueil, Regie, Cuisine, Lecture}

// Name is the role's name on the server: "ardoise_cuisine".
func (r Role) Name(prefix string) string { return prefix + "_" + string(r) }

// What is each for, in French.
func (r Role) What() string {
	switch r {
	case App:
		return "les postes où tourne Ardoise"
	case Accueil:
		return "familles, enfants, demandes et réservations, en lecture"
	case Regie:
		return "ce que lit l’accueil, et l’argent, sans IBAN"
	case Cuisine:
		return "effectifs, régimes et menus, sans famille ni argent"
	case Lecture:
		return "statistiques, sans nom ni adresse"
	}
	return string(r)
}

// readable is one line of the table of what may be read past the program.
type readable struct {
	table string
	roles []Role
	cols  string // separated by spaces
}

var (
	everyone = []Role{Accueil, Regie, Cuisine, Lecture}
	named    = []Role{Accueil, Regie, Cuisine}
	office   = []Role{Accueil, Regie}
	counting = []Role{Accueil, Regie, Lecture}
	money    = []Role{Regie}
	figures  = []Role{Regie, Lecture}
)

// reading is the whole table. A column that stands nowhere here is read by
// nobody: those of a schema to come are refused until somebody has thought of
// them. Never here: what is sealed (health, documents, messages, accounts of
// banks and of the post), passwords and keys, settings, notes, the trail, and
// letters.
var reading = []readable{
	{"commune", everyone, "id insee name postal"},
	{"school", everyone, "id commune_id name kitchen_group_id"},
	{"kitchen_group", everyone, "id name rank"},
	{"service", everyone, "id commune_id code name short kind product weekdays region zone in_holidays starts_at book_cutoff cancel_cutoff capacity active"},
	{"service", office, "pay waiting_days proof_hours low_balance"},
	{"sitting", everyone, "id service_id name capacity"},
	{"service_school", everyone, "service_id school_id sitting_id"},
	{"class", everyone, "id school_id school_year rank"},
	{"class", named, "name"}, // and who teaches there
	{"class_sitting", everyone, "class_id service_id sitting_id"},
	{"tariff", counting, "id service_id valid_from valid_to label kind quotient_min quotient_max resident age_group sibling_rank meal care"},
	{"required_document", counting, "service_id kind label months debit_only rank"},
	{"closure", everyone, "id service_id class_id first_day last_day reason"},
	{"school_holiday", everyone, "school_year zone name first_day last_day"},
	{"school_year", everyone, "year opened_at turn_on classes_at turned_at requests_at"},

	{"family", counting, "id commune_id quotient quotient_from quotient_to state merged_into created_at archived_on anonymised_on"},
	{"family", office, "name address1 address2 postal city country low_balance"},
	{"guardian", office, "id family_id rank civility last usage first email home work mobile"},
	{"child", everyone, "id class_id level age_group diet state left_on"},
	{"child", counting, "family_id sex anonymised_on created_at"},
	{"child", office, "last usage first birth ine photo_ok"},
	{"child_year", everyone, "child_id school_year class_id level age_group leaves"},
	{"child_family", counting, "child_id family_id parity"},
	{"pickup", []Role{Accueil}, "id child_id name phone link"},

	{"document", office, "id family_id child_id kind media size pages state received_on valid_to warned created_at"},
	{"access_request", counting, "id child_id family_id service_id school_year state channel pay start_on weekdays received_at decided_at valid_to"},
	{"access_request", office, "reason decided_by"},
	{"request_document", office, "request_id document_id"},

	{"booking", everyone, "id child_id service_id day state kind sitting_id verdict attendance cancel_verdict"},
	{"booking", counting, "family_id pay price care tariff_id operation_id cutoff_at cutoff_rule cancel_operation_id cancel_cutoff_at cancel_rule"},
	{"day_load", everyone, "service_id day sitting_id taken capacity"},
	{"adult_meal", everyone, "service_id day school_id diet count"},
	{"dish", everyone, "id service_id day rank course name allergens vegetarian"},
	{"headcount", everyone, "id service_id day version sent_at total"},
	{"headcount_line", everyone, "headcount_id rank child_id school sitting age_group diet count"},
	{"headcount_line", named, "class"},

	{"account", figures, "id kind family_id code balance floor"},
	{"operation", figures, "id kind at family_id"},
	{"operation", money, "agent_id label reason received_at"},
	{"transfer", figures, "id operation_id debit_id credit_id amount kind booking_id reverses_id on_day"},
	{"transfer", money, "label"},
	{"receipt", figures, "id year number operation_id transfer_id family_id means amount at"},
	{"receipt", money, "reference payer balance_after agent"},
	{"period_lock", figures, "period locked_at"},
	{"mandate", money, "id family_id umr kind state masked signed_on valid_to document_id next_sequence collected_on reason created_at"},
	{"invoice_run", figures, "id operation_id period corrective issued_on due_on invoices total"},
	{"invoice", figures, "id operation_id run_id year office serial number kind corrects_id family_id period issued_on due_on pay meals total"},
	{"invoice", money, "family payer address mandate_id previous reason"},
	{"invoice_transfer", figures, "transfer_id invoice_id"},
	{"invoice_line", figures, "invoice_id rank booking_id child_id service_id service day kind tariff quotient meal care amount"},
	{"invoice_line", money, "child note"},
	{"invoice_balance", figures, "invoice_id family_id due_on open"},
	{"settlement", figures, "id invoice_id transfer_id amount"},
	{"invoice_carry", figures, "family_id period amount invoice_id"},
	{"debit_batch", figures, "id state collect_on version message_id file count total built_at sent_at"},
	{"debit", money, "id batch_id family_id mandate_id end_to_end sequence amount masked amended state transfer_id reject_id reason rejected_on"},
	{"debit_invoice", figures, "debit_id invoice_id amount"},
	{"reminder", figures, "id operation_id family_id step sent_on open"},
	{"reminder_invoice", figures, "reminder_id invoice_id step open"},
	{"cash_close", figures, "id day closed_at fund expected counted"},
	{"cash_close", money, "agent pieces reason"},
	{"cash_slip", figures, "id operation_id kind year serial period made_on count total"},
	{"cash_slip_receipt", figures, "kind receipt_id slip_id"},
	{"cash_slip_entry", figures, "transfer_id slip_id means amount"},
}

// Columns gives what a role may read of a table, beyond what the program does
// for it; nil: nothing.
func Columns(r Role, table string) (out []string) {
	for _, line := range reading {
		if line.table != table {
			continue
		}
		for _, holder := range line.roles {
			if holder == r {
				out = append(out, strings.Fields(line.cols)...)
			}
		}
	}
	return out
}

// versionTable is where the migrations note how far they are: a workstation
// looks there, and nobody else.
const versionTable = "goose_db_version"

// changes is what a workstation does to a table beyond reading it: the rows of
// the trail, of the ledger and the like are added, never changed. The schema says
// which ({{append_only}}, {{no_delete}}).
func changes(table string, keeps store.Keeping) string {
	switch {
	case table == versionTable:
		return ""
	case keeps == store.AppendedOnly:
		return "INSERT"
	case keeps == store.NeverDeleted, keeps == store.NamesMayGo: // a trigger judges what may change of the latter
		return "INSERT, UPDATE"
	}
	return "INSERT, UPDATE, DELETE"
}
