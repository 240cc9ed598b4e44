package domain

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// tooLong is the text of a value with more characters than allowed.
func tooLong(characters int) string {
	return fmt.Sprintf("is too long (maximum is %d characters)", characters)
}

// unlessBlank is the text, or nil if nothing can be seen of it.
func unlessBlank(text *string) *string {
	if text == nil || strings.TrimSpace(*text) == "" {
		return nil
	}
	return text
}

// longerThan counts characters, not bytes. A nil text is never too long.
func longerThan(text *string, characters int) bool {
	return text != nil && utf8.RuneCountInString(*text) > characters
}
