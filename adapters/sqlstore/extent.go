package sqlstore

import (
	"fmt"
	"strconv"

	"runyard/ports"
)

// extent is the part of a list that a page shows, in the words of a statement.
type extent struct {
	rows      int    // at most so many, of which size tells the statement
	size      string // what stands in the place of rows
	offset    string // what stands in the place of the offset; empty: none
	bounds    []string
	direction string
	most      string // what stands in the place of the bound; empty: the bound itself
}

// extentOf takes the arguments of a page. A page by keyset gets one more row, by
// which it is seen whether others follow.
func extentOf(args *arguments, p ports.Page, direction string) extent {
	w := extent{rows: p.Size, direction: direction}
	if k := p.Keyset; k != nil {
		w.rows++
		w.direction = ascending
		if k.Descending {
			w.direction = descending
		}
		if k.After != 0 {
			w.bounds = append(w.bounds, "> "+args.add(k.After))
		}
		if k.Before != 0 {
			w.bounds = append(w.bounds, "< "+args.add(k.Before))
		}
	} else if p.Offset() > 0 {
		w.offset = args.add(p.Offset())
	}
	w.size = args.add(w.rows)
	return w
}

// within restricts the id to the keyset.
func (w extent) within(id string) []string {
	conditions := make([]string, len(w.bounds))
	for i, bound := range w.bounds {
		conditions[i] = id + " " + bound
	}
	return conditions
}

func (w extent) order(id string) string { return "ORDER BY " + id + " " + w.direction }

// cut orders by the id and leaves the page.
func (w extent) cut(id, limit string) string {
	text := w.order(id) + " LIMIT " + limit
	if w.offset != "" {
		text += " OFFSET " + w.offset
	}
	return text
}

// bound is a limit that stands in the text, at least as large as the page: of a
// LIMIT that is an argument PostgreSQL expects a tenth of all rows, and plans for
// that. There are few bounds, so that there are few texts.
func (w extent) bound() string {
	if w.most != "" {
		return w.most
	}
	bound := 32
	for bound < w.rows {
		bound *= 4
	}
	return strconv.Itoa(bound)
}

// upTo orders by the id and leaves everything that can be on the page or before.
func (w extent) upTo(id string) string {
	if w.offset == "" {
		return w.order(id) + " LIMIT " + w.bound()
	}
	return w.order(id) + " LIMIT CAST(" + w.size + " AS BIGINT) + " + w.offset
}

// counted tells how many rows the list has whose page is cut: a page that is not
// full is the last one, so that only before others gathering has to be counted.
func (w extent) counted(gathering string) string {
	rows := "(SELECT count(*) FROM page)"
	if w.offset != "" {
		rows = w.offset + " + " + rows
	}
	return fmt.Sprintf("CASE WHEN (SELECT count(*) FROM page) < %s THEN %s ELSE (SELECT count(*) FROM (%s) AS matching) END",
		w.size, rows, gathering)
}
