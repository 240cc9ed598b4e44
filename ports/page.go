package ports

import "math"

// Page is a window of a list: Size rows from page Number on, counted from 1.
type Page struct {
	Number int
	Size   int
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
