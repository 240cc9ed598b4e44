package rest

import (
	"errors"
	"net/http"

	"runyard/domain"
)

// throttled does what tells whether a token is good, unless the client has shown
// too many wrong ones, and remembers how it went.
func (c *call) throttled(token domain.Secret, check func() (answer, error)) (answer, error) {
	throttle, client := c.server.throttle, c.seen.clientAddress()
	if err := throttle.admit(c.gin.Writer.Header(), client, token); err != nil {
		return answer{}, err
	}
	reply, err := check()
	switch {
	case token == "":
	case isWrongToken(err):
		throttle.wrongToken(client)
	case err == nil && reply.status < http.StatusMultipleChoices:
		throttle.rightToken(client, token)
	}
	return reply, err
}

// isWrongToken tells whether the request was refused because its token stands
// for nothing: then users are unknown, and agents forbidden without a reason. A
// token that is known but of no use any more is no guess.
func isWrongToken(err error) bool {
	var refusal *domain.Error
	if !errors.As(err, &refusal) {
		return false
	}
	return refusal.Kind == domain.KindUnauthenticated || refusal.Kind == domain.KindForbidden && refusal.Reason == ""
}
