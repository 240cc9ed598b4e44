package domain

// AccessLevel is what a membership allows on a group or project and on all
// that is below it (Runners API reference 2.1). A higher level includes every
// lower one.
type AccessLevel int

// The levels, with the numbers of the wire. NoAccess is the lack of any.
const (
	NoAccess   AccessLevel = 0
	Guest      AccessLevel = 10
	Reporter   AccessLevel = 20
	Developer  AccessLevel = 30
	Maintainer AccessLevel = 40
	Owner      AccessLevel = 50
)

// Known tells whether a membership can have the level.
func (l AccessLevel) Known() bool {
	switch l {
	case Guest, Reporter, Developer, Maintainer, Owner:
		return true
	case NoAccess:
		return false
	}
	return false
}
