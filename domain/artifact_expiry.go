package domain

import (
	"strconv"
	"strings"
	"time"
)

const (
	day = 24 * time.Hour
	// maxLife bounds how long an artifact is kept that is not kept for ever.
	maxLife = 100 * 365 * day
)

// expiryUnits are the units of an expiry in words; an s at the end is ignored.
var expiryUnits = map[string]time.Duration{
	"": time.Second, "sec": time.Second, "second": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour,
	"d": day, "day": day, "w": 7 * day, "week": 7 * day,
	"mo": 30 * day, "month": 30 * day,
	"y": 365 * day, "yr": 365 * day, "year": 365 * day,
}

// lifeOf is how long an artifact is kept that says so in words; zero: for ever.
// The fallback is for one that says nothing, or nothing that makes sense.
func lifeOf(words string, fallback time.Duration) time.Duration {
	text := strings.ToLower(strings.TrimSpace(words))
	if text == "never" {
		return 0
	}
	if life, ok := parseExpiry(text); ok && life > 0 {
		return life
	}
	return fallback
}

// parseExpiry reads "1 week", "3 mins 4 sec", "2h20min", "1 day and 2 hours", or
// a number of seconds. ok is false for what it does not understand.
func parseExpiry(text string) (life time.Duration, ok bool) {
	for text != "" {
		part, rest, ok := firstPart(text)
		if !ok {
			return 0, false
		}
		life = min(maxLife, life+part)
		text = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(rest, " ,"), "and "), " ")
	}
	return life, true
}

// firstPart reads the first number with its unit, and returns what follows.
func firstPart(text string) (part time.Duration, rest string, ok bool) {
	afterNumber := strings.TrimLeft(text, "0123456789")
	number, err := strconv.ParseInt(text[:len(text)-len(afterNumber)], 10, 64)
	if err != nil {
		return 0, "", false
	}
	word := strings.TrimLeft(afterNumber, " ")
	rest = strings.TrimLeft(word, "abcdefghijklmnopqrstuvwxyz")
	unit, known := expiryUnits[strings.TrimSuffix(word[:len(word)-len(rest)], "s")]
	if !known {
		return 0, "", false
	}
	return time.Duration(min(number, int64(maxLife/unit))) * unit, rest, true
}
