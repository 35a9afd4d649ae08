package vault

import (
	"database/sql"
	"errors"
	"strconv"

	"golang.org/x/crypto/chacha20poly1305"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// The holders of a wrapping beside the agents.
const (
	Recovery = "recovery" // the printed phrase
	Demo     = "demo"     // demonstrations only: a phrase everybody knows
)

// keySetting names the setting that holds the data key's ID.
const keySetting = "data_key"

// AgentHolder names the wrapping of an agent.
func AgentHolder(agentID int64) string { return "agent:" + strconv.FormatInt(agentID, 10) }

// Wrapping is the data key under one secret, ready to be stored. Making one is
// slow on purpose and needs no transaction: make it before, Put it inside.
type Wrapping struct {
	Holder string
	KDF    string // parameters and salt, PHC-like
	Sealed []byte
	keyID  string
}

// Make wraps k for holder under secret with the costs p; its salt is its own,
// so the key-wrapping key never equals a stored password hash.
func Make(holder, secret string, k *Key, p Params) (Wrapping, error) {
	if secret == "" {
		return Wrapping{}, fault.New(fault.Invalid, "Un mot de passe est nécessaire pour ouvrir le coffre.")
	}
	salt := newSalt()
	w := Wrapping{Holder: holder, KDF: header(p, salt), keyID: k.ID()}
	aead, err := chacha20poly1305.NewX(stretch(secret, salt, p))
	if err != nil {
		return Wrapping{}, err
	}
	if !k.IsOpen() {
		return Wrapping{}, closed()
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.master == nil {
		return Wrapping{}, closed()
	}
	w.Sealed = sealWith(aead, k.master, w.aad())
	return w, nil
}

func (w Wrapping) aad() []byte { return []byte("key_wrap:wrapped:" + w.Holder + ":" + w.KDF) }

// Put stores a wrapping in place of the holder's former one. It refuses a key
// that is not this database's: what is sealed would be lost.
func Put(tx *store.Tx, w Wrapping) error {
	if _, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, keySetting, w.keyID); err != nil {
		return err
	}
	var id string
	if err := tx.QueryRow(`SELECT value FROM setting WHERE name = $1`, keySetting).Scan(&id); err != nil {
		return err
	}
	if id != w.keyID {
		return fault.New(fault.Conflict, "La clé ouverte n’est pas celle de cette base de données. Fermez le programme et ouvrez de nouveau votre session.")
	}
	_, err := tx.Exec(`INSERT INTO key_wrap (holder, kdf, wrapped) VALUES ($1, $2, $3)
		ON CONFLICT (holder) DO UPDATE SET kdf = excluded.kdf, wrapped = excluded.wrapped`, w.Holder, w.KDF, w.Sealed)
	return err
}

// Get reads a holder's wrapping; NotFound when there is none.
func Get(tx *store.Tx, holder string) (Wrapping, error) {
	w := Wrapping{Holder: holder}
	err := tx.QueryRow(`SELECT kdf, wrapped FROM key_wrap WHERE holder = $1`, holder).Scan(&w.KDF, &w.Sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return w, fault.New(fault.NotFound, "Le coffre n’a pas été préparé pour ce compte. Un agent «\u00a0Administration\u00a0» peut le faire en donnant un nouveau mot de passe.")
	}
	return w, err
}

// Drop takes a holder's wrapping away.
func Drop(tx *store.Tx, holder string) error {
	_, err := tx.Exec(`DELETE FROM key_wrap WHERE holder = $1`, holder)
	return err
}

// Unwrap opens the wrapping with its secret; slow on purpose, no transaction needed.
func (w Wrapping) Unwrap(secret string) (*Key, error) {
	p, salt, _, err := parsePHC(w.KDF)
	if err != nil {
		return nil, fault.Wrap(fault.Conflict, err, "Le coffre de ce compte est endommagé\u00a0: reprenez une sauvegarde ou la phrase de secours.")
	}
	aead, err := chacha20poly1305.NewX(stretch(secret, salt, p))
	if err != nil {
		return nil, err
	}
	master, err := openWith(aead, w.Sealed, w.aad())
	if err != nil || len(master) != keySize {
		return nil, fault.Wrap(fault.Forbidden, err, "Le coffre ne s’ouvre pas avec ce mot de passe ou cette phrase.")
	}
	k := &Key{}
	k.fill(master)
	return k, nil
}

// Weaker reports whether the wrapping was made with other costs than p.
func (w Wrapping) Weaker(p Params) bool {
	got, _, _, err := parsePHC(w.KDF)
	return err != nil || got != p
}

// Wrap is Make with the Strong costs, then Put. It holds the transaction for
// the time of a derivation (about a tenth of a second).
func Wrap(tx *store.Tx, holder, secret string, k *Key) error {
	w, err := Make(holder, secret, k, Strong)
	if err != nil {
		return err
	}
	return Put(tx, w)
}

// Unwrap is Get, then Unwrap.
func Unwrap(tx *store.Tx, holder, secret string) (*Key, error) {
	w, err := Get(tx, holder)
	if err != nil {
		return nil, err
	}
	return w.Unwrap(secret)
}
