// Package kit is the room between the shell and the screens: what a page is,
// what it may ask of the window (Shell), and the Runner. Screens (ui/home,
// ui/families…) import kit, widgets and theme, never package ui. It never
// imports a business package.
//
// # A screen in short
//
//	func Section(o Office) kit.Section {
//		return kit.Section{ID: "families", Label: "&Familles", Icon: "users", Roles: nil,
//			New: func(sh kit.Shell) kit.Page { return newPage(sh, o) }}
//	}
//
// A page has model.go (no Fyne) and view.go. It implements Title, Content,
// Focus, OnEvent, Close, and where it applies Opener (Navigate's argument),
// HasShortcuts (F-keys and Ctrl combinations, shown in F1), Escaper, Leaver.
// Content wraps itself in kit.Frame (16 px). Slow work:
//
//	kit.Load(sh.Runner(), sh.Ctx(), p.model.load, func(rows []Row, err error) { … })
//
// In tests use &kit.Sync{} and kit.FakeShell. Deleted pages get no late result.
// After a commit: sh.Done("5 repas réservés", undoOrNil). A refusal of a form
// goes to form.Refuse(err), elsewhere to sh.Refused(err).
//
// # Parts (ui/widgets)
//
//   - Layout: VBox, HBox (own sizes), VFlex, HFlex (sizes: 0 own, >0 weight, <0 fixed px), Pad, Spacer. Tab follows the order given.
//   - Text: NewLabel(text, style), NewParagraph; styles Body, BodyBold, Small, SmallBold, CardTitle, Heading, Title, Total, Hero, with .With(ink), .Right(), .Center(). Cut with … and a tooltip.
//   - NewButton("&Valider", Primary|Secondary|Danger|Flat|Chalk, f).Icon().KeyHint("F9").Compact().Final(); SetEnabled(false, "raison"); NewIconButton.
//   - NewBadge(icon, text, tone) / BadgeSpec; tones Neutral Info Success Warning Failure Accented Counter. NewKeyHints("Flèches", "choisir"…), NewAvatar, NewIcon, NewDivider.
//   - NewPanel(title, content).Icon().Sub().Right(…).Footer().Flush().Line().Slate().Pad(); NewPainting, NewPressable for hand-drawn cards (Gfx: Rect, Text, Paragraph, Icon, Badge, KeyChip, Zone, Tip, Child).
//   - Inputs: NewTextField, NewTextArea, NewDateField(today), NewMoneyField, NewPasswordField, NewSelect(onChange, options…), NewChoice(Chips|Filters|Segments|Big, …), NewMultiChoice, NewRadioRows(…).Columns(2), NewCheck. All stand in NewField(label, help, input); SetError(sentence).
//   - NewForm().Add(field, check).Line(…).Watch(…); Content(), Validate(), Refuse(err), First().
//   - NewTable(columns, cell).RowHeight(36); NewList(74, draw). SetCount, Select, Selected, Loading, Empty(NewEmptyState(…)), NoMatch, Failed(sentence, retry); OnSelect, OnOpen, OnSpace, OnKey, OnRune, OnZone, Jump.
//   - NewTabs(onChange, TabItem…) (Ctrl+Tab is declared by the shell: page implements kit.Tabber), NewAlert(tone, text, strong), NewProgressBar, NewBarChart, NewImagePreview.
//   - NewStepper(onChoose, Step…) (nil: only read; Set, SetShown), NewMoneyChart(plain, striped) (Set, Text, Summary, Empty, OnSelect, OnOpen), NewProgressCard(icon, title) (Report, Left(Remaining(…)), Action), NewActionList(onAction) (Set).
//   - Table: Column.Spare leaves with the room, Group and OnFold make rows that stand for folded ones.
//   - NewDayGrid (month), NewWeekGrid (class): see their comments.
//   - NewDialog(title, sub, content, verb, kind, action): Show with sh.Show; action calls d.Close() when done. Confirm, Message.
//
// Tests type with test.Type(field.FocusTarget(), "…"), send keys with
// FocusTarget().TypedKey and shortcuts with widgets.Press(canvas, shortcut).
// Put content that scrolls inside widgets.Pad(4, 4, …): a scroller clips rings.
//
// Sizes are px at 1440×900; theme.Px, theme.Wide scale by the agent's text size. Colours are theme tokens (theme.Accent…), never literals.
package kit

// Tabber is a page with tabs: the shell gives it Ctrl+Tab and Ctrl+Shift+Tab.
type Tabber interface{ NextTab(step int) }
