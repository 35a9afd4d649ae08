package cmd

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// topicConstants finds the values of the constants whose name begins with Topic or
// topic, and the words that are published as they stand.
func topicConstants(f *ast.File) (out []string) {
	literal := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				out = append(out, s)
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ValueSpec:
			for i, name := range x.Names {
				if strings.HasPrefix(strings.ToLower(name.Name), "topic") && i < len(x.Values) {
					literal(x.Values[i])
				}
			}
		case *ast.CallExpr:
			if s, ok := x.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Publish" && len(x.Args) > 0 {
				literal(x.Args[0])
			}
		}
		return true
	})
	return out
}

// heard finds the words that screens compare a topic with.
func heard(f *ast.File) (out []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SwitchStmt)
		if !ok {
			return true
		}
		if tag, ok := s.Tag.(*ast.SelectorExpr); !ok || tag.Sel.Name != "Topic" {
			return true
		}
		for _, c := range s.Body.List {
			for _, e := range c.(*ast.CaseClause).List {
				if l, ok := e.(*ast.BasicLit); ok {
					if text, err := strconv.Unquote(l.Value); err == nil {
						out = append(out, text)
					}
				}
			}
		}
		return true
	})
	return out
}

func eachFile(t *testing.T, dirs []string, fn func(path string, f *ast.File)) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			fn(path, f)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestScreensHearTopicsThatExist: a screen that waits for a word nobody publishes
// never refreshes, and nothing tells.
func TestScreensHearTopicsThatExist(t *testing.T) {
	said := []string{"*"}
	eachFile(t, []string{"data", "ui", "cmd"}, func(_ string, f *ast.File) { said = append(said, topicConstants(f)...) })
	n := 0
	eachFile(t, []string{"ui", "cmd"}, func(path string, f *ast.File) {
		for _, word := range heard(f) {
			n++
			if !slices.Contains(said, word) {
				t.Errorf("%s waits for %q, which nobody publishes", path, word)
			}
		}
	})
	if n < 10 {
		t.Errorf("only %d words heard: the test looks in the wrong place", n)
	}
}

func TestTopicsTestFails(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "planted.go", "package p\nconst TopicA = \"a\"\nfunc f(e E) { tx.Publish(\"b\"); switch e.Topic { case \"a\", \"c\": } }", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(topicConstants(f), heard(f)); got != "[a b] [a c]" {
		t.Error(got)
	}
}
