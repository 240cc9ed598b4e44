package domain

import "time"

// MustBeUnmodified refuses to go on when something was changed after the
// moment up to which the caller knows it. A zero moment on either side asks
// for nothing (Runners API reference 3.9).
func MustBeUnmodified(updatedAt, since time.Time) error {
	if !since.IsZero() && !updatedAt.IsZero() && updatedAt.After(since) {
		return &Error{Kind: KindPreconditionFailed}
	}
	return nil
}
