package reading

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func sharedFile(t testing.TB, path ...string) []byte {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(append([]string{root, "data"}, path...)...))
	if err != nil {
		t.Skipf("the shared data is not here (set ARDOISE_SHARED): %v", err)
	}
	return data
}

type corpusTruth struct{ Messages []corpusMessage }

type corpusMessage struct {
	File, Sender, Action string
	InnerSender          string `json:"inner_sender"`
	Child                []string
	Children             [][]string
	Dates, Book, Cancel  []string
	Documents            []string
	IBAN, BIC            string
	Accepted             int
}

// schoolFamilies gives the children of each address of the school's files.
func schoolFamilies(t testing.TB) map[string][]Child {
	t.Helper()
	rows := func(name string) [][]string {
		text, err := charmap.Windows1252.NewDecoder().Bytes(sharedFile(t, "onde", "saint-marcel", name))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = ';', -1, true
		all, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	sex := map[string]string{}
	for _, p := range rows("eleves.csv") {
		if len(p) < 5 {
			continue // a damaged line of the file
		}
		sex[p[0]+"/"+p[2]] = p[4]
	}
	out := map[string][]Child{}
	for n, g := range rows("responsables.csv") {
		if n == 0 || len(g) < 16 {
			continue
		}
		email := strings.ToLower(g[8])
		for i := 12; i+3 < len(g) && g[i+2] != ""; i += 4 {
			c := Child{ID: int64(n*10 + i), First: g[i+2], Last: g[i+1], Sex: sex[g[i+1]+"/"+g[i+2]]}
			if !slices.ContainsFunc(out[email], func(o Child) bool { return o.First == c.First && o.Last == c.Last }) {
				out[email] = append(out[email], c)
			}
		}
	}
	return out
}

var tags = regexp.MustCompile(`<[^>]*>`)

// plainMail is a minimal extraction, for this test only: package message does it well.
func plainMail(t testing.TB, raw []byte) (subject, text string, files []File, inner []byte) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	dec := &mime.WordDecoder{CharsetReader: func(_ string, in io.Reader) (io.Reader, error) {
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}}
	if subject, err = dec.DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	var part func(kind, enc, name string, body io.Reader)
	part = func(kind, enc, name string, body io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			media = "text/plain"
		}
		if strings.HasPrefix(media, "multipart/") {
			mr := multipart.NewReader(body, params["boundary"])
			for {
				p, err := mr.NextRawPart()
				if errors.Is(err, io.EOF) {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				_, d, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
				if err != nil {
					d = map[string]string{}
				}
				part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), d["filename"], p)
			}
		}
		if strings.EqualFold(enc, "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		data, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case media == "message/rfc822":
			inner = data
		case name != "":
			files = append(files, File{N: len(files), Name: name, Accepted: !strings.HasSuffix(name, ".exe") && !strings.HasSuffix(name, ".pdf") && !strings.HasSuffix(name, ".zip") || strings.Contains(string(data[:8]), "JVBERi") || strings.HasPrefix(string(data), "JVBERi")})
		case strings.HasPrefix(media, "text/"):
			s := string(data)
			if cs := strings.ToLower(params["charset"]); cs == "iso-8859-1" || !utf8Like(s) {
				if s, err = charmap.Windows1252.NewDecoder().String(s); err != nil {
					t.Fatal(err)
				}
			}
			if media == "text/html" {
				s = tags.ReplaceAllString(strings.ReplaceAll(s, "</p>", "\n\n"), "")
				s = strings.NewReplacer("&nbsp;", "\u00a0", "&rsquo;", "’").Replace(s)
			}
			s = strings.ReplaceAll(s, "\r\n", "\n")
			if i := strings.Index(s, "\nLe 20/11/2026 à"); i >= 0 {
				s = s[:i]
			}
			text += s
		}
	}
	part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return subject, text, files, inner
}

func utf8Like(s string) bool { return strings.ToValidUTF8(s, "") == s }

// TestCorpus: each readable message of the shared corpus gives what truth.json says.
func TestCorpus(t *testing.T) {
	var truth corpusTruth
	if err := json.Unmarshal(sharedFile(t, "mail", "truth.json"), &truth); err != nil {
		t.Fatal(err)
	}
	kids := schoolFamilies(t)
	kinds := map[string][]Kind{
		"access request": {AccessRequest}, "cancel": {Cancel}, "book": {Book}, "book+cancel": {Book, Cancel}, "documents": {Documents},
		"justified absence": {JustifiedAbsence}, "none": {None},
	}
	read := 0
	for _, m := range truth.Messages {
		if slices.Contains([]string{"06", "07", "12", "19", "20", "21", "22"}, m.File[:2]) {
			continue // another room's matter: automatic answers, reports, hostile bytes
		}
		subject, text, files, inner := plainMail(t, sharedFile(t, "mail", m.File))
		sender := m.Sender
		if inner != nil {
			subject, text, files, _ = plainMail(t, inner)
			sender = m.InnerSender
		}
		in := Input{Subject: subject, Text: text, Received: corpusTime, Children: kids[sender], Services: []Service{canteen()}, Files: files}
		u := Understand(in)
		read++
		t.Logf("%s: %s", m.File, u.Summary)
		var got []Kind
		for _, p := range u.Proposals {
			got = append(got, p.Kind)
			t.Logf("   %+v", p)
		}
		switch m.Action {
		case "unmatched":
			if u.Proposals[0].Sure() || u.Proposals[0].Kind != AccessRequest {
				t.Errorf("%s: %v", m.File, u.Proposals)
			}
			continue
		case "review":
			if len(got) != 1 || got[0] != BankDetails || u.Proposals[0].Sure() || u.Proposals[0].IBAN != "FR7630006000015946267932275" {
				t.Errorf("%s: %v", m.File, u.Proposals)
			}
			continue
		case "duplicate":
			continue
		}
		if !slices.Equal(got, kinds[m.Action]) {
			t.Errorf("%s: got %v, want %s", m.File, got, m.Action)
			continue
		}
		corpusProposals(t, m, u, kids[sender])
	}
	if read < 14 {
		t.Errorf("%d messages read", read)
	}
}

func corpusProposals(t *testing.T, m corpusMessage, u Understood, kids []Child) {
	t.Helper()
	names := m.Children
	if len(m.Child) > 0 {
		names = [][]string{m.Child}
	}
	for _, p := range u.Proposals {
		var have [][]string
		for _, id := range p.Children {
			for _, c := range kids {
				if c.ID == id {
					have = append(have, []string{c.First, c.Last})
				}
			}
		}
		for _, n := range names {
			if m.Action != "documents" && (len(have) != len(names) || !slices.ContainsFunc(have, func(h []string) bool { return slices.Equal(h, n) })) {
				t.Errorf("%s: children %v, want %v", m.File, have, names)
			}
		}
		want := m.Dates
		switch {
		case m.Action == "book+cancel" && p.Kind == Book:
			want = m.Book
		case m.Action == "book+cancel":
			want = m.Cancel
		}
		var days []string
		for _, d := range p.Days {
			days = append(days, d.String())
		}
		if !slices.Equal(days, want) {
			t.Errorf("%s: days %v, want %v", m.File, days, want)
		}
		if p.IBAN != m.IBAN || p.BIC != m.BIC || len(m.Documents) > 0 && len(p.Files) != len(m.Documents) {
			t.Errorf("%s: IBAN %s, BIC %s, files %v", m.File, p.IBAN, p.BIC, p.Files)
		}
		if p.Doubt != "" && !strings.HasPrefix(m.File, "04") {
			t.Errorf("%s: in doubt: %s", m.File, p.Doubt)
		}
	}
}
