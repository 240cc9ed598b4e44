package domain

import (
	"regexp"
	"strings"
	"time"
)

// UserID identifies a user. User 1 is root.
type UserID int64

// RootUser is the administrator that every instance has.
const RootUser UserID = 1

// UserStatus says whether a user may sign in.
type UserStatus string

// The states of a user.
const (
	UserActive  UserStatus = "active"
	UserBlocked UserStatus = "blocked"
)

// User is a person or a program that signs in.
type User struct{ s UserState }

// UserState is a user as stored and shown: every fact, no rule.
type UserState struct {
	ID        UserID
	Namespace NamespaceID // the user's personal namespace
	Username  string
	Name      string
	Email     string
	Admin     bool
	Status    UserStatus
	CreatedAt time.Time
}

// pathPattern is what a path of a user, group or project may look like. It
// keeps slashes, white space and the punctuation of URLs out.
var pathPattern = regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_.-]*$`)

const pathHint = "can contain only letters, digits, '_', '-' and '.'. " +
	"Cannot start with '-' or end in '.', '.git' or '.atom'"

// pathViolation returns the rule that a path breaks, or "".
func pathViolation(path string) string {
	switch {
	case path == "":
		return "can't be blank"
	case longerThan(&path, 255):
		return tooLong(255)
	case !pathPattern.MatchString(path),
		strings.HasSuffix(path, "."),
		strings.HasSuffix(path, ".git"),
		strings.HasSuffix(path, ".atom"):
		return pathHint
	}
	return ""
}

// NewUser checks the names and makes an active user.
func NewUser(spec UserState, now time.Time) (*User, error) {
	var broken violations
	if text := pathViolation(spec.Username); text != "" {
		broken.add("username", text)
	}
	if strings.TrimSpace(spec.Name) == "" {
		broken.add("name", "can't be blank")
	} else if longerThan(&spec.Name, 255) {
		broken.add("name", tooLong(255))
	}
	if !strings.Contains(strings.Trim(spec.Email, "@"), "@") {
		broken.add("email", "is invalid")
	} else if longerThan(&spec.Email, 255) {
		broken.add("email", tooLong(255))
	}
	if err := broken.err(); err != nil {
		return nil, err
	}
	spec.Status = UserActive
	spec.CreatedAt = now
	return &User{s: spec}, nil
}

// RestoreUser rebuilds a stored user and checks nothing.
func RestoreUser(s UserState) *User { return &User{s: s} }

// State is a copy of all that the user knows.
func (u *User) State() UserState { return u.s }

// ID is the user's identity.
func (u *User) ID() UserID { return u.s.ID }

// Active tells whether the user may sign in, and their jobs may run: whether they
// are not blocked.
func (u *User) Active() bool { return u.s.Status != UserBlocked }

// MustBeActive refuses a blocked user (Runners API reference 1.7).
func (u *User) MustBeActive() error {
	if !u.Active() {
		return Forbidden("Your account has been blocked.")
	}
	return nil
}

// Block keeps the user from signing in. Nobody can block themselves.
func (u *User) Block(actor Actor) error {
	if actor.Is(u.s.ID) {
		return Forbidden("The API initiating user can not be blocked by the API")
	}
	u.s.Status = UserBlocked
	return nil
}

// Unblock lets the user sign in again.
func (u *User) Unblock() { u.s.Status = UserActive }

// MustBeDeletable refuses to delete root, whom every start needs, and oneself.
func (u *User) MustBeDeletable(actor Actor) error {
	if u.s.ID == RootUser || actor.Is(u.s.ID) {
		return Forbidden("")
	}
	return nil
}
