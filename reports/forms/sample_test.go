package forms

import "time"

var paper = Paper{
	Commune: "Saint-Marcel-en-Dombes", Service: "Restaurant scolaire", Contact: "04 00 00 00 00",
	MadeAt: time.Date(2026, 12, 8, 14, 40, 0, 0, time.UTC), Program: "Ardoise 1.0",
}

var mandate = Mandate{
	RUM: "CANT-F0087-1", ICS: "FR72ZZZ123456",
	Creditor: Party{Name: "Commune de Saint-Marcel-en-Dombes", Address: []string{"1 place de la Mairie", "01390 Saint-Marcel", "France"}},
	Debtor:   Party{Name: "Mme Élodie FAVIER", Address: []string{"12 chemin des Étangs", "01390 Saint-Marcel", "France"}},
	IBAN:     "FR76 3000 6000 0112 3456 7890 189", BIC: "AGRIFRPP",
}
