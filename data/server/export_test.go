package server

// Named lists the tables that some role reads.
func Named() (out []string) {
	for _, line := range reading {
		if len(out) == 0 || out[len(out)-1] != line.table {
			out = append(out, line.table)
		}
	}
	return out
}
