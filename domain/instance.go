package domain

// Instance is what belongs to the installation as a whole.
type Instance struct {
	// RegistrationToken lets runners register for the whole instance.
	RegistrationToken Digest
	// RootToken is root's token that every start ensures; zero: none yet.
	RootToken PersonalAccessTokenID
	// SecretKey is the key of all digests, if it was generated and is kept
	// here; empty if it is given from outside.
	SecretKey Secret
	// SecretKeyCheck recognises the key that the database was made with; empty
	// before the first start.
	SecretKeyCheck Digest
}

// ErrOtherSecretKey refuses to work on a database with a key that is not its
// own: no token would be recognised any more.
var ErrOtherSecretKey = Conflict("the database was made with another secret key: " +
	"start with the RUNYARD_SECRET_KEY that it was made with")
