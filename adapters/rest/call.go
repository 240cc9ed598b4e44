package rest

import (
	"context"
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/domain"
	"runyard/ports"
)

// call is one request as a handler sees it.
type call struct {
	server *Server
	gin    *gin.Context
	seen   *seen
	raw    params.Raw
	actor  domain.Actor // who is signed in; zero on runnerToken routes
	place  *place       // among the requests that are worked on
}

// answer is what a handler has to say. A nil body is no body, a file is sent as
// it is read, and everything else is written as JSON.
type answer struct {
	status int
	body   any
}

func ok(body any) answer             { return answer{http.StatusOK, body} }
func created(body any) answer        { return answer{http.StatusCreated, body} }
func accepted() answer               { return answer{http.StatusAccepted, message("202 Accepted")} }
func noContent() answer              { return answer{status: http.StatusNoContent} }
func message(text string) any        { return gin.H{"message": text} }
func (c *call) ctx() context.Context { return c.gin.Request.Context() }

// handle makes a gin handler of a route, in the order of checks that
// runners-api.md 1.6 demands: format, type and syntax of the body, then who
// asks, then whatever the handler checks.
func (s *Server) handle(r route) gin.HandlerFunc {
	return func(g *gin.Context) {
		c := &call{server: s, gin: g, seen: arrived(g)}
		reply, err := c.run(&r)
		if err != nil {
			err = s.failure(c.ctx(), err)
			s.logFailure(g, err)
			writeError(g, err)
			return
		}
		s.writeAnswer(g, reply)
	}
}

// run takes the request as far as the handler, and through it.
func (c *call) run(r *route) (reply answer, err error) {
	if err := c.readParameters(r); err != nil {
		return answer{}, err
	}
	if c.place, err = c.server.admission.enter(c.ctx(), r.crowded()); err != nil {
		return answer{}, err
	}
	defer c.place.leave()
	if r.body == handlersBody {
		leave, err := c.receive()
		if err != nil {
			return answer{}, err
		}
		defer leave()
	}
	switch r.access {
	case nobody:
		return r.handle(c)
	case runnerToken:
		c.takeTokenFromHeader()
		return c.throttled(c.agentToken(jobTokenHeader), func() (answer, error) { return r.handle(c) })
	case signedIn, runnerManager, runnerCreator, anyScope:
	}
	if _, err := c.throttled(c.credential(), func() (_ answer, err error) {
		c.actor, err = c.signIn(r)
		return ok(nil), err
	}); err != nil {
		return answer{}, err
	}
	return r.handle(c)
}

// readParameters reads those of the path, the query and, unless the handler does,
// the body. It stands apart so that a request that waits has a small stack.
//
//go:noinline
func (c *call) readParameters(r *route) (err error) {
	var path map[string]string
	if len(c.gin.Params) > 0 {
		path = make(map[string]string, len(c.gin.Params))
		for _, p := range c.gin.Params {
			path[p.Key] = p.Value
		}
	}
	read := c.server.reader.Read
	if r.body == handlersBody {
		read = c.server.reader.ReadURL
	}
	c.raw, err = read(c.gin.Request, path)
	return err
}

// receive lets the handler read the body, unless too many do so.
func (c *call) receive() (leaveTransfer func(), err error) {
	transfers := c.server.admission.transfers
	if !tryEnter(transfers) {
		return nil, errOverloaded
	}
	c.gin.Request.Body = &asideBody{c.gin.Request.Body, c.place}
	return func() { leave(transfers) }, nil
}

// parse checks the parameters of the request.
func (c *call) parse(schema params.Schema) (params.Values, error) { return schema.Parse(c.raw) }

// page is the page that is asked for.
func (c *call) page(values params.Values) ports.Page {
	page := paging.Of(values)
	return ports.Page{Number: page.Number, Size: page.Size}
}

// paged tells where the page lies in its list, and answers with its rows.
func paged[List ~[]T, T any](c *call, values params.Values, total int, rows List) answer {
	paging.WriteHeaders(c.gin.Writer.Header(), paging.Request{
		External: c.server.config.External,
		Path:     c.gin.Request.URL.EscapedPath(),
		Values:   values,
	}, paging.Of(values), paging.Found{Rows: len(rows), Total: total})
	return ok(rows)
}

// projectRef is the project that the path names: by id if it is a number, else
// by full path. A path without a slash names no project (runners-api.md 1.1).
func (c *call) projectRef() ports.ProjectRef {
	id, path := idOrPath(c.gin.Param("id"))
	return ports.ProjectRef{ID: domain.ProjectID(id), Path: path}
}

// groupRef is the group that the path names, by id or by full path.
func (c *call) groupRef() ports.GroupRef {
	id, path := idOrPath(c.gin.Param("id"))
	return ports.GroupRef{ID: domain.GroupID(id), Path: path}
}

// idOrPath reads a segment of digits as an id. One that does not fit, or is
// zero, is an id that nothing has.
func idOrPath(segment string) (id int64, path string) {
	for _, c := range segment {
		if c < '0' || c > '9' {
			return 0, segment
		}
	}
	id, err := strconv.ParseInt(segment, 10, 64)
	if err != nil || id == 0 {
		return math.MaxInt64, ""
	}
	return id, ""
}

// idOf is an id among the parameters. One that is empty, zero or negative is
// one that nothing has.
func idOf[ID ~int64](values params.Values, name string) ID {
	id := values.Int(name)
	if id == nil || *id < 1 {
		return math.MaxInt64
	}
	return ID(*id)
}

// orZero is the value, or the zero value if there is none.
func orZero[T any](value *T) T {
	if value == nil {
		return *new(T)
	}
	return *value
}
