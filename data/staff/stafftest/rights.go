// Package stafftest helps the tests of every room that asks for rights: a
// session at hand, and the table test that calls every method of a service
// with every role. It is for tests only.
package stafftest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
)

// nobody marks, in a table, a method that asks for no session.
const nobody staff.Role = "(sans session)"

// Open is the table's value for a method that needs no session (SignIn).
var Open = []staff.Role{nobody}

// Anyone is the table's value for a method any signed-in agent may call.
var Anyone = slices.Clone(staff.Roles)

// Rights calls every exported method of svc with each role alone and without
// a session, and compares with table: who is not listed must get
// fault.ErrForbidden before the method has touched the database, who is listed
// must get past the question. A method the table does not name fails the test,
// and so does a name no method has.
//
// The calls are made with a context that is already cancelled and that notices
// being asked whether it is: nothing is read or written, and a method that
// reaches for the database before asking for its right is caught. Arguments
// are zero values (pointers to zero values, empty readers as nil).
func Rights(t *testing.T, svc any, table map[string][]staff.Role, ctxFor func(...staff.Role) context.Context) {
	t.Helper()
	for _, problem := range Check(svc, table, ctxFor) {
		t.Error(problem)
	}
}

// Check is Rights without a test: the list of what is wrong.
func Check(svc any, table map[string][]staff.Role, ctxFor func(...staff.Role) context.Context) []string {
	var out []string
	v := reflect.ValueOf(svc)
	for i := range v.NumMethod() {
		name := v.Type().Method(i).Name
		allowed, ok := table[name]
		if !ok {
			out = append(out, name+": not in the table of rights")
			continue
		}
		if slices.Contains(allowed, nobody) {
			continue
		}
		out = append(out, checkMethod(name, v.Method(i), allowed, ctxFor)...)
	}
	for name := range table {
		if !v.MethodByName(name).IsValid() {
			out = append(out, name+": in the table of rights, but no such method")
		}
	}
	slices.Sort(out)
	return out
}

var contextType = reflect.TypeFor[context.Context]()

func checkMethod(name string, m reflect.Value, allowed []staff.Role, ctxFor func(...staff.Role) context.Context) []string {
	if m.Type().NumIn() == 0 || m.Type().In(0) != contextType {
		return []string{name + ": takes no context, so it cannot ask for a right; declare it stafftest.Open if that is meant"}
	}
	var out []string
	for _, role := range staff.Roles {
		c := call(m, ctxFor(role))
		switch may := slices.Contains(allowed, role); {
		case may && errors.Is(c.err, fault.ErrForbidden):
			out = append(out, name+": refused to "+string(role)+", whom the table lets in: "+c.err.Error())
		case !may:
			out = append(out, c.refusal(name+" by "+string(role))...)
		}
	}
	return append(out, call(m, ctxFor()).refusal(name+" without a session")...)
}

// result of one call.
type result struct {
	err      error
	touched  bool
	panicked any
}

func (r result) refusal(what string) []string {
	switch {
	case r.panicked != nil:
		return []string{what + ": panicked instead of refusing"}
	case r.touched:
		return []string{what + ": reached for the database before asking for its right"}
	case !errors.Is(r.err, fault.ErrForbidden):
		return []string{what + ": not refused"}
	}
	return nil
}

// call runs the method; a panic past the question of rights (a nil argument)
// is the business of the method's own tests.
func call(m reflect.Value, ctx context.Context) (r result) {
	spy := &spyContext{Context: ctx}
	args := []reflect.Value{reflect.ValueOf(spy)}
	for i := 1; i < m.Type().NumIn(); i++ {
		if m.Type().IsVariadic() && i == m.Type().NumIn()-1 {
			break
		}
		args = append(args, plausible(m.Type().In(i)))
	}
	defer func() {
		r.touched = spy.touched.Load()
		r.panicked = recover()
	}()
	out := m.Call(args)
	if n := len(out); n > 0 {
		r.err, _ = out[n-1].Interface().(error)
	}
	return r
}

func plausible(t reflect.Type) reflect.Value {
	if t.Kind() == reflect.Pointer {
		return reflect.New(t.Elem())
	}
	return reflect.Zero(t)
}

// spyContext is cancelled from the start and remembers being asked: database/sql
// and the store ask before any statement, staff.Require only reads values.
type spyContext struct {
	context.Context
	touched atomic.Bool
}

var over = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (c *spyContext) Done() <-chan struct{} { c.touched.Store(true); return over }
func (c *spyContext) Err() error            { c.touched.Store(true); return context.Canceled }

func (c *spyContext) Deadline() (time.Time, bool) { return time.Time{}, false }
