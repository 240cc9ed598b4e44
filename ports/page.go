package ports

import "math"

// Page is a window of a list: Size rows from page Number on, counted from 1, or,
// where a list offers that, Size rows of a Keyset.
type Page struct {
	Number int
	Size   int
	// Keyset, if there is one, takes the place of Number. Then nothing is counted:
	// the total is the number of rows on the page, and one more if others follow.
	Keyset *Keyset
}

// Keyset begins a page beside an id and not at a number: nothing before it has to
// be passed over, and no row is missed or given twice while others come and go.
type Keyset struct {
	After, Before int64 // only ids between these; zero: no bound
	Descending    bool  // largest ids first
}

// CountLimit is where the counting of matching rows stops: a total of
// CountLimit means "more than ten thousand" (Runners API reference 1.10).
const CountLimit = 10001

// Offset is how many rows come before the page, or as many as can be counted.
func (p Page) Offset() int {
	if p.Size > 0 && p.Number-1 > math.MaxInt/p.Size {
		return math.MaxInt
	}
	return (p.Number - 1) * p.Size
}
