package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"
)

// errBadAuthority: the town's own certificate authority is not PEM.
var errBadAuthority = errors.New("wire: no certificate in the own authority")

// errSilent: the server said nothing for too long, or dragged its answer out.
var errSilent = errors.New("wire: the server is silent")

// trustOf verifies a server against the system's authorities and the town's own.
func trustOf(s Server) (*tls.Config, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any: the town's own may do
	}
	if len(bytes.TrimSpace(s.CA)) > 0 && !pool.AppendCertsFromPEM(s.CA) {
		return nil, errBadAuthority
	}
	return &tls.Config{ServerName: s.Host, RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// watched is a connection that does not wait for ever: it is cut when nothing
// comes for a while, when the whole takes too long, or when the caller gives up.
type watched struct {
	net.Conn
	mu     sync.Mutex
	stall  *time.Timer
	every  time.Duration
	reason error // why it was cut, nil: it was not
}

// dialRaw opens a connection to a server, without a word on it yet.
func dialRaw(ctx context.Context, s Server) (*watched, error) {
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, err
	}
	return &watched{Conn: raw}, nil
}

// cut closes the connection under whoever waits on it; the first reason counts.
func (w *watched) cut(why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reason == nil {
		w.reason = why
	}
	if err := w.Conn.Close(); err != nil {
		return // it was closed already: whoever waits on it sees that
	}
}

// why gives the reason of the cut.
func (w *watched) why() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reason
}

// arm cuts the connection when nothing comes for d, counted anew with every byte;
// zero: it may be silent.
func (w *watched) arm(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.every = d
	switch {
	case d == 0 && w.stall != nil:
		w.stall.Stop()
	case d == 0:
	case w.stall == nil:
		w.stall = time.AfterFunc(d, func() { w.cut(errSilent) })
	default:
		w.stall.Reset(d)
	}
}

// Read reads and notes that the other side lives.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.mu.Lock()
		if w.every > 0 && w.reason == nil {
			w.stall.Reset(w.every)
		}
		w.mu.Unlock()
	}
	return n, err
}

// within runs one step on the connection: it is cut when ctx ends, when the step
// takes longer than whole, or when nothing comes for still. A cut is told as its
// reason, not as what the step made of it.
func (w *watched) within(ctx context.Context, whole, still time.Duration, step func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.arm(still)
	stop := context.AfterFunc(ctx, func() { w.cut(context.Cause(ctx)) })
	total := time.AfterFunc(whole, func() { w.cut(errSilent) })
	err := step()
	stop()
	total.Stop()
	w.arm(0)
	if why := w.why(); why != nil && err != nil {
		return why
	}
	return err
}
