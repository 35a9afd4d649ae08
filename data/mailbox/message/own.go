package message

import (
	"regexp"
	"strings"
)

// line is one line of a text with its place in it.
type line struct {
	start, end int
	text       string // without the marks of quotation and outer blanks
	quoted     bool
}

// linesOf cuts a text into its lines.
func linesOf(text string) (lines []line) {
	at := 0
	for raw := range strings.SplitSeq(text, "\n") {
		l := line{start: at, end: at + len(raw), text: strings.TrimSpace(raw)}
		for strings.HasPrefix(l.text, ">") {
			l.quoted = true
			l.text = strings.TrimSpace(l.text[1:])
		}
		lines = append(lines, l)
		at += len(raw) + 1
	}
	return lines
}

// split finds in Text what is the writer's own, and a message that was forwarded
// within the text.
func (m *Message) split(depth int) {
	lines := linesOf(m.Text)
	if m.Inner == nil && depth < maxTextForwards {
		if at, inner := m.textForward(lines); inner != nil {
			m.Inner = inner
			inner.split(depth + 1)
			lines = lines[:at]
			m.remark("Message transféré : son expéditeur est celui que le texte transféré indique, rien ne le prouve.")
		}
	}
	var runs []string
	at := 0
	for _, run := range m.kept(lines) {
		if run = trimSignature(run); len(run) == 0 {
			continue
		}
		if len(runs) == 0 {
			at = run[0].start
		}
		runs = append(runs, m.Text[run[0].start:run[len(run)-1].end])
	}
	m.Own, m.OwnAt = strings.Join(runs, "\n"), at
	if len(runs) > 1 {
		m.OwnAt = -1
	}
	if m.Own == "" && m.Text != "" && m.Inner == nil && len(trimSignature(lines)) > 0 {
		m.remark("Rien n’a pu être séparé du message cité : relisez le texte entier.")
	}
}

// kept gives the runs of lines that are neither quoted nor the header of a quote.
// Where a quote is not marked line by line, nothing tells its end: all that
// follows its header is the other's.
func (m *Message) kept(lines []line) (runs [][]line) {
	var run []line
	flush := func() {
		if len(run) > 0 {
			runs = append(runs, run)
		}
		run = nil
	}
	for i := 0; i < len(lines); {
		if end, strong := replyHeader(lines, i); end > i && !lines[i].quoted {
			next := skipBlank(lines, end)
			if next < len(lines) && lines[next].quoted {
				flush()
				i = end
				continue
			}
			if strong {
				break
			}
		}
		if lines[i].quoted || wrapped(lines, i) {
			flush()
			i++
			continue
		}
		run = append(run, lines[i])
		i++
	}
	flush()
	return runs
}

// wrapped says that a line is the end of the quoted line above it, which somebody's
// program broke without marking the rest.
func wrapped(lines []line, i int) bool {
	return i > 0 && i+1 < len(lines) && lines[i].text != "" && lines[i-1].quoted && lines[i+1].quoted &&
		lines[i-1].end-lines[i-1].start >= 65 && len(lines[i].text) < 40 && lines[i+1].text != ""
}

func skipBlank(lines []line, i int) int {
	for i < len(lines) && lines[i].text == "" {
		i++
	}
	return i
}

var (
	wroteStart = regexp.MustCompile(`(?i)^[*_]*(le|on|am|el|il)\s`)
	wrote      = regexp.MustCompile(`(?is)^[*_]*(?:le|on|am|el|il)\s.{0,300}?(?:a écrit|à écrit|wrote|schrieb.{0,100}|escribió|ha scritto)\s*:?[*_]*$`)
	wroteLast  = regexp.MustCompile(`(?is)^[^\n]{1,120}<[^<>@\s]+@[^<>\s]+>\s*(?:a écrit|wrote)(?:\s+le\s.{1,60})?\s*:$`)
	clear      = regexp.MustCompile(`[^\s<>@]@[^\s<>@]|\d{1,2}\s?[:hH]\s?\d{2}`)
	stamped    = regexp.MustCompile(`\b20\d\d\b|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}|\d{1,2}\s?[:hH]\s?\d{2}`)
	sentence   = regexp.MustCompile(`[.!?]$`)
	separator  = regexp.MustCompile(`(?i)^[-_*—–=\s]{2,}\s*(message d[’']origine|message original|message initial|mail original|mail d[’']origine|courrier original|original message|ursprüngliche nachricht)\s*[-_*—–=\s]*$`)
	rule       = regexp.MustCompile(`^[_\-—–]{5,}$`)
)

// replyHeader says that the lines from i to end introduce a quote: « Le … a écrit : »,
// on up to four lines, or the block of De, Envoyé, À, Objet. A strong one is
// beyond doubt even where the quote itself is not marked.
func replyHeader(lines []line, i int) (end int, strong bool) {
	text := lines[i].text
	if text == "" || len(text) > 400 {
		return i, false
	}
	if wroteStart.MatchString(text) {
		joined := ""
		for j := i; j < len(lines) && j < i+4 && lines[j].text != "" && len(joined) < 400; j++ {
			if j > i && (!stamped.MatchString(text) || wroteStart.MatchString(lines[j].text) || sentence.MatchString(lines[j-1].text)) {
				break // the line above is somebody's words
			}
			joined = strings.TrimSpace(joined + " " + lines[j].text)
			if said(lines[j].text) && wrote.MatchString(joined) {
				return j + 1, clear.MatchString(joined) && strings.HasSuffix(strings.Trim(joined, "*_ "), ":")
			}
		}
	}
	if said(text) && wroteLast.MatchString(text) {
		return i + 1, true
	}
	at := i
	if separator.MatchString(text) || rule.MatchString(text) {
		at = i + 1
	}
	if block, next := headerBlock(lines, at); block.whole() {
		return next, true
	}
	if separator.MatchString(text) {
		if at = skipBlank(lines, at); at < len(lines) && wroteStart.MatchString(lines[at].text) {
			if end, _ := replyHeader(lines, at); end > at {
				return end, true
			}
		}
		return i + 1, true
	}
	return i, false
}

// said is a quick look before the pattern is tried.
func said(text string) bool {
	for _, verb := range []string{"crit", "wrote", "schrieb", "escribi", "scritto"} {
		if strings.Contains(text, verb) {
			return true
		}
	}
	return false
}

// block is the header of a message as programs write it into a text.
type block map[string]string

var blockKey = regexp.MustCompile(`(?i)^[*_]*(de|from|von|expéditeur|de la part de|date|envoyé(?: le)?|sent|gesendet|à|a|to|an|pour|destinataires?|cc|copie à|objet|sujet|subject|betreff|répondre à|reply-to|importance|priorité|pièces jointes|attachments)\s*[*_]*\s*:\s*[*_]*\s*(.*?)[*_]*$`)

// blockNames gives each spelling its field.
var blockNames = map[string]string{
	"de": "from", "from": "from", "von": "from", "expéditeur": "from", "de la part de": "from",
	"date": "date", "envoyé": "date", "envoyé le": "date", "sent": "date", "gesendet": "date",
	"à": "to", "a": "to", "to": "to", "an": "to", "pour": "to", "destinataire": "to", "destinataires": "to",
	"objet": "subject", "sujet": "subject", "subject": "subject", "betreff": "subject",
}

// whole says that nobody writes such lines by hand: a sender and two more.
func (b block) whole() bool {
	_, from := b["from"]
	return from && len(b) >= 3
}

// headerBlock reads such lines from i on; next is the first line after them.
func headerBlock(lines []line, i int) (b block, next int) {
	b = block{}
	last := ""
	next = i
	for at, blanks := i, 0; at < len(lines) && at < i+24; at++ {
		text, _ := head8(lines[at].text, 2000)
		if text == "" {
			if blanks++; blanks > 1 {
				break
			}
			last = ""
			continue
		}
		var found []string
		if colon := strings.IndexByte(text, ':'); colon > 0 && colon < 40 {
			found = blockKey.FindStringSubmatch(text)
		}
		switch {
		case found != nil:
			key := blockNames[strings.ToLower(found[1])]
			if key == "" {
				key = "other"
			}
			if _, twice := b[key]; twice && key != "other" {
				return b, next
			}
			b[key], last, blanks = strings.TrimSpace(found[2]), key, 0
		case last != "" && (strings.HasPrefix(text, "<") || last == "to" && strings.Contains(text, "@") || b[last] == ""):
			b[last] = strings.TrimSpace(b[last] + " " + text)
		default:
			return b, next
		}
		next = at + 1
	}
	return b, next
}
