// Package inbox is the Courrier screen: what families wrote, what was understood
// of it, and the one key that applies, answers or ignores it. It decides nothing
// (data/mailbox does) and sends nothing by itself.
package inbox
