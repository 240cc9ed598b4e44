package sqlstore

// nilIfZero reads a number of which zero stands for NULL. Such columns keep rows
// comparable by ==, which pointers do not.
func nilIfZero(number int64) *int64 {
	if number == 0 {
		return nil
	}
	return &number
}

// zeroUnless is the number, or zero if there is none.
func zeroUnless(number *int64) int64 {
	if number == nil {
		return 0
	}
	return *number
}
