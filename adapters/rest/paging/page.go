// Package paging reads which page of a list is wanted and tells where it lies
// in the list (runners-api.md 1.10).
package paging

import (
	"math"

	"runyard/adapters/rest/params"
)

// Sizes of a page (runners-api.md 1.10).
const (
	// DefaultSize is the size when the request asks for none.
	DefaultSize = 20
	// MaxSize is the size that a request gets when it asks for more.
	MaxSize = 100
)

// maxNumber keeps the offset of a page and its end within an int, and so within
// the OFFSET of a database. Such pages are empty anyway.
const maxNumber = math.MaxInt / MaxSize

// Page is one page of a list. Number begins at 1, Size is 1 to MaxSize, and the
// end of the page, Number times Size, is always a valid int.
type Page struct {
	Number int
	Size   int
}

// Params declares page and per_page, in the order in which they are checked
// (runners-api.md 4.1). Every schema of a list ends with them.
func Params() []params.Declaration {
	return []params.Declaration{
		params.Int("page").Default(1),
		params.Int("per_page").Default(DefaultSize).Except(0),
	}
}

// Of is the page that the request asks for. Numbers below 1 mean page 1, sizes
// below 1 the default, larger sizes the maximum (runners-api.md 1.10).
func Of(values params.Values) Page {
	page := Page{Number: 1, Size: DefaultSize}
	if number := values.Int("page"); number != nil && *number > 1 {
		page.Number = int(min(*number, maxNumber))
	}
	if size := values.Int("per_page"); size != nil && *size > 0 {
		page.Size = int(min(*size, MaxSize))
	}
	return page
}
