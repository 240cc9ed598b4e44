package domain

import (
	"errors"
	"strings"
)

// Kind says what sort of refusal an Error is. The zero Kind is a bug.
type Kind int

// The kinds of refusal. Every adapter that shows errors must know all of them.
const (
	// KindInvalid: the request would leave something in a state that the
	// rules forbid; Violations say which attribute and why.
	KindInvalid Kind = iota + 1
	// KindBadRequest: the request makes no sense; Reason says why.
	KindBadRequest
	// KindUnauthenticated: nobody, or nobody known, is asking.
	KindUnauthenticated
	// KindTokenRejected: the token is known but no longer good (expired, revoked).
	KindTokenRejected
	// KindInsufficientScope: the token is good, but not for this request.
	KindInsufficientScope
	// KindForbidden: the actor may not do this; an empty Reason gives none.
	KindForbidden
	// KindNotFound: it does not exist, or the actor may not know that it does;
	// Reason names the resource ("Runner") or is empty.
	KindNotFound
	// KindConflict: it exists already.
	KindConflict
	// KindPreconditionFailed: it was changed since the caller last looked.
	KindPreconditionFailed
	// KindGone: this way of doing it is switched off; Reason says which.
	KindGone
)

// Violation is one broken rule of one attribute.
type Violation struct {
	Attribute string // as the API spells it
	Text      string // for people
}

// Error is a refusal that the caller may see. Any other error is internal.
type Error struct {
	Kind       Kind
	Reason     string      // for people, never for code
	Violations []Violation // of KindInvalid, in the order of the checks
	Scopes     []string    // of KindInsufficientScope: any of these would do
}

// Error is for logs and tests; adapters render Kind and Reason themselves.
func (e *Error) Error() string {
	if len(e.Violations) == 0 {
		return e.Reason
	}
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = v.Attribute + " " + v.Text
	}
	return strings.Join(texts, ", ")
}

// Is makes two refusals of the same kind and text equal for errors.Is.
func (e *Error) Is(target error) bool {
	var other *Error
	return errors.As(target, &other) && e.Kind == other.Kind && e.Error() == other.Error()
}

// Forbidden refuses an actor for a reason, which may be empty.
func Forbidden(reason string) *Error { return &Error{Kind: KindForbidden, Reason: reason} }

// NotFound says that a resource ("Runner", "Project") is not there; an empty
// name says so without naming it.
func NotFound(resource string) *Error { return &Error{Kind: KindNotFound, Reason: resource} }

// Conflict says why something cannot be created twice.
func Conflict(reason string) *Error { return &Error{Kind: KindConflict, Reason: reason} }

// BadRequest says why a request makes no sense.
func BadRequest(reason string) *Error { return &Error{Kind: KindBadRequest, Reason: reason} }

// Invalid says which attribute breaks which rule.
func Invalid(attribute, text string) *Error {
	return &Error{Kind: KindInvalid, Violations: []Violation{{attribute, text}}}
}

// IsNotFound tells whether err says that something is not there.
func IsNotFound(err error) bool { return isKind(err, KindNotFound) }

// IsForbidden tells whether err says that the actor may not do it.
func IsForbidden(err error) bool { return isKind(err, KindForbidden) }

// IsConflict tells whether err says that something exists already.
func IsConflict(err error) bool { return isKind(err, KindConflict) }

func isKind(err error, kind Kind) bool {
	var refusal *Error
	return errors.As(err, &refusal) && refusal.Kind == kind
}

// violations collects the broken rules of one value.
type violations []Violation

func (v *violations) add(attribute, text string) { *v = append(*v, Violation{attribute, text}) }

// err is nil when nothing was added.
func (v violations) err() error {
	if len(v) == 0 {
		return nil
	}
	return &Error{Kind: KindInvalid, Violations: v}
}
