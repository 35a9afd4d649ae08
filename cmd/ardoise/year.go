package main

import (
	"context"
	"io"

	"ardoise/data/calendar"
	"ardoise/data/schoolyear"
	reports "ardoise/reports/desk"
)

// yearLetters prints the letters of a year for families without an address.
func (d *desk) yearLetters(ctx context.Context, w io.Writer, p schoolyear.RequestPlan, progress func(done, total int)) error {
	return reports.RequestLettersPDF(ctx, d.office, w, p, progress)
}

// yearLeavers writes the workbook of who leaves.
func (d *desk) yearLeavers(ctx context.Context, w io.Writer, year calendar.SchoolYear, list []schoolyear.LeavingFamily) error {
	return reports.LeaversWorkbook(ctx, d.office, w, year, list)
}
