package message

import (
	"regexp"
	"strings"
)

// maxTextForwards is how many times a text that was forwarded is looked into.
const maxTextForwards = 5

var (
	forwardMark = regexp.MustCompile(`(?i)^[-_*—–=\s]*(forwarded message|message transféré|message réexpédié|mail transféré|courriel transféré|message transmis)[-_*—–=\s]*:?$|^(début du message (transféré|réexpédié)|begin forwarded message)\s*:?$`)
	forwardSubj = regexp.MustCompile(`(?i)^\s*(tr|fw|fwd|transf|wg)\s*:`)
)

// textForward finds a message that was forwarded within the text: at is its first
// line, the marker included.
func (m *Message) textForward(lines []line) (at int, inner *Message) {
	told := forwardSubj.MatchString(m.Subject)
	for i, l := range lines {
		if l.text == "" {
			continue
		}
		if forwardMark.MatchString(l.text) {
			if b, next := headerBlock(lines, skipBlank(lines, i+1)); b["from"] != "" && len(b) >= 2 {
				return i, m.inside(b, lines[next:])
			}
		}
		if told {
			start := i
			if separator.MatchString(l.text) || rule.MatchString(l.text) {
				start = skipBlank(lines, i+1)
			}
			if b, next := headerBlock(lines, start); b.whole() {
				return i, m.inside(b, lines[next:])
			}
		}
		if end, strong := replyHeader(lines, i); end > i && strong {
			return 0, nil // an answer: what is below is a quote
		}
	}
	return 0, nil
}

// inside makes a message of a header block and the lines after it.
func (m *Message) inside(b block, rest []line) *Message {
	marked := true
	for _, l := range rest {
		marked = marked && (l.quoted || l.text == "")
	}
	var text strings.Builder
	for _, l := range rest {
		raw := m.Text[l.start:l.end]
		if marked {
			raw = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(raw), ">"), " ")
		}
		text.WriteString(raw + "\n")
	}
	inner := &Message{From: address(b["from"]), Subject: plainLine(b["subject"]), Date: instant(b["date"]), To: addresses(b["to"], 50)}
	inner.Text, _ = cleanText(text.String())
	return inner
}
