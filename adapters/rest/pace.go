package rest

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// slowestClient is how many bytes in a second a client sends at least, beyond
// what it may take anyway.
const slowestClient = 1 << 10

// keepPace cuts off clients that are so slow that they only keep the server
// busy. A body must have arrived within the patience and a second for each
// slowestClient bytes of it, so that uploads may take as long as they are large;
// and each piece of an answer must be taken within the patience.
func keepPace(patience time.Duration, next http.Handler) http.Handler {
	if patience == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection := http.NewResponseController(w)
		writer := &pacedWriter{ResponseWriter: w, connection: connection, patience: patience}
		writer.extend() // also for "100 Continue"
		if r.Body != nil && r.Body != http.NoBody {
			body := &pacedBody{ReadCloser: r.Body, connection: connection, end: time.Now().Add(patience)}
			body.extend()
			r.Body = body
		}
		next.ServeHTTP(writer, r)
	})
}

// pacedWriter gives every piece of the answer its time.
type pacedWriter struct {
	http.ResponseWriter
	connection *http.ResponseController
	patience   time.Duration
}

// extend does nothing where there is no connection, as in tests.
func (w *pacedWriter) extend() { _ = w.connection.SetWriteDeadline(time.Now().Add(w.patience)) }

// WriteHeader begins the answer.
func (w *pacedWriter) WriteHeader(status int) {
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

// Write goes on with it.
func (w *pacedWriter) Write(p []byte) (int, error) {
	w.extend()
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// pacedBody gives what arrives more time to arrive.
type pacedBody struct {
	io.ReadCloser
	connection *http.ResponseController
	end        time.Time // of what has not arrived yet
	credit     int       // bytes since end was moved
}

func (b *pacedBody) extend() { _ = b.connection.SetReadDeadline(b.end) }

// Read passes on what arrives. Behind the end of the body the server waits for
// the client to go away, for as long as the request takes.
func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.connection.SetReadDeadline(time.Time{})
		return n, err
	}
	if b.credit += n; b.credit >= slowestClient {
		b.end = b.end.Add(time.Duration(b.credit) * time.Second / slowestClient)
		b.credit = 0
		b.extend()
	}
	return n, err
}
