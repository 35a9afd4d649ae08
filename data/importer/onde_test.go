package importer_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"ardoise/assets"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/importer"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// truth is what a right import finds.
type truth struct {
	School        string `json:"school"`
	ChildrenCount int    `json:"children_count"`
	Households    int    `json:"households"`
	Rejected      []string
	Children      []truthChild `json:"children"`
}

type truthChild struct {
	Last      string `json:"last"`
	Usage     string `json:"usage"`
	First     string `json:"first"`
	Birth     string `json:"birth"`
	Level     string `json:"level"`
	Klass     string `json:"klass"`
	Guardians int    `json:"guardians"`
}

func shared(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	name := filepath.Join(append([]string{root, "data", "onde"}, path...)...)
	if _, err := os.Stat(name); err != nil {
		t.Skipf("the shared data is not here: %v", err)
	}
	return name
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(shared(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func onde(t testing.TB, set string) (importer.ONDE, truth) {
	t.Helper()
	var tr truth
	var raw struct {
		Rejected []string `json:"rejected_rows"`
	}
	data := read(t, set, "truth.json")
	if err := json.Unmarshal(data, &tr); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	tr.Rejected = raw.Rejected
	return importer.ONDE{School: tr.School, Pupils: read(t, set, "eleves.csv"), Guardians: read(t, set, "responsables.csv")}, tr
}

type room struct {
	*importer.Service
	db     *store.DB
	ctx    context.Context
	family *family.Service
}

func open(t testing.TB, db *store.DB) room {
	t.Helper()
	r := room{importer.New(db), db, stafftest.Session(t, db, staff.Roles...), family.New(db)}
	t.Cleanup(r.family.Close)
	if _, err := catalog.New(db).Load(r.ctx, bytes.NewReader(assets.Dombes), "dombes.toml"); err != nil {
		t.Fatal(err)
	}
	return r
}

func each(t *testing.T, test func(t *testing.T, r room)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, open(t, db)) })
}

func (r room) plan(t testing.TB, in importer.ONDE) *importer.ONDEPlan {
	t.Helper()
	p, err := r.PlanONDE(r.ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (r room) commit(t testing.TB, in importer.ONDE) *importer.ONDEPlan {
	t.Helper()
	p := r.plan(t, in)
	if err := r.CommitONDE(r.ctx, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// kids gives the children of a school as the truth writes them.
func (r room) kids(t testing.TB, school string) []truthChild {
	t.Helper()
	var out []truthChild
	err := r.db.Read(r.ctx, func(tx *store.Tx) error {
		schools, err := catalog.SchoolsTx(tx)
		if err != nil {
			return err
		}
		s, ok := catalog.FindSchool(schools, 0, school)
		if !ok {
			return fmt.Errorf("no school %s", school)
		}
		list, err := family.SchoolChildrenTx(tx, s.ID)
		if err != nil {
			return err
		}
		for _, short := range list {
			c, err := family.ChildTx(tx, short.ID)
			if err != nil {
				return err
			}
			n := 0
			ids := []int64{c.FamilyID}
			for _, s := range c.Families {
				ids = append(ids, s.FamilyID)
			}
			homes, err := family.FamiliesTx(tx, ids)
			if err != nil {
				return err
			}
			for _, f := range homes {
				n += len(f.Guardians)
			}
			out = append(out, truthChild{c.Last, c.Usage, c.First, c.Birth.String(), c.Level, c.Class, n})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func byName(a, b truthChild) int {
	return cmp.Or(strings.Compare(a.Last, b.Last), strings.Compare(a.First, b.First), strings.Compare(a.Birth, b.Birth))
}

// utf8File and cp1252 give a file the other encoding.
func utf8File(t testing.TB, data []byte, bom bool) []byte {
	t.Helper()
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	if !bytes.HasPrefix(data, []byte("\ufeff")) {
		var err error
		if text, err = charmap.Windows1252.NewDecoder().Bytes(data); err != nil {
			t.Fatal(err)
		}
	}
	if bom {
		return append([]byte("\ufeff"), text...)
	}
	return text
}

func cp1252(t testing.TB, data []byte) []byte {
	t.Helper()
	out, err := charmap.Windows1252.NewEncoder().Bytes(utf8File(t, data, false))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16File(t testing.TB, data []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, r := range string(utf8File(t, data, false)) {
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

func TestTruth(t *testing.T) {
	for _, set := range []string{"saint-marcel", "baneins"} {
		t.Run(set, func(t *testing.T) {
			each(t, func(t *testing.T, r room) {
				in, tr := onde(t, set)
				p := r.commit(t, in)
				if p.Children != tr.ChildrenCount || p.Families != tr.Households || p.Created != tr.ChildrenCount || p.Updated+p.Unchanged != 0 || p.NewSchool || p.School != tr.School {
					t.Errorf("%s", p.Summary())
				}
				if len(p.Refused) != len(tr.Rejected) {
					t.Errorf("%d refused rows, want %d: %+v", len(p.Refused), len(tr.Rejected), p.Refused)
				}
				for i, want := range []struct {
					file, kind string
					line       int
				}{{"eleves.csv", "date", 9}, {"eleves.csv", "truncated", 22}, {"eleves.csv", "future", 32}, {"responsables.csv", "nobody", 13}} {
					got := p.Refused[i]
					who, _, _ := strings.Cut(tr.Rejected[i], ":")
					if got.File != want.file || got.Kind != want.kind || got.Line != want.line || got.Who != who || got.Reason == "" {
						t.Errorf("refusal %d: %+v", i, got)
					}
				}
				want := slices.Clone(tr.Children)
				got := r.kids(t, tr.School)
				slices.SortFunc(want, byName)
				slices.SortFunc(got, byName)
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if _, n, err := r.family.Search(r.ctx, "", family.Filter{}, 1); err != nil || n != tr.Households {
					t.Errorf("%d families kept, want %d, %v", n, tr.Households, err)
				}
				again := r.plan(t, in)
				if again.Created+again.Updated+again.FamiliesCreated+again.FamiliesUpdated != 0 || again.Unchanged != tr.ChildrenCount || again.Changes() || len(again.Left) != 0 {
					t.Errorf("a second import changes something: %s %+v", again.Summary(), again.Left)
				}
				if err := r.CommitONDE(r.ctx, again); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestEncodingsReadAlike(t *testing.T) {
	db := storetest.OpenSQLite(t)
	r := open(t, db)
	for _, set := range []string{"saint-marcel", "baneins"} {
		in, tr := onde(t, set)
		digest := ""
		for name, as := range map[string]func([]byte) []byte{
			"cp1252":     func(b []byte) []byte { return cp1252(t, b) },
			"utf-8":      func(b []byte) []byte { return utf8File(t, b, false) },
			"utf-8, BOM": func(b []byte) []byte { return utf8File(t, b, true) },
			"utf-16":     func(b []byte) []byte { return utf16File(t, b) },
			"LF":         func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) },
			"empty lines": func(b []byte) []byte {
				return append(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\r\n\r\n;;;\r\n")), "\r\n\r\n"...)
			},
		} {
			other := in
			other.Pupils, other.Guardians = as(in.Pupils), as(in.Guardians)
			p := r.plan(t, other)
			if p.Children != tr.ChildrenCount || p.Families != tr.Households || len(p.Refused) != 4 {
				t.Errorf("%s %s: %s", set, name, p.Summary())
			}
			if name == "empty lines" { // lines have other numbers there
				continue
			}
			if digest == "" {
				digest = p.Digest
			}
			if p.Digest != digest {
				t.Errorf("%s %s: another plan", set, name)
			}
		}
	}
}

// Both schools together: a separated parent who lives at the other end is the
// same family only when it is the same person at the same place.
func TestBothSchools(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		a, ta := onde(t, "saint-marcel")
		b, tb := onde(t, "baneins")
		r.commit(t, a)
		p := r.commit(t, b)
		if p.Created != tb.ChildrenCount {
			t.Errorf("%s", p.Summary())
		}
		if p := r.plan(t, a); p.Changes() || p.Unchanged != ta.ChildrenCount {
			t.Errorf("the first school again: %s %+v", p.Summary(), p.Lines)
		}
		// One national identifier stands in both files for two different children.
		if !slices.ContainsFunc(p.Notices, func(n importer.Notice) bool { return strings.Contains(n.Text, "000100010EB") }) {
			t.Errorf("the identifier of two children is not told: %+v", p.Notices)
		}
		if _, n, err := r.family.Search(r.ctx, "", family.Filter{}, 1); err != nil || n != ta.Households+tb.Households {
			t.Errorf("%d families, want %d, %v", n, ta.Households+tb.Households, err)
		}
	})
}

// The four pairs of homonyms of Saint-Marcel keep their own parents, and so do
// the children of separated parents.
func TestHomonymsAndSeparatedParents(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in, _ := onde(t, "saint-marcel")
		r.commit(t, in)
		get := func(text, first string) []family.Family {
			t.Helper()
			hits, _, err := r.family.Search(r.ctx, text, family.Filter{}, 0)
			if err != nil {
				t.Fatal(err)
			}
			var out []family.Family
			for _, h := range hits {
				f, err := r.family.Get(r.ctx, h.ID)
				if err != nil {
					t.Fatal(err)
				}
				if slices.ContainsFunc(f.Children, func(c family.Child) bool { return c.First == first }) {
					out = append(out, f)
				}
			}
			return out
		}
		two := get("lemaire yasmine", "Yasmine")
		if len(two) != 2 || two[0].Address1 == two[1].Address1 {
			t.Fatalf("%d families", len(two))
		}
		for _, f := range two {
			for _, c := range f.Children {
				if c.First == "Yasmine" && (c.Birth.String() == "2017-08-26") != (f.Address1 == "17 route de Bourg") {
					t.Errorf("%s born %s at %s", c.Name(), c.Birth, f.Address1)
				}
				if len(c.Families) != 0 {
					t.Errorf("%s is shared with %+v", c.Name(), c.Families)
				}
			}
		}
		// GIRARD Louis (2017) lives first at route de Bourg (his mother's), also at
		// lotissement Les Hérons (his father's).
		homes := get("girard louis hugo", "Louis")
		if len(homes) != 2 {
			t.Fatalf("%d families of Louis and Hugo", len(homes))
		}
		for _, f := range homes {
			billed := f.Address1 == "159 route de Bourg"
			for _, c := range f.Children {
				if c.Shared == billed || len(c.Families) != 1 || c.Families[0].Parity != 0 {
					t.Errorf("%s in %s: shared %v, %+v", c.Name(), f.Address1, c.Shared, c.Families)
				}
			}
		}
	})
}

func TestPhonesAndMails(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	in, _ := onde(t, "saint-marcel")
	r.commit(t, in)
	hits, n, err := r.family.Search(r.ctx, "06.19.61.78.98", family.Filter{}, 0)
	if err != nil || n != 1 || hits[0].Email != "julien.lemaire@example.org" || hits[0].Phone != "+33619617898" {
		t.Errorf("%+v %v", hits, err)
	}
	if _, n, err = r.family.Search(r.ctx, "julie.roche@example.org", family.Filter{}, 0); err != nil || n != 1 {
		t.Errorf("an upper-case address is not found: %d %v", n, err)
	}
	err = r.db.Read(r.ctx, func(tx *store.Tx) error {
		var bad int
		return tx.QueryRow(`SELECT COUNT(*) FROM guardian WHERE email <> lower(email) OR email LIKE '% %' OR (mobile <> '' AND mobile NOT LIKE '+33_________')`).Scan(&bad)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	desk := []staff.Role{staff.Accueil, staff.Admin}
	stafftest.Rights(t, importer.New(db), map[string][]staff.Role{"PlanONDE": desk, "CommitONDE": desk, "PlanFamilies": desk, "CommitFamilies": desk, "PlanNoethys": {staff.Admin}, "CommitNoethys": {staff.Admin}, "Before": stafftest.Open, "PlanMenus": {staff.Cuisine, staff.Accueil}, "CommitMenus": {staff.Cuisine, staff.Accueil}}, stafftest.Contexts(t, db))
}

func TestSpeed(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in, _ := onde(t, "saint-marcel")
		start := time.Now()
		p := r.plan(t, in)
		planned := time.Since(start)
		start = time.Now()
		if err := r.CommitONDE(r.ctx, p); err != nil {
			t.Fatal(err)
		}
		t.Logf("plan of %d children %v, commit %v", p.Children, planned, time.Since(start))
		start = time.Now()
		r.plan(t, in)
		t.Logf("second plan %v", time.Since(start))
	})
}
