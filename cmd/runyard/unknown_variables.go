package main

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// refuseUnknownVariables finds misspelt settings: without it, RUNYARD_LISTN
// would be ignored without a word.
func refuseUnknownVariables(environ []string) error {
	known := knownVariables()
	values := environment(environ)
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !strings.HasPrefix(name, environmentPrefix) || values[name] == "" || slices.Contains(known, name) ||
			isServiceLink(name, values[name]) {
			continue
		}
		return usageErrorf("%s is not a setting of runyard: did you mean %s? Rename or unset it; runyard --help lists all", name, closest(name, known))
	}
	return nil
}

var serviceLink = regexp.MustCompile(`^RUNYARD_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\d+_(TCP|UDP|SCTP)(_.+)?)$`)

// isServiceLink recognizes what Kubernetes and Docker put into the environment of
// every container beside a service named runyard: nobody wrote these on purpose.
func isServiceLink(name, value string) bool {
	return serviceLink.MatchString(name) ||
		strings.HasSuffix(name, "_PORT") && (strings.HasPrefix(value, "tcp://") || strings.HasPrefix(value, "udp://") || strings.HasPrefix(value, "sctp://"))
}

func knownVariables() []string {
	var known []string
	fields := reflect.TypeFor[settingValues]()
	for i := range fields.NumField() {
		known = append(known, environmentName(fields.Field(i).Tag.Get("name")))
	}
	for _, secret := range secretSettings() {
		known = append(known, secret.name, secret.name+fileSuffix)
	}
	return known
}

// closest is the name with the smallest edit distance.
func closest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return editDistance(name, a) - editDistance(name, b) })
}

// editDistance counts the letters to insert, delete or replace on the way from a to b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
