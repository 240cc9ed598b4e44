package rest

import (
	"net/http"
	"strings"
	"time"
)

// dateSpellings are those of a header that is meant to be read leniently
// (runners-api.md 3.9). A date without a zone is UTC.
var dateSpellings = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999 MST", "2006-01-02 15:04:05.999999999", time.DateOnly,
	time.RFC1123Z, time.RFC822, time.RFC822Z, time.UnixDate, time.RubyDate,
}

// unmodifiedSince is the moment of If-Unmodified-Since, zero if there is no
// such header or it is no date.
func (c *call) unmodifiedSince() time.Time {
	return parseMoment(c.gin.GetHeader("If-Unmodified-Since"))
}

// parseMoment reads a header leniently; zero: it is no date.
func parseMoment(header string) time.Time {
	header = strings.TrimSpace(header)
	if moment, err := http.ParseTime(header); err == nil {
		return moment
	}
	for _, spelling := range dateSpellings {
		if moment, err := time.Parse(spelling, header); err == nil {
			return moment
		}
	}
	return time.Time{}
}
