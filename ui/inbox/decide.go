package inbox

import (
	"context"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// Shortcuts are those of the whole treatment.
func (p *page) Shortcuts() []kit.Shortcut {
	ctrl := fyne.KeyModifierControl
	if p.m.out {
		return []kit.Shortcut{
			{Key: fyne.KeyReturn, Mod: ctrl, Hint: "Ctrl+Entrée", Label: "Renvoyer la lettre", Run: p.retry, Off: p.m.retryOff},
			{Key: fyne.KeyDelete, Hint: "Suppr", Label: "Abandonner la lettre", Run: p.dropLetter, Off: p.m.dropOff},
			{Key: fyne.KeyF8, Hint: "F8", Label: "Dire qu’un envoi douteux est bien parti", Run: p.settle, Off: p.m.settleOff},
			{Key: fyne.KeyDown, Mod: ctrl, Hint: "Ctrl+Bas", Label: "Lettre suivante", Run: func() { p.step(1) }},
			{Key: fyne.KeyUp, Mod: ctrl, Hint: "Ctrl+Haut", Label: "Lettre précédente", Run: func() { p.step(-1) }},
			{Key: fyne.KeyF, Mod: ctrl, Hint: "Ctrl+F", Label: "Filtrer la liste", Run: p.side.search.Focus},
			{Key: fyne.KeyE, Mod: ctrl, Hint: "Ctrl+E", Label: "Messages reçus", Run: p.otherWay},
			{Key: fyne.KeyF5, Hint: "F5", Label: "Relever la boîte", Run: p.fetchNow, Off: p.fetchOff},
		}
	}
	list := []kit.Shortcut{
		{Key: fyne.KeyReturn, Mod: ctrl, Hint: "Ctrl+Entrée", Label: "Appliquer les actions cochées", Run: p.apply, Off: p.m.applyOff},
		{Key: fyne.KeyF7, Hint: "F7", Label: "Répondre sans rien appliquer", Run: p.answer, Off: p.m.replyOff},
		{Key: fyne.KeyDelete, Hint: "Suppr", Label: "Ignorer le message, ou le rouvrir", Run: p.ignore, Off: p.m.ignoreOff},
		{Key: fyne.KeyDown, Mod: ctrl, Hint: "Ctrl+Bas", Label: "Message suivant", Run: func() { p.step(1) }},
		{Key: fyne.KeyUp, Mod: ctrl, Hint: "Ctrl+Haut", Label: "Message précédent", Run: func() { p.step(-1) }},
		{Key: fyne.KeyN, Mod: ctrl, Hint: "Ctrl+N", Label: "Ajouter une action", Run: p.addCard, Off: p.addOff},
		{Key: fyne.KeyF2, Hint: "F2", Label: "Modifier la réponse", Run: p.editReply, Off: p.m.replyOff},
		{Key: fyne.KeyO, Mod: ctrl, Hint: "Ctrl+O", Label: "Choisir la famille", Run: p.chooseFamily, Off: p.m.familyOff},
		{Key: fyne.KeyF, Mod: ctrl, Hint: "Ctrl+F", Label: "Filtrer la liste", Run: p.side.search.Focus},
		{Key: fyne.KeyE, Mod: ctrl, Hint: "Ctrl+E", Label: "Lettres qui partent", Run: p.otherWay},
		{Key: fyne.KeyF5, Hint: "F5", Label: "Relever la boîte", Run: p.fetchNow, Off: p.fetchOff},
	}
	for i, k := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9} {
		if i < len(p.m.cards) {
			n := i + 1
			list = append(list, kit.Shortcut{Key: k, Hint: string(k), Label: "Cocher ou décocher l’action " + string(k), Run: func() { p.toggleNumber(n) }})
		}
	}
	return list
}

// otherWay goes from the messages to the letters, and back.
func (p *page) otherWay() {
	p.turn(!p.m.out)
	p.reload()
	p.Focus()
}

// step goes to the message or letter beside the one shown.
func (p *page) step(by int) {
	if p.m.out {
		if at := p.m.post.row(p.m.post.cur) + by; at >= 0 && at < len(p.m.post.rows) {
			p.m.post.cur = p.m.post.rows[at].ID
			p.side.list.Select(at)
			p.letter.show()
		}
		return
	}
	if id := p.m.beside(by); id != 0 {
		p.pick(id)
	}
}

func (v *mailPane) showButtons() {
	p := v.p
	set := func(b *widgets.Button, off string) { b.SetEnabled(off == "" && !p.busy, off) }
	set(v.apply, p.m.applyOff())
	set(v.answer, p.m.replyOff())
	set(v.ignore, p.m.ignoreOff())
	set(v.add, p.addOff())
	show(v.add, p.m.open())
	small := theme.Px(100) >= 130 // large text: the words before the keys, which F1 lists
	for b, key := range map[*widgets.Button]string{v.answer: "F7", v.ignore: "Suppr", v.add: "Ctrl+N"} {
		if small {
			key = ""
		}
		b.KeyHint(key)
		b.Refresh()
	}
	if p.m.msg != nil && p.m.msg.State == mailbox.Ignored {
		v.ignore.SetLabel("Rouvrir")
		v.ignore.SetIcon("inbox")
	} else {
		v.ignore.SetLabel("Ignorer")
		v.ignore.SetIcon("ban")
	}
}

// toggleNumber ticks the card that bears a number.
func (p *page) toggleNumber(n int) {
	for i, c := range p.m.cards {
		if c.N != n {
			continue
		}
		p.mail.cards.Select(i)
		if !p.busy && p.m.tickOff(i) == "" && p.m.asks(i) {
			// not at once: the digit itself comes after its key, and must not be
			// typed into the dialog's first field
			p.sh.Runner().After(digitDelay, func() { p.editCard(i) })
			return
		}
		p.toggle(i)
		return
	}
}

// toggle ticks or unticks a card; one that lacks something opens instead.
func (p *page) toggle(i int) {
	if p.busy {
		return
	}
	if off := p.m.tickOff(i); off != "" {
		p.sh.Toast(off)
		return
	}
	if p.m.asks(i) {
		p.editCard(i)
		return
	}
	p.m.toggle(i)
	p.mail.showPlan()
	p.work()
}

// apply does the plan that is shown.
func (p *page) apply() {
	switch off := p.m.applyOff(); {
	case p.busy || p.wary:
		return
	case off != "":
		p.sh.Toast(off)
		return
	case p.m.asking || p.m.plan == nil:
		p.sh.Toast(fault.French("Un instant : ce qui changerait est en cours de calcul."))
		return
	}
	p.commit(p.m.plan, nil, nil)
}

// commit applies a plan once. In a dialog a refusal stands in its form.
func (p *page) commit(plan *mailbox.Plan, d *widgets.Dialog, f *widgets.Form) {
	if p.busy {
		return
	}
	p.busy = true
	p.mail.showButtons()
	mail, id, key := p.m.d.Mail, plan.Decision.MessageID, plan.Decision.Key
	var out *mailbox.Outcome
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		out, err = mail.Apply(ctx, plan)
		return err
	}, func(err error) {
		p.busy = false
		if err != nil {
			p.notDone(err, id, d, f)
			return
		}
		if d != nil {
			d.Close()
		}
		var undo func()
		if out.Undo {
			undo = func() { p.undo(id, key) }
		}
		text := out.Text
		if p.sh.Demo() && plan.Reply.To != "" {
			text += " (démonstration)"
		}
		p.sh.Done(text, undo)
		p.treated(id)
	})
}

// notDone says why nothing was done; where somebody else came first the message
// is read again.
func (p *page) notDone(err error, id int64, d *widgets.Dialog, f *widgets.Form) {
	if fault.KindOf(err) == fault.Conflict {
		if d != nil {
			d.Close()
		}
		p.sh.Refused(err)
		p.m.touched = false
		p.reload()
		if p.m.cur == id {
			p.read(id, true)
		}
		return
	}
	if f != nil {
		f.Refuse(err)
	} else {
		p.sh.Refused(err)
	}
	p.mail.showButtons()
}

// treated goes on with the next message that waits. For a moment it cannot be
// applied: a key struck twice was meant for the message before.
func (p *page) treated(id int64) {
	p.sh.RefreshCounts()
	p.m.pinned = 0
	p.wary = true
	p.sh.Runner().After(armDelay, func() { p.wary = false })
	if next := p.m.nextOpen(id); next != 0 && p.m.cur == id {
		p.pick(next)
	} else if p.m.cur == id {
		p.m.touched = false
		p.read(id, true)
	}
	p.reload()
}

// undo takes an application back and shows the message again.
func (p *page) undo(id int64, key string) {
	mail := p.m.d.Mail
	var out *mailbox.Outcome
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		out, err = mail.Undo(ctx, id, key+":undo")
		return err
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.sh.Toast(out.Text)
		p.back(id)
	})
}

// back shows a message that waits again.
func (p *page) back(id int64) {
	p.sh.RefreshCounts()
	p.turn(false)
	p.m.cur, p.m.pinned, p.m.touched = id, id, false
	p.reload()
	p.read(id, true)
}

// ignore closes the message without doing anything, or opens it again.
func (p *page) ignore() {
	if off := p.m.ignoreOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	if p.busy || p.wary {
		return
	}
	mail, it := p.m.d.Mail, p.m.msg.Item
	if it.State == mailbox.Ignored {
		p.change(func(ctx context.Context) error { return mail.Reopen(ctx, it.ID) }, func() {
			p.sh.Done("Message rouvert", nil)
			p.back(it.ID)
		})
		return
	}
	p.change(func(ctx context.Context) error { return mail.Ignore(ctx, it.ID) }, func() {
		p.sh.Done(fault.French("Message de "+writer(it)+" ignoré"), func() {
			p.change(func(ctx context.Context) error { return mail.Reopen(ctx, it.ID) }, func() {
				p.sh.Toast("Message rouvert")
				p.back(it.ID)
			})
		})
		p.treated(it.ID)
	})
}

// change runs one small act once.
func (p *page) change(work func(context.Context) error, done func()) {
	if p.busy {
		return
	}
	p.busy = true
	id := p.m.cur
	p.sh.Runner().Go(p.sh.Ctx(), work, func(err error) {
		p.busy = false
		if err != nil {
			p.notDone(err, id, nil, nil)
			return
		}
		done()
		p.mail.showButtons()
	})
}

// editReply lets the agent rewrite the answer; nothing leaves yet.
func (p *page) editReply() {
	if off := p.m.replyOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	id := p.m.msg.ID
	f, fields := letterForm(p.startReply(p.m.letter()))
	var d *widgets.Dialog
	d = widgets.NewDialog("Réponse à la famille", "Elle part avec l’application, pas avant.", f.Content(), "Garder ce texte", widgets.Primary, func() {
		if !f.Validate() {
			return
		}
		d.Close()
		if p.m.msg == nil || p.m.msg.ID != id {
			return
		}
		p.m.reply, p.m.byHand, p.m.noReply = fields.letter(), true, false
		p.m.change()
		p.mail.showPlan()
		p.work()
	})
	d.Width, d.First = 640, fields.body.FocusTarget()
	p.sh.Show(d)
}

// startReply is what the editor begins with.
func (p *page) startReply(l letter.Letter) letter.Letter {
	if l.To == "" {
		l.To = p.m.msg.From.Mail
	}
	return l
}

// answer is F7: a letter alone closes the message as answered. What is ticked is
// not done, so the letter is worded for nothing done.
func (p *page) answer() {
	if off := p.m.replyOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	if p.m.byHand {
		p.answerWith(p.m.reply)
		return
	}
	mail, d := p.m.d.Mail, mailbox.Decision{MessageID: p.m.msg.ID, Version: p.m.msg.Version, Key: p.m.d.newKey()}
	d.Reply.To = p.startReply(p.m.reply).To
	var plan *mailbox.Plan
	p.wording.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = mail.Plan(ctx, d)
		return err
	}, func(err error) {
		switch {
		case p.m.msg == nil || p.m.msg.ID != d.MessageID || !p.m.open():
		case err != nil:
			p.notDone(err, d.MessageID, nil, nil)
		default:
			p.answerWith(plan.Reply)
		}
	})
}

// answerWith opens the editor of an answer that leaves at once.
func (p *page) answerWith(l letter.Letter) {
	msg, mail := p.m.msg, p.m.d.Mail
	key := p.m.d.newKey()
	f, fields := letterForm(p.startReply(l))
	sub := "Le message sera classé comme répondu."
	if p.m.ticked() > 0 {
		sub += " Les actions cochées ne seront pas appliquées."
	}
	var d *widgets.Dialog
	asking := false // pressed twice, it is asked once
	d = widgets.NewDialog("Répondre à "+writer(msg.Item), sub, f.Content(), "Envoyer", widgets.Primary, func() {
		if asking || p.busy || !f.Validate() {
			return
		}
		asking = true
		decision := mailbox.Decision{MessageID: msg.ID, Version: msg.Version, Reply: fields.letter(), Key: key}
		var plan *mailbox.Plan
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			plan, err = mail.Plan(ctx, decision)
			return err
		}, func(err error) {
			asking = false
			switch {
			case !d.Open():
			case err != nil:
				p.notDone(err, msg.ID, d, f)
			case plan.Problem != "":
				f.Refuse(fault.New(fault.Invalid, "%s", plan.Problem))
			default:
				p.commit(plan, d, f)
			}
		})
	})
	d.Width, d.First = 640, fields.body.FocusTarget()
	p.sh.Show(d)
}
