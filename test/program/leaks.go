package program

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"
)

// RunTests runs the tests of a package. An error says that one of them left
// something running when all had ended; the options say what may.
func RunTests(m *testing.M, may ...goleak.Option) (code int, err error) {
	if code = m.Run(); code == 0 {
		http.DefaultClient.CloseIdleConnections() // which are kept for whoever comes next
		err = goleak.Find(may...)
	}
	return code, err
}
