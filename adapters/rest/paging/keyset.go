package paging

import (
	"net/http"
	"strconv"

	"runyard/adapters/rest/params"
)

// Keyset is a page that begins beside an id instead of at a number.
type Keyset struct {
	After, Before int64 // only ids between these; zero: no bound
	Descending    bool  // largest ids first
}

// KeysetParams declares what asks for a page by keyset, in the order in which it
// is checked. Every schema of such a list ends with it.
func KeysetParams(sort string) []params.Declaration {
	return []params.Declaration{
		params.String("pagination"),
		params.String("order_by").Default("id"),
		params.Enum("sort", "asc", "desc").Default(sort),
		params.Int("id_after").Within64Bits(),
		params.Int("id_before").Within64Bits(),
		params.Int("per_page").Default(DefaultSize).Except(0),
	}
}

// AsksForKeyset tells whether the request wants its page by keyset. All others
// get it by number.
func AsksForKeyset(raw params.Raw) bool { return raw.Scalar("pagination") == "keyset" }

// errNoSuchKeyset refuses orders that no index has (runners-api.md 5.9).
var errNoSuchKeyset = &params.WireError{
	Status: http.StatusMethodNotAllowed, ContentType: "application/json",
	Body: `{"error":"Keyset pagination is not yet available for this type of request"}`,
}

// KeysetOf is the page that the request asks for. There is no other order than
// that of ids.
func KeysetOf(values params.Values) (Keyset, error) {
	if by := values.String("order_by"); by != nil && *by != "id" {
		return Keyset{}, errNoSuchKeyset
	}
	var k Keyset
	if sort := values.String("sort"); sort != nil {
		k.Descending = *sort == "desc"
	}
	if after := values.Int("id_after"); after != nil {
		k.After = *after
	}
	if before := values.Int("id_before"); before != nil {
		k.Before = *before
	}
	return k, nil
}

// WriteNextLink tells where the page goes on that ended with the id. A page that
// is the last gets no link; there are no other headers.
func (k Keyset) WriteNextLink(h http.Header, request Request, last int64) {
	query := request.Values.Query()
	name := "id_after"
	if k.Descending {
		name = "id_before"
	}
	query.Set(name, strconv.FormatInt(last, 10))
	h.Set("Link", "<"+request.base()+"?"+query.Encode()+`>; rel="next"`)
}
