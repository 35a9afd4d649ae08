package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/store"
)

// Another program's file is read without a byte written, and nothing of it makes
// the engine build a value above the bound. A file opened as anybody would shows
// what the bound keeps away.
func TestOpenForeign(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "autre été #1 %41.db")
	plain, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"CREATE TABLE note (text TEXT)", "INSERT INTO note VALUES ('un'), (CAST(zeroblob(300000) AS TEXT))", "CREATE VIEW big AS SELECT hex(zeroblob(2000000)) AS text"} {
		if _, err := plain.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := plain.QueryRow("SELECT length(text) FROM big").Scan(&n); err != nil || n != 4000000 {
		t.Fatalf("without the bound: %d %v", n, err)
	}
	if err := plain.Close(); err != nil {
		t.Fatal(err)
	}
	pool := store.OpenForeign(path, 100000)
	defer func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := store.CheckForeign(ctx, pool); err != nil {
		t.Error(err)
	}
	if err := pool.QueryRow("SELECT COUNT(*) FROM note WHERE octet_length(text) < 1000").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
	for _, s := range []string{"SELECT length(text) FROM big", "SELECT hex(zeroblob(200000))"} {
		var text string
		if err := pool.QueryRow(s).Scan(&text); err == nil || !strings.Contains(err.Error(), "too big") {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"DELETE FROM note", "CREATE TABLE x (y)", "PRAGMA journal_mode = WAL", "PRAGMA user_version = 3"} {
		if _, err := pool.Exec(s); err == nil && !strings.Contains(s, "journal_mode") {
			t.Errorf("%s was done", s)
		}
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("beside the file: %v %v", list, err)
	}
}
