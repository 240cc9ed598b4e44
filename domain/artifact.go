package domain

import (
	"strconv"
	"strings"
	"time"
)

// ArtifactID identifies an artifact.
type ArtifactID int64

// ArchiveArtifact is the type of the artifact that later jobs get.
const ArchiveArtifact = "archive"

// Artifact is a file that a job left behind.
type Artifact struct {
	ID        ArtifactID
	Job       JobID
	Type      string // archive, or the kind of a report such as junit
	Format    string // zip, gzip or raw
	Filename  string
	Size      int64     // bytes
	Key       string    // where the store has it
	ExpiresAt time.Time // zero: never
	CreatedAt time.Time
}

// Gone tells whether the artifact has expired.
func (a Artifact) Gone(now time.Time) bool {
	return !a.ExpiresAt.IsZero() && !now.Before(a.ExpiresAt)
}

// expiryUnits are the units of an expiry in words.
var expiryUnits = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour,
	"d": day, "day": day, "w": 7 * day, "week": 7 * day,
	"mo": 30 * day, "mos": 30 * day, "month": 30 * day,
	"y": 365 * day, "yr": 365 * day, "year": 365 * day,
}

const day = 24 * time.Hour

// ExpiresIn reads an expiry in words, "1 week", "3 mins 4 sec", "2h20min", or a
// number of seconds. ok is false for what it does not understand; "never" and
// the empty text are zero, which means never.
func ExpiresIn(words string) (d time.Duration, ok bool) {
	text := strings.ToLower(strings.TrimSpace(words))
	if text == "" || text == "never" {
		return 0, true
	}
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, seconds > 0
	}
	for text != "" {
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		number, err := strconv.ParseInt(text[:digits], 10, 32)
		if err != nil {
			return 0, false
		}
		text = strings.TrimLeft(text[digits:], " ")
		letters := len(text) - len(strings.TrimLeft(text, "abcdefghijklmnopqrstuvwxyz"))
		unit, known := expiryUnits[text[:letters]]
		if !known {
			unit, known = expiryUnits[strings.TrimSuffix(text[:letters], "s")]
		}
		if !known {
			return 0, false
		}
		d += time.Duration(number) * unit
		text = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(text[letters:], " ,"), "and "), " ")
	}
	return d, true
}
