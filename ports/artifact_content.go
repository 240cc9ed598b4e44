package ports

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"regexp"
)

var artifactKey = regexp.MustCompile(`^[0-9A-Za-z._/-]{1,200}$`)

// CheckArtifactKey refuses a key that no ArtifactStore takes. A key is a
// relative path, "12/archive.zip", of at most 200 letters, digits and "._-";
// none of its elements is "." or "..".
func CheckArtifactKey(key string) error {
	if key == "." || !fs.ValidPath(key) || !artifactKey.MatchString(key) {
		return fmt.Errorf("%q is no key of an artifact", key)
	}
	return nil
}

// LimitArtifact is the content as an ArtifactStore may read it: more than limit
// bytes end with ErrArtifactTooLarge, and nothing more is read once ctx has
// ended.
func LimitArtifact(ctx context.Context, content io.Reader, limit int64) io.Reader {
	return &limitedArtifact{ctx: ctx, content: content, left: max(limit, 0)}
}

type limitedArtifact struct {
	ctx     context.Context
	content io.Reader
	left    int64
}

// Read asks for one byte more than is allowed, to learn whether there is one.
func (a *limitedArtifact) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	if int64(len(p))-1 > a.left {
		p = p[:a.left+1]
	}
	n, err := a.content.Read(p)
	if int64(n) > a.left {
		return int(a.left), ErrArtifactTooLarge
	}
	a.left -= int64(n)
	return n, err
}
