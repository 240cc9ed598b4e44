package program

import (
	"bytes"
	"encoding/json"
	"sync"
)

// logWatch keeps a log and tells when the program listens.
type logWatch struct {
	// listening gets the address of the line that ends the start.
	listening chan string

	mu      sync.Mutex
	text    bytes.Buffer
	partial []byte
}

func newLogWatch() *logWatch { return &logWatch{listening: make(chan string, 1)} }

// Write takes the next piece of the log.
func (w *logWatch) Write(piece []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(piece)
	w.partial = append(w.partial, piece...)
	for {
		line, rest, complete := bytes.Cut(w.partial, []byte("\n"))
		if !complete {
			return len(piece), nil
		}
		w.partial = rest
		var entry struct{ Msg, Addr string }
		if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
			select {
			case w.listening <- entry.Addr:
			default: // only the first one is waited for
			}
		}
	}
}

// String is the log so far.
func (w *logWatch) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
