package bench

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// poller is a runner that asks for work, as an agent of today does. Only one
// connection may use it at a time.
type poller struct {
	token, lastUpdate string
	request           string // with that last update
}

func newPoller(token string) *poller {
	p := &poller{token: token}
	p.learn("")
	return p
}

// learn keeps what an answer told for the next request.
func (p *poller) learn(lastUpdate string) {
	p.lastUpdate = lastUpdate
	body := fmt.Sprintf(`{"info": {"name": "gitlab-runner", "version": "19.4.0", "revision": "d79f3e7b", "platform": "linux", `+
		`"architecture": "amd64", "executor": "shell", "shell": "bash", "features": {"variables": true, "artifacts": true, `+
		`"cache": true, "refspecs": true, "masking": true, "cancelable": true, "cancel_gracefully": true, "trace_size": true}}, `+
		`"system_id": "s_0123456789ab", "token": %q, "last_update": %q}`, p.token, lastUpdate)
	p.request = fmt.Sprintf("POST /api/v4/jobs/request HTTP/1.1\r\nHost: runyard\r\nContent-Type: application/json\r\n"+
		"Accept: application/json\r\nRunner-Token: %s\r\nContent-Length: %d\r\n\r\n%s", p.token, len(body), body)
}

// poll asks once. There is to be no work.
func (p *poller) poll(c *connection) error {
	got, err := c.exchange(p.request)
	if err != nil {
		return err
	}
	if got.status != http.StatusNoContent {
		return fmt.Errorf("a poll was answered with %d: %s", got.status, got.body)
	}
	if lastUpdate := got.header.Get("X-GitLab-Last-Update"); lastUpdate != p.lastUpdate {
		p.learn(lastUpdate)
	}
	return nil
}

// register makes that many runners, which have not polled yet.
func register(b *testing.B, address string, n int) []*poller {
	b.Helper()
	pollers := make([]*poller, n)
	require.NoError(b, overAll(b.Context(), address, func(i int, c *connection) error {
		for ; i < n; i += connections {
			got, err := c.exchange(registration())
			if err != nil {
				return err
			}
			var registered struct{ Token string }
			if err := json.Unmarshal(got.body, &registered); err != nil {
				return err
			}
			pollers[i] = newPoller(registered.Token)
		}
		return nil
	}))
	return pollers
}
