package family

// JaroWinkler gives how near two words are, in thousandths: 1000 the same, 0
// nothing in common. It counts letters, not bytes.
func JaroWinkler(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 {
		if len(x) == len(y) {
			return 1000
		}
		return 0
	}
	window := max(len(x), len(y))/2 - 1
	used, hit := make([]bool, len(y)), make([]bool, len(x))
	m := 0
	for i := range x {
		for j := max(0, i-window); j < min(len(y), i+window+1); j++ {
			if !used[j] && x[i] == y[j] {
				used[j], hit[i] = true, true
				m++
				break
			}
		}
	}
	if m == 0 {
		return 0
	}
	swaps, j := 0, 0
	for i := range x {
		if !hit[i] {
			continue
		}
		for !used[j] {
			j++
		}
		if x[i] != y[j] {
			swaps++
		}
		j++
	}
	t := m - swaps/2
	jaro := (1000*m/len(x) + 1000*m/len(y) + 1000*t/m) / 3
	prefix := 0
	for prefix < min(4, len(x), len(y)) && x[prefix] == y[prefix] {
		prefix++
	}
	return jaro + prefix*(1000-jaro)/10
}

// nearName is from how many thousandths two names may be one person's, the birth
// date being the same.
const nearName = 900
