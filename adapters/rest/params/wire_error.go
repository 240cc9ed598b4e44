package params

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

const (
	mediaJSON = "application/json"
	mediaText = "text/plain"
)

// WireError is a refusal whose answer is fixed to the byte (runners-api.md 1.2,
// 1.5 and 1.8). Whoever receives one sends it as it is.
type WireError struct {
	Status      int
	ContentType string
	Body        string
}

// Error describes the answer for logs; clients get Body alone.
func (e *WireError) Error() string {
	return fmt.Sprintf("request refused with %d: %s", e.Status, e.Body)
}

// Write sends the answer.
func (e *WireError) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", e.ContentType)
	w.WriteHeader(e.Status)
	// A client that hung up misses its own answer; nobody else has to know.
	_, _ = w.Write([]byte(e.Body))
}

// Malformed is the answer to bytes that cannot be text and to parameter names
// that contradict each other (runners-api.md 1.2).
func Malformed() *WireError {
	return &WireError{Status: http.StatusBadRequest, ContentType: mediaText, Body: "Bad Request"}
}

// WellFormed reports whether s can be the text of a path, a name or a value:
// valid UTF-8 without NUL (runners-api.md 1.2).
func WellFormed(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

func malformedJSON() *WireError {
	return &WireError{
		Status:      http.StatusBadRequest,
		ContentType: mediaJSON,
		Body:        `{"status":400,"error":"Bad Request"}`,
	}
}

// errBodyTooLarge is the answer to a body that is longer than it may be.
var errBodyTooLarge = frameworkError(http.StatusRequestEntityTooLarge, "Request Entity Too Large")

func unsupportedFormat(format any) *WireError {
	text, isText := format.(string)
	if !isText { // format[]=xml: Ruby's text of a list is its JSON.
		text = string(mustMarshal(format))
	}
	return frameworkError(http.StatusNotAcceptable, "The requested format '"+text+"' is not supported.")
}

func unsupportedMediaType(mediaType string) *WireError {
	return frameworkError(http.StatusUnsupportedMediaType,
		"The provided content-type '"+mediaType+"' is not supported.")
}

// Invalid is the answer to a parameter that is found wrong only when its
// content is read: "<name> is invalid" (runners-api.md 1.5).
func Invalid(name string) *WireError { return refusedParameters([]string{name + " is invalid"}) }

func refusedParameters(problems []string) *WireError {
	return frameworkError(http.StatusBadRequest, strings.Join(problems, ", "))
}

// frameworkError uses the key "error", which sets the answers of the framework
// apart from those of the application (runners-api.md 1.8).
func frameworkError(status int, text string) *WireError {
	body := mustMarshal(map[string]string{"error": text})
	return &WireError{Status: status, ContentType: mediaJSON, Body: string(body)}
}

// mustMarshal is for values made of strings, lists and maps: they always have a
// JSON form.
func mustMarshal(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
