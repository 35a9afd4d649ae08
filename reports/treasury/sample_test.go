package treasury

import (
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

func settings() Settings {
	s := Default()
	s.IdPost, s.LibellePoste, s.IdColl, s.CodCol, s.CodProdLoc = "001023", "SGC de Châtillon", "21010123400016", "123", "CANT"
	s.Program = "Ardoise 1.0"
	return s
}

func debit() *DirectDebit {
	return &DirectDebit{
		IBAN: "FR14 2004 1010 0505 0001 3M02 606", BIC: "PSSTFRPPLYO", Collect: calendar.NewDate(2026, 12, 21), Sequence: Recurrent,
		RUM: "CANT-2026-000087", Signed: calendar.NewDate(2026, 9, 1), Label: "Cantine de novembre & décembre – facture n° 2026000101",
	}
}

func piece(i int) Piece {
	p := Piece{
		Invoice: fmt.Sprintf("2026%06d", i), Object: "Restauration scolaire, novembre 2026", Amount: money.Cents(1260 + 420*i),
		Debtor: Debtor{
			Ref: fmt.Sprintf("F-%04d", i), Civility: "Mme", Last: "FAVIER-LECŒUR", First: "Élodie",
			Address: Address{Complement: "Bât. B", Street: "12 chemin des Étangs", Postal: "01390", City: "Saint-Marcel-en-Dombes"},
		},
	}
	if i%2 == 0 {
		p.Debtor.Civility, p.Debtor.Last, p.Debtor.First = "M.", "O’CONNOR", "Julien"
		p.Debit = debit()
	}
	return p
}

func role(pieces int) Bordereau {
	b := Bordereau{
		Exer: 2026, Number: 11, Made: calendar.NewDate(2026, 12, 2), Issued: calendar.NewDate(2026, 12, 2), Sent: calendar.NewDate(2026, 12, 3),
		Object: "Restauration scolaire, novembre 2026", ObjLine: true,
	}
	for i := range pieces {
		b.Pieces = append(b.Pieces, piece(i+1))
	}
	return b
}
