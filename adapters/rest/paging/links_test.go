package paging_test

import (
	"net/http"
	"strings"
)

// linkTo reads Link as clients do and is empty when the relation is not told.
func linkTo(h http.Header, relation string) string {
	for link := range strings.SplitSeq(h.Get("Link"), ", ") {
		if target, found := strings.CutSuffix(link, `>; rel="`+relation+`"`); found {
			return strings.TrimPrefix(target, "<")
		}
	}
	return ""
}
