// Package mailtest is the room of the other side of the post, for tests only:
// real servers of Debian, started on free ports of this machine with a folder and
// certificates of their own, and put away at the end. It never touches the
// system's own servers, their settings or their mail, and never sends anything
// off this machine.
package mailtest
