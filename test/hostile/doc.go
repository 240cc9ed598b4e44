// Package hostile attacks the program below the socket as strangers would: with
// guesses, with requests that make no sense, and with questions about what they
// may not know.
package hostile
