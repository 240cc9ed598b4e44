package domain

import (
	"regexp"
	"strings"
)

// commitID is the id of a commit, or as much of its beginning as an agent needs
// (runner protocol, section 13, trap 7). It becomes a word of a command line, so
// nothing else is let through.
var commitID = regexp.MustCompile(`^[0-9A-Fa-f]{8,64}$`)

const (
	badCommitID = "needs an id of 8 to 64 hexadecimal digits"
	badRef      = "is not a valid name of a branch or tag"
)

// maxRef is more than any file system lets git store.
const maxRef = 1024

// refNever is what git allows nowhere in the name of a branch or tag.
var refNever = regexp.MustCompile(`[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)`)

// validRef tells whether git takes the name for a branch (git-check-ref-format).
// One that begins with a dash would be an option of a command.
func validRef(name string) bool {
	return name != "" && name != "@" && len(name) <= maxRef &&
		!strings.ContainsAny(name[:1], "-./") && !strings.ContainsAny(name[len(name)-1:], "./") &&
		!refNever.MatchString(name)
}
