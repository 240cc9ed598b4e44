package domain

// Secret is a token or key in the clear. Printing one shows a placeholder, so
// that a careless %v in a log or a test cannot leak it.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret from fmt.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "[secret]" }

// MarshalText keeps the secret out of JSON, YAML and structured logs.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// Digest is the keyed digest of a token, in hexadecimal: what is stored and
// looked up instead of the token. Empty means that there is no token.
type Digest string

// String hides the digest from fmt.
func (Digest) String() string { return "[digest]" }

// GoString hides the digest from %#v.
func (Digest) GoString() string { return "[digest]" }
