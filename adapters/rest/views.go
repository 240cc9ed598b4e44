package rest

import (
	"net/url"
	"strconv"
	"strings"
)

// views make what goes out. They know how clients reach the server.
type views struct {
	external *url.URL
}

// web is the address of a page, for which there is no page: clients want one.
func (v views) web(path string) string {
	return strings.TrimSuffix(v.external.String(), "/") + "/" + path
}

// seconds is how long something took, as a number.
func seconds[T interface{ Seconds() float64 }](took T, ok bool) *float64 {
	if !ok {
		return nil
	}
	s := took.Seconds()
	return &s
}

// mapped applies a view to every element. It is never nil.
func mapped[From, To any](from []From, view func(From) To) []To {
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = view(f)
	}
	return to
}

// decimal writes an id into an address.
func decimal[ID ~int64](id ID) string { return strconv.FormatInt(int64(id), 10) }
