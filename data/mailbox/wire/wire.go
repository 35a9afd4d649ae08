// Package wire speaks with the post's servers: IMAP to read a mailbox, SMTP to
// send a letter, the sign-in of Google and Microsoft, the system's keyring. It
// knows no family and no database. It deletes nothing on a server, believes no
// certificate it cannot verify, and says what is wrong in French.
package wire

// The ways a connection is protected; there is no unprotected one.
const (
	TLS      = "tls"      // from the first byte (993, 465)
	StartTLS = "starttls" // asked for at once and required (143, 587)
)

// Server is where to connect.
type Server struct {
	Host     string
	Port     int
	Security string // TLS or StartTLS
	User     string
	CA       []byte // own certificate authorities in PEM, besides the system's
}

// Credential is how to sign in: a password (PLAIN, or LOGIN where only that is
// offered), or an access token (XOAUTH2) when Token is not "".
type Credential struct {
	Password string
	Token    string
}

// settings is where a person mends a connection.
const settings = "« Réglages, Messagerie »"
