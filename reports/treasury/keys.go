package treasury

import (
	"fmt"
	"strconv"
	"strings"
)

// numDette is the number of figures an invoice's number has in both keys.
const numDette = 13

const key2Letters = "ABCDEFGHJKLMNPQRSTUVWXY" // 23 letters, without I, O and Z

// Key1 is the first control key of a piece: modulo 11 over the collectivity, the
// code nature, the last two figures of the year, the period and the invoice's
// number on 13 figures; weights 2 to 7 from the right, again and again. What is
// left over is taken from 11; ten has no figure and gives 1. A sign that is no
// figure counts 0. Rule: formats.md and the schema's note on Cle1; to confirm.
func Key1(codCol, codeNature string, year, period int, invoice string) (string, error) {
	number, err := padded(invoice)
	if err != nil {
		return "", err
	}
	digits := codCol + codeNature + fmt.Sprintf("%02d%d", year%100, period) + number
	sum := 0
	for i := range len(digits) {
		if c := digits[len(digits)-1-i]; c >= '0' && c <= '9' {
			sum += int(c-'0') * (2 + i%6)
		}
	}
	key := (11 - sum%11) % 11
	if key > 9 {
		key = 1
	}
	return strconv.Itoa(key), nil
}

// Key2 is the second control key: a letter for the remainder by 23 of the last
// two figures of the year, the period, 00 and the invoice's number on 13
// figures. Rule: formats.md and the schema's note on Cle2.
func Key2(year, period int, invoice string) (string, error) {
	number, err := padded(invoice)
	if err != nil {
		return "", err
	}
	n, err := strconv.ParseUint(fmt.Sprintf("%02d%d00%s", year%100, period, number), 10, 64)
	if err != nil {
		return "", fmt.Errorf("treasury: key of %q: %w", invoice, err)
	}
	return key2Letters[n%23 : n%23+1], nil
}

func padded(invoice string) (string, error) {
	if !digitsOnly(invoice) || len(invoice) > numDette {
		return "", fmt.Errorf("treasury: %q is not a number of at most %d figures", invoice, numDette)
	}
	return strings.Repeat("0", numDette-len(invoice)) + invoice, nil
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
