package main

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

const databaseURLForms = "write sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/NAME"

// checkDatabaseURL refuses what no adapter could open. What pgx says about a bad
// URL is not passed on: for some mistakes it quotes a piece of the password.
func checkDatabaseURL(value string) error {
	scheme, rest, _ := strings.Cut(value, ":")
	switch scheme {
	case "sqlite":
		return checkSQLitePath(value, rest)
	case "postgres", "postgresql":
		return checkPostgresURL(value, rest)
	}
	return malformed("database-url", redactURL(value), databaseURLForms)
}

func checkSQLitePath(value, path string) error {
	if path == "" {
		return malformed("database-url", value, "the path of the file is missing, as in sqlite:runyard.db")
	}
	if strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///") {
		return malformed("database-url", value, "write sqlite:PATH without slashes between, as in sqlite:runyard.db or sqlite:/var/lib/runyard.db")
	}
	return nil
}

func checkPostgresURL(value, rest string) error {
	if !strings.HasPrefix(rest, "//") {
		return malformed("database-url", redactURL(value), databaseURLForms)
	}
	_, err := pgxpool.ParseConfig(value)
	if err == nil {
		return nil
	}
	if unreadable, ok := errors.AsType[*fs.PathError](err); ok {
		return malformed("database-url", redactURL(value), "it needs a file that cannot be read: "+unreadable.Error())
	}
	return malformed("database-url", redactURL(value), "this PostgreSQL URL cannot be read; "+databaseURLForms+
		", with other characters than letters and digits in name and password percent-encoded")
}

var passwordParameter = regexp.MustCompile(`(?i)(password=)[^&\s]*`)

// redactURL takes passwords out of a text that holds at most one URL, however
// malformed. It works on the text because what cannot be parsed may hold a
// password as well; in doubt it hides too much.
func redactURL(text string) string {
	text = passwordParameter.ReplaceAllString(text, "${1}xxxxx")
	before, rest, isURL := strings.Cut(text, "://")
	if !isURL {
		before, rest = "", text
	} else {
		before += "://"
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		if user, _, found := strings.Cut(rest[:at], ":"); found {
			rest = user + ":xxxxx" + rest[at:]
		}
		return before + rest
	}
	// postgres://user:password without a host: what stands for the port is no number.
	if host, port, found := strings.Cut(rest, ":"); isURL && found && !startsWithDigit(port) {
		rest = host + ":xxxxx"
	}
	return before + rest
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
