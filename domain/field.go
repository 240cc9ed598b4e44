package domain

// Field is one attribute of a change: absent, or present with a value. The
// zero Field is absent and leaves the attribute as it is.
type Field[T any] struct {
	Present bool
	Value   T
}

// Set is a field that is present.
func Set[T any](value T) Field[T] { return Field[T]{Present: true, Value: value} }

// into overwrites target if the field is present.
func (f Field[T]) into(target *T) {
	if f.Present {
		*target = f.Value
	}
}
