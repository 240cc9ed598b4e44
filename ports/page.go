package ports

// Page is a window of a list: Size rows from page Number on, counted from 1.
type Page struct {
	Number int
	Size   int
}

// CountLimit is where the counting of matching rows stops: a total of
// CountLimit means "more than ten thousand" (Runners API reference 1.10).
const CountLimit = 10001

// Offset is how many rows come before the page.
func (p Page) Offset() int { return (p.Number - 1) * p.Size }
