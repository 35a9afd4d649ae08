package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// cleanArgs brings arguments to what both engines store alike: integers,
// texts, bytes and NULL. PostgreSQL refuses NUL and invalid UTF-8 in a text
// while SQLite takes them, so they are cleaned here, at the border. A bool is
// 0 or 1, an instant its UTC text, a list the second side of `= ANY($n)`.
func cleanArgs(engine Engine, args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		v, err := cleanArg(engine, a)
		if err != nil {
			return nil, fmt.Errorf("store: argument $%d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

func cleanArg(engine Engine, a any) (any, error) {
	switch x := a.(type) {
	case nil, int64:
		return x, nil
	case int:
		return int64(x), nil
	case string:
		return CleanText(x), nil
	case []byte:
		if x == nil {
			return nil, nil
		}
		return x, nil
	case []int64:
		if x == nil {
			x = []int64{}
		}
		return list(engine, x)
	case []string:
		clean := make([]string, len(x))
		for i, s := range x {
			clean[i] = CleanText(s)
		}
		return list(engine, clean)
	}
	v, err := driver.DefaultParameterConverter.ConvertValue(a)
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case bool:
		if x {
			return int64(1), nil
		}
		return int64(0), nil
	case string:
		return CleanText(x), nil
	case time.Time:
		return Instant(x), nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("%v is not a number to store", x)
		}
		return x, nil
	}
	return v, nil
}

// list gives a slice the shape its engine compares with: JSON for json_each, an
// array for ANY.
func list[T int64 | string](engine Engine, x []T) (any, error) {
	if engine == Postgres {
		return x, nil
	}
	b, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	return string(b), nil
}

// CleanText drops NUL characters and replaces invalid UTF-8 by U+FFFD.
func CleanText(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}
