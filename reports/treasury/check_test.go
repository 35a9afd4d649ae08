package treasury

import (
	"strings"
	"testing"

	"ardoise/data/calendar"
)

// Each fault is told once, with the piece it concerns.
func TestCheck(t *testing.T) {
	if found := Check(settings(), role(4)); len(found) != 0 {
		t.Fatalf("the sample: %v", found)
	}
	for name, c := range map[string]struct {
		change func(*Settings, *Bordereau)
		piece  int
		word   string
	}{
		"post":          {func(s *Settings, _ *Bordereau) { s.IdPost = "12345" }, 0, "codique"},
		"post of zeros": {func(s *Settings, _ *Bordereau) { s.IdPost = "000000" }, 0, "codique"},
		"siret":         {func(s *Settings, _ *Bordereau) { s.IdColl = "21010123400017" }, 0, "SIRET"},
		"siret letters": {func(s *Settings, _ *Bordereau) { s.IdColl = "2101012340001A" }, 0, "SIRET"},
		"collectivity":  {func(s *Settings, _ *Bordereau) { s.CodCol = "000" }, 0, "collectivité"},
		"budget":        {func(s *Settings, _ *Bordereau) { s.CodBud = "0a" }, 0, "budget"},
		"nature":        {func(s *Settings, _ *Bordereau) { s.Nature = "" }, 0, "nature"},
		"function":      {func(s *Settings, _ *Bordereau) { s.Fonction = "12345678901" }, 0, "fonction"},
		"key nature":    {func(s *Settings, _ *Bordereau) { s.Cle1, s.CodeNature = true, "A" }, 0, "clé 1"},
		"civilities":    {func(s *Settings, _ *Bordereau) { s.Madam = "" }, 0, "civilités"},
		"affectation":   {func(s *Settings, _ *Bordereau) { s.Affect = "trop long pour eux" }, 0, "affectation"},
		"cash office":   {func(s *Settings, _ *Bordereau) { s.IdRegie = "000" }, 0, "régie"},
		"mode":          {func(s *Settings, _ *Bordereau) { s.NatPrel = "" }, 0, "mode de prélèvement"},
		"periodicity":   {func(s *Settings, _ *Bordereau) { s.PerPrel = "08" }, 0, "périodicité"},
		"editor":        {func(s *Settings, _ *Bordereau) { s.Editor = "" }, 0, "émetteur"},
		"year":          {func(_ *Settings, b *Bordereau) { b.Exer = 26 }, 0, "exercice"},
		"number":        {func(_ *Settings, b *Bordereau) { b.Number = 10_000_000 }, 0, "numéro de bordereau"},
		"period":        {func(_ *Settings, b *Bordereau) { b.Period = 10 }, 0, "période"},
		"made":          {func(_ *Settings, b *Bordereau) { b.Made = 0 }, 0, "date du fichier"},
		"issued":        {func(_ *Settings, b *Bordereau) { b.Issued = 0 }, 0, "émission"},
		"sent":          {func(_ *Settings, b *Bordereau) { b.Sent = b.Issued - 1 }, 0, "avant l’émission"},
		"no piece":      {func(_ *Settings, b *Bordereau) { b.Pieces = nil }, 0, "aucune facture"},
		"file name":     {func(_ *Settings, b *Bordereau) { b.NomFic = strings.Repeat("x", 101) }, 0, "nom du fichier"},
		"article":       {func(_ *Settings, b *Bordereau) { b.Pieces[1].Number = -1 }, 2, "article"},
		"article twice": {func(_ *Settings, b *Bordereau) { b.Pieces[1].Number = 1 }, 2, "même numéro"},
		"invoice twice": {func(_ *Settings, b *Bordereau) { b.Pieces[1].Invoice = "00" + b.Pieces[0].Invoice }, 2, "deux fois"},
		"invoice word":  {func(_ *Settings, b *Bordereau) { b.Pieces[0].Invoice = "F-1" }, 1, "numéro de facture"},
		"invoice long":  {func(_ *Settings, b *Bordereau) { b.Pieces[0].Invoice = "20260000000001" }, 1, "numéro de facture"},
		"amount":        {func(_ *Settings, b *Bordereau) { b.Pieces[0].Amount = -1 }, 1, "somme due"},
		"product":       {func(s *Settings, b *Bordereau) { b.Pieces[0].Product = "TROPLONG" }, 1, "produit local"},
		"category":      {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.Category = "02" }, 1, "catégorie"},
		"name":          {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.Last = "שלום" }, 1, "nom du débiteur"},
		"first name":    {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.First = "🎉" }, 1, "prénom"},
		"civility":      {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.Civility = "Dr" }, 1, "civilité"},
		"street":        {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.Address = Address{Postal: "01390", City: "X"} }, 1, "adresse"},
		"city":          {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.Address.City = "" }, 1, "ville"},
		"postal":        {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.Address.Postal = "1390" }, 1, "code postal"},
		"country":       {func(_ *Settings, b *Bordereau) { b.Pieces[0].Debtor.Address.Country = "CH" }, 1, "pays"},
		"iban":          {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.IBAN = "FR1420041010050500013M02607" }, 2, "IBAN"},
		"bic":           {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.BIC = "X" }, 2, "BIC"},
		"abroad": {func(_ *Settings, b *Bordereau) {
			b.Pieces[1].Debit.IBAN, b.Pieces[1].Debit.BIC = "DE89370400440532013000", ""
		}, 2, "étranger"},
		"holder":      {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.Holder = "..." }, 2, "titulaire"},
		"collection":  {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.Collect = calendar.NewDate(2026, 12, 1) }, 2, "date de prélèvement"},
		"sequence":    {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.Sequence = "XXXX" }, 2, "séquence"},
		"signature":   {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.Signed = 0 }, 2, "signature"},
		"mandate":     {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.RUM = "É" }, 2, "RUM"},
		"old mandate": {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.OldRUM = " X" }, 2, "ancienne référence"},
		"old account": {func(_ *Settings, b *Bordereau) { b.Pieces[1].Debit.OldIBAN = "FR00" }, 2, "Ancien compte"},
		"both changes": {func(_ *Settings, b *Bordereau) {
			b.Pieces[1].Debit.OldIBAN, b.Pieces[1].Debit.NewBank = "FR7630006000011234567890189", true
		}, 2, "pas par les deux"},
	} {
		s, b := settings(), role(2)
		c.change(&s, &b)
		found := Check(s, b)
		if len(found) != 1 || found[0].Piece != c.piece || !strings.Contains(found[0].Sentence, c.word) {
			t.Errorf("%s: %+v", name, found)
		}
		if len(found) > 0 && strings.Contains(found[0].Sentence, " :") {
			t.Errorf("%s: no no-break space in %q", name, found[0].Sentence)
		}
	}
}

// The remainders are worked out by hand beside each key.
func TestKey2(t *testing.T) {
	for _, c := range []struct {
		year, period int
		invoice      string
		want         string
	}{
		{2000, 0, "900000001", "V"}, // 900000001 = 23 x 39130434 + 19: the 20th letter
		{2100, 0, "0", "A"},         // nothing left
		{2100, 0, "22", "Y"},        // the last letter
		{2100, 0, "23", "A"},        // and round again
		{2100, 1, "0", "F"},         // 10^15: 10^8 = 2, 10^4 = 18, 10^2 = 8, hence 2 x 18 x 8 x 10 = 2880 = 5
		{2026, 0, "0", "N"},         // 26 x 10^16: 10^16 = 4, 26 = 3, hence 12
		{2026, 0, "0000000000000", "N"},
		{2126, 0, "0", "N"}, // two figures of the year
	} {
		if got, err := Key2(c.year, c.period, c.invoice); err != nil || got != c.want {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

func TestKey1(t *testing.T) {
	for _, c := range []struct {
		col, nature  string
		year, period int
		invoice      string
		want         string
	}{
		// From the right: 1 x 2, 9 x 7, 4 x 6, 1 x 2: 91 = 8 x 11 + 3, and 11 - 3 = 8.
		{"01", "04", 2000, 0, "900001", "8"},
		// From the right, without the zeros: 1x2 1x4 6x2 2x3 2x5 6x4 2x5 1x6 3x2 2x3 1x4 = 90 = 8 x 11 + 2, and 9.
		{"123", "01", 2026, 0, "2026000101", "9"},
		{"123", "01", 2026, 0, "5", "0"},  // nothing left over: 0
		{"123", "01", 2026, 0, "14", "1"}, // 1 left over: ten, which has no figure
		{"123", "01", 2026, 0, "13", "1"}, // 10 left over: one
		{"", "", 2100, 0, "1", "9"},       // 2 left over
		{"2A3", "01", 2026, 0, "5", "2"},  // a letter counts 0
	} {
		if got, err := Key1(c.col, c.nature, c.year, c.period, c.invoice); err != nil || got != c.want {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

func TestKeysRefuse(t *testing.T) {
	for _, invoice := range []string{"", "F1", "-1", "12345678901234", "١"} {
		_, err1 := Key1("123", "01", 2026, 0, invoice)
		_, err2 := Key2(2026, 0, invoice)
		if err1 == nil || err2 == nil {
			t.Errorf("%q was given keys", invoice)
		}
	}
}
