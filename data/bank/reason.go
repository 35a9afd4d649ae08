package bank

import (
	"slices"
	"strings"

	"ardoise/data/fault"
)

// Act is what a rejected or returned direct debit asks for.
type Act int

// What there is to do. The debt is open again in every case.
const (
	Correct  Act = iota // mend what the bank names, then present again
	AskRIB              // block the mandate and ask for a new account
	Again               // may be presented once more
	Revoke              // the mandate is revoked and debits stop (13 months)
	Refund              // the family asked for its money back (8 weeks)
	Stop                // debits stop and a person decides
	Contact             // ask the family what is the matter
	CheckICS            // the bank or the family does not know the creditor
)

var acts = [...]struct{ name, advice string }{
	Correct:  {"correct", "Corrigez ce que la banque signale, puis présentez de nouveau le prélèvement."},
	AskRIB:   {"ask_rib", "Le mandat est bloqué : demandez un nouveau RIB à la famille."},
	Again:    {"again", "Le prélèvement peut être présenté une seconde fois."},
	Revoke:   {"revoke", "Le mandat est révoqué : ne prélevez plus, demandez un nouveau mandat signé ou un autre moyen de paiement."},
	Refund:   {"refund", "La famille a demandé le remboursement : la somme est de nouveau due, prenez contact avec elle."},
	Stop:     {"stop", "Les prélèvements sont arrêtés : décidez de la suite avec la famille."},
	Contact:  {"contact", "La banque ne dit pas pourquoi : prenez contact avec la famille."},
	CheckICS: {"check_ics", "Vérifiez l’identifiant créancier (ICS) et le nom du créancier avant de présenter de nouveau."},
}

func (a Act) entry() int {
	if a < 0 || int(a) >= len(acts) {
		return int(Correct)
	}
	return int(a)
}

// String gives the stable machine name: "ask_rib".
func (a Act) String() string { return acts[a.entry()].name }

// Advice gives the French sentence that tells an agent what to do.
func (a Act) Advice() string { return fault.French(acts[a.entry()].advice) }

// StopsMandate tells whether the mandate may not be debited until a person has dealt with it.
func (a Act) StopsMandate() bool { return a == AskRIB || a == Revoke || a == Stop }

// Reason is why a bank refused or returned a direct debit (ISO 20022, external code lists).
type Reason struct {
	Code  string // "AC04"; empty when the bank gave none
	Label string // French, without a full stop: "Compte clôturé"
	Act   Act
}

// Known tells whether the code is one of Reasons.
func (r Reason) Known() bool { _, ok := reasons[r.Code]; return ok }

type reason struct {
	label string
	act   Act
}

// reasons holds what a creditor of the CORE scheme meets. AC02 and AC05 say of the debtor's account what AC01 and AC04
// say of any; AM07 what AM04 says; CH11 and RC12 name the ICS itself.
var reasons = map[string]reason{
	"AC01": {"Numéro de compte inexact", AskRIB},
	"AC02": {"Numéro de compte du débiteur inexact ou absent", AskRIB},
	"AC03": {"Numéro de compte du créancier inexact ou absent", Correct},
	"AC04": {"Compte clôturé", AskRIB},
	"AC05": {"Compte du débiteur clôturé", AskRIB},
	"AC06": {"Compte bloqué", AskRIB},
	"AC13": {"Type de compte du débiteur non admis", Correct},
	"AG01": {"Prélèvement interdit sur ce type de compte", Correct},
	"AG02": {"Code d’opération ou séquence non admis", Correct},
	"AM01": {"Montant nul", Correct},
	"AM02": {"Montant supérieur au maximum admis", Correct},
	"AM03": {"Devise non admise", Correct},
	"AM04": {"Provision insuffisante", Again},
	"AM05": {"Prélèvement en double", Correct},
	"AM07": {"Provision insuffisante ou bloquée", Again},
	"AM09": {"Montant différent de celui convenu", Correct},
	"AM10": {"Somme de contrôle différente du total", Correct},
	"AM18": {"Nombre d’opérations inexact", Correct},
	"BE01": {"Nom incompatible avec le compte", Correct},
	"BE04": {"Adresse du créancier absente ou inexacte", Correct},
	"BE05": {"Créancier inconnu du débiteur (ICS)", CheckICS},
	"BE06": {"Client inconnu de la banque", Correct},
	"BE07": {"Adresse du débiteur absente ou inexacte", Correct},
	"CH03": {"Date d’échéance trop lointaine", Correct},
	"CH04": {"Date d’échéance dépassée", Correct},
	"CH11": {"Identifiant créancier (ICS) inexact", CheckICS},
	"CNOR": {"Banque du créancier non joignable sous ce BIC", Correct},
	"CUST": {"Annulation demandée par le débiteur", Correct},
	"DNOR": {"Banque du débiteur non joignable sous ce BIC", Correct},
	"DT01": {"Date non admise", Correct},
	"DU01": {"Référence de fichier déjà utilisée", Correct},
	"DU02": {"Référence de lot déjà utilisée", Correct},
	"DU03": {"Opération en double", Correct},
	"DU04": {"Référence d’opération déjà utilisée", Correct},
	"DUPL": {"Prélèvement en double", Correct},
	"ED05": {"Règlement impossible entre les banques", Correct},
	"FF01": {"Format de fichier inexact", Correct},
	"FF05": {"Type de prélèvement inexact", Correct},
	"MD01": {"Absence de mandat", Revoke},
	"MD02": {"Données du mandat absentes ou inexactes", Correct},
	"MD05": {"Prélèvement que le créancier n’aurait pas dû présenter", Correct},
	"MD06": {"Remboursement demandé par le débiteur", Refund},
	"MD07": {"Débiteur décédé", Stop},
	"MS02": {"Motif non communiqué par le débiteur", Contact},
	"MS03": {"Motif non communiqué par la banque", Contact},
	"NARR": {"Motif donné en toutes lettres", Correct},
	"RC01": {"BIC inexact", Correct},
	"RC12": {"Identifiant créancier (ICS) absent ou inexact", CheckICS},
	"RF01": {"Référence déjà utilisée", Correct},
	"RR01": {"Compte ou identification du débiteur exigés par la réglementation", Correct},
	"RR02": {"Nom ou adresse du débiteur exigés par la réglementation", Correct},
	"RR03": {"Nom ou adresse du créancier exigés par la réglementation", Correct},
	"RR04": {"Motif réglementaire", Correct},
	"SL01": {"Service particulier de la banque du débiteur", Correct},
	"SL11": {"Créancier absent de la liste blanche du débiteur", Correct},
	"SL12": {"Créancier inscrit sur la liste noire du débiteur", Correct},
	"SL13": {"Nombre de prélèvements par période dépassé chez le débiteur", Correct},
	"SL14": {"Montant par prélèvement dépassé chez le débiteur", Correct},
	"TM01": {"Remise reçue après l’heure limite", Correct},
}

// ReasonOf gives the reason of a code as the bank wrote it. An unknown one asks to correct and present again, as every
// code without a rule of its own; none at all asks to contact the family, as MS03 does.
func ReasonOf(code string) Reason {
	code = strings.ToUpper(strings.TrimSpace(code))
	if r, ok := reasons[code]; ok {
		return Reason{Code: code, Label: fault.French(r.label), Act: r.act}
	}
	if code == "" {
		return Reason{Label: "Motif non communiqué", Act: Contact}
	}
	return Reason{Code: code, Label: fault.French("Motif « " + short(code) + " »"), Act: Correct}
}

// Reasons gives all that are known, in order of code, for a help page.
func Reasons() []Reason {
	list := make([]Reason, 0, len(reasons))
	for code := range reasons {
		list = append(list, ReasonOf(code))
	}
	slices.SortFunc(list, func(a, b Reason) int { return strings.Compare(a.Code, b.Code) })
	return list
}
