package rest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"

	"github.com/gin-gonic/gin"
	"go.uber.org/zap"
)

// file is a body that is sent while it is read.
type file struct {
	mediaType string
	name      string // empty: it is shown, not saved
	size      int64  // negative: not known
	content   io.ReadCloser
}

// writeFile sends a file. One that breaks off in the middle must not look
// complete: then the connection breaks off as well.
func (s *Server) writeFile(g *gin.Context, status int, f file) {
	defer f.content.Close()
	g.Header("Content-Type", f.mediaType)
	if f.name != "" {
		g.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	}
	if f.size >= 0 {
		g.Header("Content-Length", strconv.FormatInt(f.size, 10))
	}
	g.Header("Cache-Control", "max-age=0, private, must-revalidate")
	g.Status(status)
	g.Writer.WriteHeaderNow()
	if g.Request.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(g.Writer, f.content); err != nil {
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.config.Log.Info("client too slow", zap.String("route", g.FullPath()))
		case g.Request.Context().Err() == nil:
			s.config.Log.Error("file broken off", zap.String("route", g.FullPath()), zap.Error(err))
		}
		panic(http.ErrAbortHandler)
	}
}
