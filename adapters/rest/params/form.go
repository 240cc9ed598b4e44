package params

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
)

// parsePairs reads a query or an urlencoded body. Rack splits a query at ';'
// too, so separators are given.
func (rd Reader) parsePairs(encoded, separators string) (Raw, error) {
	collected := Raw{}
	isSeparator := func(r rune) bool { return strings.ContainsRune(separators, r) }
	for pair := range strings.FieldsFuncSeq(encoded, isSeparator) {
		escapedName, escapedValue, hasValue := strings.Cut(pair, "=")
		name, err := unescape(escapedName)
		if err != nil {
			return nil, err
		}
		var value any // A bare name is null, which is not the empty string.
		if hasValue {
			if value, err = unescape(escapedValue); err != nil {
				return nil, err
			}
		}
		if err := rd.add(collected, name, value); err != nil {
			return nil, err
		}
	}
	return collected, nil
}

func unescape(s string) (string, error) {
	plain, err := url.QueryUnescape(s)
	if err != nil || !WellFormed(plain) {
		return "", Malformed()
	}
	return plain, nil
}

// parseMultipart reads what curl --form sends. Without a boundary nothing can
// be found in the body, which then counts as empty.
func (rd Reader) parseMultipart(body, boundary string) (Raw, error) {
	collected := Raw{}
	if boundary == "" {
		return collected, nil
	}
	parts := multipart.NewReader(strings.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return collected, nil
		}
		if err != nil {
			return nil, Malformed()
		}
		name, value, err := readPart(part)
		if err != nil {
			return nil, err
		}
		if name == "" {
			continue
		}
		if err := rd.add(collected, name, value); err != nil {
			return nil, err
		}
	}
}

// readPart gives a field as a string and a file as a hash, so that a file where
// text is expected is refused as invalid. The name is empty when the part is no
// parameter: it has none, or it is a file input nobody filled.
func readPart(part *multipart.Part) (name string, value any, err error) {
	// A disposition that cannot be read has no attributes, and so no name.
	_, attributes, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name = attributes["name"]
	filename, isFile := attributes["filename"]
	if isFile && filename == "" {
		return "", nil, nil
	}
	content, err := io.ReadAll(part)
	if err != nil || !WellFormed(name) || !WellFormed(filename) {
		return "", nil, Malformed()
	}
	if isFile {
		return name, map[string]any{"filename": filename}, nil
	}
	if !WellFormed(string(content)) {
		return "", nil, Malformed()
	}
	return name, string(content), nil
}
