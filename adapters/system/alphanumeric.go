package system

import "math/big"

const (
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	// tokenLength makes 119 bits of 62 possible characters each.
	tokenLength = 20
	// numberBytes is far more than a token needs: what a token loses by not
	// dividing 2^256 evenly is less than one part in 2^130.
	numberBytes = 32
)

// alphanumeric writes a large uniform number as the characters of a token: the
// same ones for the same number.
func alphanumeric(number [numberBytes]byte) string {
	rest := new(big.Int).SetBytes(number[:])
	base, digit := big.NewInt(int64(len(alphabet))), new(big.Int)
	token := make([]byte, tokenLength)
	for i := range token {
		rest.DivMod(rest, base, digit)
		token[i] = alphabet[digit.Int64()]
	}
	return string(token)
}
