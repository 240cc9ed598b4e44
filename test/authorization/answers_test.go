// Package authorization holds the tests of who may do what: the tables below
// can be laid beside chapter 2.3 of the Runners API reference and the "Who"
// columns of sections 4 and 5 of the service reference. Nothing in them is
// computed from the program's own rules.
package authorization

import "net/http"

// answer is what a request has to be answered with. An empty body is one that
// other tests look at, or none.
type answer struct {
	status int
	body   string
}

// The answers that do what was asked for.
var (
	shown    = answer{status: http.StatusOK}
	made     = answer{status: http.StatusCreated}
	accepted = answer{http.StatusAccepted, `{"message":"202 Accepted"}`}
	gone     = answer{status: http.StatusNoContent}
	lacking  = answer{status: http.StatusNotImplemented}
)

// The refusals, to the byte.
var (
	signIn  = answer{http.StatusUnauthorized, `{"message":"401 Unauthorized"}`}
	barred  = answer{http.StatusForbidden, `{"message":"403 Forbidden - Your account has been blocked."}`}
	refused = answer{http.StatusForbidden, `{"message":"403 Forbidden"}`}

	noAccess    = answer{http.StatusForbidden, `{"message":"403 Forbidden - No access granted"}`}
	severalLeft = answer{http.StatusForbidden, `{"message":"403 Forbidden - Runner associated with more than one project"}`}
	locked      = answer{http.StatusForbidden, `{"message":"403 Forbidden - Runner is locked"}`}
	ofAGroup    = answer{http.StatusForbidden, `{"message":"403 Forbidden - Runner is a group runner"}`}
	onlyProject = answer{
		http.StatusForbidden,
		`{"message":"403 Forbidden - Only one project associated with the runner. Please remove the runner instead"}`,
	}
	assigned = answer{
		http.StatusBadRequest, `{"message":{"assign_to":["Validation failed: Runner has already been taken"]}}`,
	}

	noSuchID    = answer{http.StatusNotFound, `{"message":"404 Not found"}`}
	noRunner    = answer{http.StatusNotFound, `{"message":"404 Runner Not Found"}`}
	noProject   = answer{http.StatusNotFound, `{"message":"404 Project Not Found"}`}
	noGroup     = answer{http.StatusNotFound, `{"message":"404 Group Not Found"}`}
	noNamespace = answer{http.StatusNotFound, `{"message":"404 Namespace Not Found"}`}
	noUser      = answer{http.StatusNotFound, `{"message":"404 User Not Found"}`}
	noMember    = answer{http.StatusNotFound, `{"message":"404 Member Not Found"}`}
	noJob       = answer{http.StatusNotFound, `{"message":"404 Job Not Found"}`}
	noArchive   = answer{http.StatusNotFound, `{"message":"404 Artifacts Not Found"}`}
	noToken     = answer{http.StatusNotFound, `{"message":"404 Personal Access Token Not Found"}`}
)

func (a answer) refuses() bool { return a.status >= http.StatusBadRequest }

// column says who asks.
type column int

const (
	anonymous column = iota
	blocked
	stranger // signed in, without a relation
	guest
	reporter
	developer
	maintainer
	owner
	admin
	columns
)

// answers has one for each column.
type answers [columns]answer

// row is a row of table 2.3, which has one column for the three levels below
// Maintainer.
func row(anonymous, blocked, stranger, below, maintainer, owner, admin answer) answers {
	return answers{anonymous, blocked, stranger, below, below, below, maintainer, owner, admin}
}

// users is a row for endpoints that only users reach: it begins with the
// stranger.
func users(stranger, guest, reporter, developer, maintainer, owner, admin answer) answers {
	return answers{signIn, barred, stranger, guest, reporter, developer, maintainer, owner, admin}
}

// whoever is a row for endpoints that all users may use alike.
func whoever(all answer) answers { return users(all, all, all, all, all, all, all) }

// everybody is a row for endpoints that ask for no user.
func everybody(all answer) answers {
	return answers{all, all, all, all, all, all, all, all, all}
}

// administrators is a row for endpoints that are theirs alone.
func administrators(all answer) answers {
	return users(refused, refused, refused, refused, refused, refused, all)
}
