package billing

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// gate holds the work up while it is closed: a pause. It is asked by the work
// and moved by the window.
type gate struct {
	mu   sync.Mutex
	shut chan struct{} // closed when the pause ends; nil: no pause
}

// pause closes the gate; resume opens it.
func (g *gate) pause() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil {
		g.shut = make(chan struct{})
	}
}

func (g *gate) resume() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil {
		close(g.shut)
		g.shut = nil
	}
}

// wait goes on at once, or when the pause ends; the end of ctx is its error.
func (g *gate) wait(ctx context.Context) error {
	g.mu.Lock()
	shut := g.shut
	g.mu.Unlock()
	if shut == nil {
		return ctx.Err()
	}
	select {
	case <-shut:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// papersCard makes the PDF files of what was issued, beside the table: the agent
// goes on meanwhile.
type papersCard struct {
	p     *page
	idle  *widgets.Panel
	note  *widgets.Label
	all   *widgets.Button
	each  *widgets.Button
	card  *widgets.ProgressCard
	gate  *gate
	stop  context.CancelFunc
	began time.Time
	held  time.Duration // spent in pauses
	since time.Time     // of this pause
}

func newPapersCard(p *page) *papersCard {
	c := &papersCard{p: p, note: widgets.NewParagraph("", widgets.Small)}
	c.all = widgets.NewButton("Imprimer", widgets.Secondary, func() { p.viewInvoices("factures-"+p.run.Month.String(), c.ids()) }).Icon("print").Compact()
	c.each = widgets.NewButton("Un PDF chacune…", widgets.Secondary, func() { c.folder(c.ids()) }).Icon("folder").Compact()
	if p.d.Papers.Invoices == nil {
		c.all.SetEnabled(false, noPapers)
	}
	if p.d.Papers.InvoiceFiles == nil {
		c.each.SetEnabled(false, noPapers)
	}
	buttons := fyne.CanvasObject(widgets.HFlex(8, []float32{0, 1}, c.all, c.each))
	if large() {
		buttons = widgets.VBox(8, c.all, c.each)
	}
	c.idle = widgets.NewPanel("Documents", widgets.VBox(10, c.note, buttons)).Icon("file-pdf")
	c.card = widgets.NewProgressCard("file-pdf", "Création des PDF")
	c.card.Panel.Hide()
	c.idle.Hide()
	return c
}

// ids are the documents of the month.
func (c *papersCard) ids() []int64 {
	if c.p.s == nil {
		return nil
	}
	out := make([]int64, len(c.p.s.invoices))
	for i, v := range c.p.s.invoices {
		out[i] = v.ID
	}
	return out
}

func (c *papersCard) show(s *sheet) {
	text := plural(len(s.invoices), "facture ou avoir émis", "factures et avoirs émis")
	if !s.over.LastRun.IsZero() {
		text += ", le dernier le " + s.over.LastRun.Short()
	}
	c.note.Set(text + ".")
}

// folder asks where the files go, then makes them.
func (c *papersCard) folder(ids []int64) {
	p := c.p
	chooser, ok := p.sh.Files().(kit.FolderChooser)
	if !ok {
		p.sh.Toast("Ce poste ne sait pas choisir un dossier.")
		return
	}
	if p.month.making.total > 0 {
		p.sh.Toast("La création des PDF est déjà en cours.")
		return
	}
	var dir string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		dir, err = chooser.Folder(ctx, "Dossier des factures en PDF")
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case dir != "" && len(ids) > 0:
			c.start(dir, ids)
		}
	})
}

// reports is how often the card is painted again at most while files are made.
const reports = 100

func (c *papersCard) start(dir string, ids []int64) {
	p, g := c.p, &gate{}
	ctx, stop := context.WithCancel(p.sh.Ctx())
	c.gate, c.stop, c.began, c.held = g, stop, p.sh.Now(), 0
	p.month.making = making{0, len(ids)}
	c.report(0)
	c.runs()
	p.month.showFirst()
	p.showSteps()
	every := max(1, len(ids)/reports)
	runner, write := p.sh.Runner(), p.d.Papers.InvoiceFiles
	runner.Go(ctx, func(ctx context.Context) error {
		return write(ctx, dir, ids, func(done, total int) error {
			if done%every == 0 || done == total {
				runner.Do(func() { c.report(done) })
			}
			return g.wait(ctx)
		})
	}, func(err error) {
		stop()
		c.ended(dir, len(ids), err)
	})
}

func (c *papersCard) report(done int) {
	m := &c.p.month.making
	if m.total == 0 { // a late word of work that has ended
		return
	}
	m.done = done
	c.card.Report(done, m.total, plural(m.total, "document", "documents"))
	if c.since.IsZero() {
		c.card.Left(widgets.Remaining(done, m.total, c.p.sh.Now().Sub(c.began)-c.held))
	}
	c.p.showSteps()
}

// runs and waits put the card's buttons as they are while it works and pauses.
func (c *papersCard) runs() {
	if !c.since.IsZero() {
		c.held += c.p.sh.Now().Sub(c.since)
	}
	c.since = time.Time{}
	c.card.Action("pause", "Pause", c.waits)
	c.card.Stop("Arrêter la création des PDF", c.cancel)
	c.gate.resume()
}

func (c *papersCard) waits() {
	c.gate.pause()
	c.since = c.p.sh.Now()
	c.card.Left("en pause")
	c.card.Action("play", "Reprendre", c.runs)
}

func (c *papersCard) cancel() { c.stop() }

func (c *papersCard) ended(dir string, n int, err error) {
	p := c.p
	p.month.making, c.since = making{}, time.Time{}
	p.showSteps()
	if p.s != nil {
		p.month.showFirst()
	}
	p.month.content.Refresh()
	switch {
	case errors.Is(err, context.Canceled):
		p.sh.Toast("Création des PDF arrêtée" + nbsp + ": les fichiers déjà faits sont dans « " + filepath.Base(dir) + " »")
	case err != nil:
		p.sh.Refused(err)
	default:
		p.sh.Done(plural(n, "PDF créé", "PDF créés")+" dans « "+filepath.Base(dir)+" »", nil)
	}
}

// Leave asks before the making of files is left behind: it lives with the page.
func (p *page) Leave(then func()) {
	if p.month.making.total == 0 {
		then()
		return
	}
	p.sh.Confirm("Arrêter la création des PDF"+nbsp+"?", "Elle se poursuit tant que cet écran est ouvert. Les fichiers déjà faits restent ; les autres se refont quand vous voulez.", "Arrêter et quitter", widgets.Danger, func() {
		p.month.papers.cancel()
		then()
	})
}
