package domain

// Visibility says who may see a group or project without being a member.
type Visibility string

// The visibilities (Runners API reference 2.2).
const (
	Private  Visibility = "private"  // members only
	Internal Visibility = "internal" // everybody who is signed in
	Public   Visibility = "public"   // everybody
)

// Visibilities lists all of them, in the order of the wire's documentation.
func Visibilities() []string {
	return []string{string(Private), string(Internal), string(Public)}
}

// openToSignedIn tells whether no membership is needed to see it. Every actor
// is signed in, so internal and public are alike to them.
func (v Visibility) openToSignedIn() bool { return v == Internal || v == Public }
