package domain

import (
	"fmt"
	"unicode/utf8"
)

// tooLong is the text of a value with more characters than allowed.
func tooLong(characters int) string {
	return fmt.Sprintf("is too long (maximum is %d characters)", characters)
}

// longerThan counts characters, not bytes. A nil text is never too long.
func longerThan(text *string, characters int) bool {
	return text != nil && utf8.RuneCountInString(*text) > characters
}
