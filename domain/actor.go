package domain

// Actor is the signed-in user who asks for something.
type Actor struct {
	User   UserID
	Admin  bool
	Scopes Scopes                // of the token in use
	Token  PersonalAccessTokenID // the token in use
}

// MustBeAdmin refuses everybody but administrators.
func (a Actor) MustBeAdmin() error {
	if !a.Admin {
		return Forbidden("")
	}
	return nil
}

// Is tells whether the actor is that user.
func (a Actor) Is(u UserID) bool { return a.User == u }

// MustOwnNamespace lets only its owner, and administrators, use a personal
// namespace.
func (a Actor) MustOwnNamespace(n Namespace) error {
	if a.Admin || a.Is(n.Owner) {
		return nil
	}
	return Forbidden("")
}
