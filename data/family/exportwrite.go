package family

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// ExportOptions say what an export takes and how it is put on paper.
type ExportOptions struct {
	Health bool // the health notes and forms too: for who holds the health role only
	// Paper writes the readable document (reports/rights); nil: none.
	Paper func(w io.Writer, d Dossier) error
}

// Dossier is everything an export holds, for the readable document.
type Dossier struct {
	Family Family
	At     time.Time // instant of the export
	Agent  string
	Tables map[string][]map[string]any // by the names of the JSON
	Health []Health                    // empty without the role, or where it was not asked for
	// HealthKept says that there are health notes which this export leaves out.
	HealthKept bool
	Files      []ExportFile // documents and messages, opened
}

// ExportFile is one file of an export.
type ExportFile struct {
	Name string
	Data []byte
}

// Names of the files of an export.
const (
	exportPaper    = "droit-d-acces.pdf"
	exportData     = "donnees.json"
	exportReadme   = "LISEZMOI.txt"
	exportManifest = "MANIFESTE.txt"
)

// Export writes everything the town hall holds about a family as a ZIP: a document to
// read, one JSON file of every row, the documents and messages opened, and a manifest.
// Health notes come only where they are asked for, by who holds the health role. The
// export is written in the trail.
func (s *Service) Export(ctx context.Context, id int64, o ExportOptions, w io.Writer) error {
	if err := staff.Require(ctx, writers...); err != nil {
		return err
	}
	if o.Health {
		if err := staff.Require(ctx, staff.Sante); err != nil {
			return err
		}
	} else {
		ctx = withoutHealth(ctx)
	}
	s.mu.Lock()
	parts := s.parts
	s.mu.Unlock()
	var d Dossier
	err := s.db.Write(ctx, func(tx *store.Tx) (err error) {
		d, err = dossier(tx, id, o.Health, parts)
		return err
	})
	if err != nil {
		return err
	}
	files, err := d.pack(o.Paper)
	if err != nil {
		return err
	}
	return writeZip(w, files, d.At)
}

// withoutHealth is the session without its health role: what only that role opens
// stays closed in every room.
func withoutHealth(ctx context.Context) context.Context {
	s := staff.From(ctx)
	if !s.Has(staff.Sante) {
		return ctx
	}
	return staff.With(ctx, &staff.Session{
		AgentID: s.AgentID, Login: s.Login, Name: s.Name, Key: s.Key, Demo: s.Demo, Since: s.Since,
		Roles: slices.DeleteFunc(slices.Clone(s.Roles), func(r staff.Role) bool { return r == staff.Sante }),
	})
}

func dossier(tx *store.Tx, id int64, health bool, parts []ExportPart) (d Dossier, err error) {
	d = Dossier{At: tx.Now(), Agent: staff.From(tx.Context()).Name, Tables: map[string][]map[string]any{}}
	if d.Family, err = GetTx(tx, id); err != nil {
		return d, err
	}
	ids, err := withMerged(tx, id)
	if err != nil {
		return d, err
	}
	for _, e := range exported { // a fixed list, not a list of data
		if d.Tables[e.name], err = dump(tx, e.query, ids); err != nil {
			return d, fmt.Errorf("family: export %s: %w", e.table, err)
		}
	}
	add := func(name string, data []byte) error {
		d.Files = append(d.Files, ExportFile{name, data})
		return nil
	}
	d.HealthKept = !health && len(d.Tables["sante"]) > 0
	if health {
		if d.Health, err = exportHealth(tx, d.Family, add); err != nil {
			return d, err
		}
	}
	for _, part := range parts {
		if err := part(tx, id, add); err != nil {
			return d, err
		}
	}
	text := fmt.Sprintf("Droit d’accès"+nbsp+": export de la famille n° %s, %d fichiers", d.Family.Number(), len(d.Files)+4)
	if health {
		text += ", santé comprise"
	}
	return d, staff.Audit(tx, "family.export", object(id), text)
}

// pack gives the files of the ZIP, in the order one reads them.
func (d Dossier) pack(paper func(io.Writer, Dossier) error) ([]ExportFile, error) {
	data, err := json.MarshalIndent(d.Tables, "", "  ")
	if err != nil {
		return nil, err
	}
	var files []ExportFile
	if paper != nil {
		var pdf bytes.Buffer
		if err := paper(&pdf, d); err != nil {
			return nil, err
		}
		files = append(files, ExportFile{exportPaper, pdf.Bytes()})
	}
	files = append(files, ExportFile{exportReadme, []byte(d.readme())}, ExportFile{exportData, data})
	files = append(files, d.Files...)
	var list strings.Builder
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		fmt.Fprintf(&list, "%s  %s\n", hex.EncodeToString(sum[:]), f.Name)
	}
	return append(files, ExportFile{exportManifest, []byte(list.String())}), nil
}

func (d Dossier) readme() string {
	lines := []string{
		"Export du droit d’accès de la famille " + d.Family.Name + " (" + d.Family.Number() + ").",
		"",
		exportPaper + " est à lire et à imprimer : tout y est en clair.",
		exportData + " contient toutes les lignes enregistrées, une liste par table ; les dossiers réunis dans celui-ci y sont aussi.",
		"Les montants y sont en centimes, les dates sous la forme AAAA-MM-JJ, les heures en temps universel.",
		"Le dossier pieces contient les pièces remises, le dossier courriels les messages reçus.",
		exportManifest + " donne l’empreinte SHA-256 de chaque fichier (sha256sum -c " + exportManifest + ").",
		"",
		"Ces fichiers ne sont pas chiffrés : remettez-les à la famille en main propre, et effacez la copie.",
	}
	return fault.French(strings.Join(lines, "\r\n")) + "\r\n"
}

func writeZip(w io.Writer, files []ExportFile, at time.Time) error {
	z := zip.NewWriter(w)
	for _, f := range files {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = out.Write(f.Data)
		}
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "Le fichier d’export n’a pas pu être écrit.")
		}
	}
	if err := z.Close(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le fichier d’export n’a pas pu être terminé.")
	}
	return nil
}

// withMerged gives a family and those merged into it, however long ago.
func withMerged(tx *store.Tx, id int64) ([]int64, error) {
	return store.Collect(tx, func(r *sql.Rows) (id int64, err error) { err = r.Scan(&id); return id, err },
		`WITH RECURSIVE house (id) AS (SELECT id FROM family WHERE id = $1 UNION SELECT f.id FROM family f JOIN house h ON f.merged_into = h.id)
		SELECT id FROM house ORDER BY id`, id)
}

// exportHealth adds the health notes in clear.
func exportHealth(tx *store.Tx, f Family, add func(string, []byte) error) (out []Health, err error) {
	for _, c := range f.Children {
		if !c.HasHealth {
			continue
		}
		h, err := healthTx(tx, key(tx.Context()), c.ID)
		if err != nil {
			return nil, err
		}
		data, err := json.MarshalIndent(map[string]any{
			"enfant": c.Name(), "allergenes": h.Allergens, "allergies": h.Allergies, "pai": h.CarePlan, "cuisine": h.Kitchen, "revision": h.ReviewOn.String(),
		}, "", "  ")
		if err != nil {
			return nil, err
		}
		if err := add(fmt.Sprintf("sante/enfant-%d.json", c.ID), data); err != nil {
			return nil, err
		}
		out = append(out, h)
		if err := staff.Audit(tx, "health.read", childObject(c.ID), "Données de santé exportées (droit d’accès)"); err != nil {
			return nil, err
		}
	}
	return out, nil
}
