package store_test

import (
	"fmt"
	"os"
)

// children are what the test binary does when it is started again by a test.
var children = map[string]func() error{}

func runChild(name string) {
	if err := children[name](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
