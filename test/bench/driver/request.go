package driver

import (
	"fmt"
	"strings"
)

// Request prepares the bytes of a request. Headers are "Name: value".
func Request(method, path string, body string, headers ...string) []byte {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: bench.example\r\n", method, path)
	for _, header := range headers {
		b.WriteString(header + "\r\n")
	}
	if body != "" || method != "GET" {
		_, _ = fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return []byte(b.String())
}
