package paging

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"runyard/adapters/rest/params"
)

// CountLimit is the largest total that is told. Above it X-Total, X-Total-Pages
// and the link to the last page are left out (runners-api.md 1.10).
const CountLimit = 10_000

// Found is what the search for a page brought.
type Found struct {
	// Rows is the number of rows on the page.
	Rows int
	// Total is the number of rows in the list. Any number above CountLimit
	// means "more than that", however many more.
	Total int
	// HasMore tells whether a row follows the page. It matters only where Total
	// does not say so; nil: a full page is taken to have a successor.
	HasMore *bool
}

// Request is what links repeat of the request.
type Request struct {
	// External is how clients reach the server: scheme, host and, if there is
	// one, the path in front of /api.
	External *url.URL
	// Path is the escaped path below External, such as /api/v4/runners. It is
	// repeated as it is, so that group%2Fproject stays one segment.
	Path string
	// Values are the checked parameters.
	Values params.Values
}

// base is the address of the request without its query.
func (r Request) base() string {
	return r.External.Scheme + "://" + r.External.Host + strings.TrimSuffix(r.External.EscapedPath(), "/") + r.Path
}

// WriteHeaders tells where the page lies: X-Per-Page, X-Page, X-Next-Page,
// X-Prev-Page, X-Total, X-Total-Pages and Link (runners-api.md 1.10).
func WriteHeaders(h http.Header, request Request, page Page, found Found) {
	at := locate(page, found)
	h.Set("X-Per-Page", strconv.Itoa(page.Size))
	h.Set("X-Page", strconv.Itoa(page.Number))
	h.Set("X-Next-Page", orEmpty(at.next))
	h.Set("X-Prev-Page", orEmpty(at.prev))
	if at.last > 0 {
		h.Set("X-Total", strconv.Itoa(found.Total))
		h.Set("X-Total-Pages", strconv.Itoa(at.last))
	}
	h.Set("Link", links(request, at))
}

// place holds the numbers of the neighbours. Zero: there is none, or it is not
// known.
type place struct{ prev, next, last int }

func locate(page Page, found Found) place {
	var at place
	if found.Total <= CountLimit {
		at.last = max(1, (found.Total+page.Size-1)/page.Size)
	}
	if beyondEnd(page, found, at.last) {
		return at
	}
	if page.Number > 1 {
		at.prev = page.Number - 1
	}
	if hasNext(page, found, at.last) {
		at.next = page.Number + 1
	}
	return at
}

func beyondEnd(page Page, found Found, last int) bool {
	if last > 0 {
		return page.Number > last
	}
	return found.Rows == 0
}

func hasNext(page Page, found Found, last int) bool {
	switch {
	case last > 0:
		return page.Number < last
	case page.Number*page.Size <= CountLimit:
		return true // At least one row more than CountLimit exists.
	case found.HasMore != nil:
		return *found.HasMore
	default:
		return found.Rows >= page.Size
	}
}

func orEmpty(number int) string {
	if number == 0 {
		return ""
	}
	return strconv.Itoa(number)
}

func links(request Request, at place) string {
	base := request.base()
	query := request.Values.Query()
	var all []string
	for _, link := range []struct {
		relation string
		number   int
	}{{"prev", at.prev}, {"next", at.next}, {"first", 1}, {"last", at.last}} {
		if link.number == 0 {
			continue
		}
		query.Set("page", strconv.Itoa(link.number))
		all = append(all, "<"+base+"?"+query.Encode()+`>; rel="`+link.relation+`"`)
	}
	return strings.Join(all, ", ")
}
