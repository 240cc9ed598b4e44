package program

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"
)

// RunTests runs the tests of a package. An error says that one of them left
// something running when all had ended.
func RunTests(m *testing.M) (code int, err error) {
	if code = m.Run(); code == 0 {
		http.DefaultClient.CloseIdleConnections() // which are kept for whoever comes next
		err = goleak.Find()
	}
	return code, err
}
