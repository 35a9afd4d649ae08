package kit

import "ardoise/data/calendar"

// OpenFamily asks the families screen for one family, on one of its tabs ("" the first).
type OpenFamily struct {
	ID  int64
	Tab string
}

// OpenDay asks the bookings screen for one day of a service; Class and Children
// narrow it (zero values: all).
type OpenDay struct {
	ServiceID int64
	Day       calendar.Date
	Class     int64
	Children  []int64
}

// OpenHelp asks the settings screen for a page of the help, by its name in
// assets/help.
type OpenHelp struct{ Page string }

// Helped is a page with more than one page of help: it names the one about what
// it shows. Other pages have that of their section's ID.
type Helped interface{ HelpPage() string }
