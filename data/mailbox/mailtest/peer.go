package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Missing skips the test for want of a peer, or fails where peers are required.
func Missing(t testing.TB, what, debian string) {
	t.Helper()
	why := fmt.Sprintf("%s is not installed here (apt-get install %s)", what, debian)
	if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
		t.Fatal(why)
	}
	t.Skip("skipped: " + why)
}

// program finds a program, also where only root's PATH looks; "" when missing.
func program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, name)
		if st, err := os.Stat(path); err == nil && !st.IsDir() {
			return path
		}
	}
	return ""
}

// FreePort gives a port of 127.0.0.1 that nobody listens on. It lies below those
// the system gives to outgoing connections, so that a stopped server finds it
// free again.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 200 {
		port := 20000 + mathrand.IntN(12000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return port
	}
	t.Fatal("no free port on 127.0.0.1")
	return 0
}

// roomyMemory gives a folder in memory where there is one. Both names are short: a
// socket's path has 107 bytes at most.
func roomyMemory() string {
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		return "/dev/shm"
	}
	return "/tmp"
}

// Certificate is what sort of certificate a server shows.
type Certificate int

// The sorts of certificates. All but OtherAuthority's are signed by the authority
// the peer names as its own.
const (
	Good           Certificate = iota // localhost and 127.0.0.1, today
	Expired                           // ended yesterday
	NotYet                            // begins tomorrow
	WrongName                         // another host's
	OtherAuthority                    // signed by an authority nobody knows
)

// Authority is a certificate authority of a test.
type Authority struct {
	PEM  []byte // its certificate
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes an authority.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	serial := serialNumber(t)
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: fmt.Sprintf("Ardoise, autorité d’essai %x", serial)},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{PEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), cert: cert, key: key}
}

// Issue gives a server certificate and its key, in PEM.
func (a *Authority) Issue(t testing.TB, kind Certificate) (cert, key []byte) {
	t.Helper()
	if kind == OtherAuthority {
		return NewAuthority(t).Issue(t, Good)
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: serialNumber(t), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore: now.AddDate(0, 0, -7), NotAfter: now.AddDate(0, 6, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	switch kind {
	case Expired:
		form.NotAfter = now.AddDate(0, 0, -1)
	case NotYet:
		form.NotBefore = now.AddDate(0, 0, 1)
	case WrongName:
		form.Subject.CommonName, form.DNSNames, form.IPAddresses = "imap.autre.example", []string{"imap.autre.example"}, nil
	}
	der, err := x509.CreateCertificate(rand.Reader, form, a.cert, &own.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

// TLS gives a server certificate ready for a crypto/tls server of a test.
func (a *Authority) TLS(t testing.TB, kind Certificate) tls.Certificate {
	t.Helper()
	pair, err := tls.X509KeyPair(a.Issue(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func serialNumber(t testing.TB) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
