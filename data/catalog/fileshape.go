package catalog

// raw is a value as the file writes it: what it must be is judged here, so that
// every refusal says the line, the field and what is allowed.
type raw struct {
	s   string
	set bool
}

// file is the shape of a catalog file; the tags are its words.
type file struct {
	Creditor *fileCreditor `toml:"creditor"`
	Communes []fileCommune `toml:"commune"`
	Schools  []fileSchool  `toml:"school"`
	Services []fileService `toml:"service"`
	Closures []fileClosure `toml:"closure"`
}

type fileCreditor struct {
	Name   raw `toml:"name"`
	ICS    raw `toml:"ics"`
	IBAN   raw `toml:"iban"`
	BIC    raw `toml:"bic"`
	Street raw `toml:"street"`
	Postal raw `toml:"postal"`
	City   raw `toml:"city"`
}

type fileCommune struct {
	INSEE  raw `toml:"insee"`
	Name   raw `toml:"name"`
	Postal raw `toml:"postal"`
}

type fileSchool struct {
	Commune raw         `toml:"commune"`
	Name    raw         `toml:"name"`
	Classes []fileClass `toml:"class"`
}

type fileClass struct {
	Year raw `toml:"year"`
	Name raw `toml:"name"`
	Rank raw `toml:"rank"`
}

type fileService struct {
	Code        raw            `toml:"code"`
	Commune     raw            `toml:"commune"`
	Name        raw            `toml:"name"`
	Short       raw            `toml:"short"`
	Kind        raw            `toml:"kind"`
	Product     raw            `toml:"product"`
	Weekdays    raw            `toml:"weekdays"`
	Region      raw            `toml:"region"`
	Zone        raw            `toml:"zone"`
	InHolidays  raw            `toml:"in_holidays"`
	StartsAt    raw            `toml:"starts_at"`
	Book        map[string]raw `toml:"book"`
	Cancel      map[string]raw `toml:"cancel"`
	Capacity    raw            `toml:"capacity"`
	Pay         []raw          `toml:"pay"`
	WaitingDays raw            `toml:"waiting_days"`
	ProofHours  raw            `toml:"proof_hours"`
	LowBalance  raw            `toml:"low_balance"`
	Active      raw            `toml:"active"`
	Sittings    []fileSitting  `toml:"sitting"`
	Schools     []fileTaken    `toml:"school"`
	Classes     []fileTurn     `toml:"class"`
	Tariffs     []fileTariff   `toml:"tariff"`
	Documents   []fileDocument `toml:"document"`
}

type fileSitting struct {
	Name     raw `toml:"name"`
	Capacity raw `toml:"capacity"`
}

type fileTaken struct {
	Name    raw `toml:"name"`
	Commune raw `toml:"commune"`
	Sitting raw `toml:"sitting"`
}

type fileTurn struct {
	School  raw `toml:"school"`
	Year    raw `toml:"year"`
	Name    raw `toml:"name"`
	Sitting raw `toml:"sitting"`
}

type fileTariff struct {
	Label       raw `toml:"label"`
	Kind        raw `toml:"kind"`
	From        raw `toml:"valid_from"`
	To          raw `toml:"valid_to"`
	QuotientMin raw `toml:"quotient_min"`
	QuotientMax raw `toml:"quotient_max"`
	Resident    raw `toml:"resident"`
	AgeGroup    raw `toml:"age_group"`
	SiblingRank raw `toml:"sibling_rank"`
	Meal        raw `toml:"meal"`
	Care        raw `toml:"care"`
}

type fileDocument struct {
	Kind      raw `toml:"kind"`
	Label     raw `toml:"label"`
	Months    raw `toml:"months"`
	DebitOnly raw `toml:"debit_only"`
}

type fileClosure struct {
	Service raw `toml:"service"`
	First   raw `toml:"first"`
	Last    raw `toml:"last"`
	Reason  raw `toml:"reason"`
}
