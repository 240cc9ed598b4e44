package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"syscall"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// proxy stands between two that talk to each other over TCP.
type proxy struct {
	t *testing.T
	*toxiproxy.Proxy
}

// between is a proxy to an address.
func between(t *testing.T, upstream string) *proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	for {
		// Systems give these ports to no outgoing connection: nobody gets one by
		// chance while the proxy does not listen for a moment.
		listen := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(22_000))
		p := &proxy{t, toxiproxy.NewProxy(server, t.Name(), listen, upstream)}
		err := p.Start()
		if err == nil {
			t.Cleanup(p.Stop)
			return p
		}
		require.ErrorIs(t, err, syscall.EADDRINUSE)
	}
}

// connect goes on where disconnect ended, on the same address.
func (p *proxy) connect() {
	p.t.Helper()
	// Other programs choose ports of that range too, and may try this one.
	require.Eventually(p.t, func() bool { return p.Start() == nil }, patience, pollInterval, "somebody else has %s", p.Listen)
}

// disconnect cuts all connections and refuses new ones.
func (p *proxy) disconnect() { p.Stop() }

// cut cuts all connections.
func (p *proxy) cut() {
	p.t.Helper()
	p.disconnect()
	p.connect()
}

// lead changes where new connections end, and cuts the old ones.
func (p *proxy) lead(upstream string) {
	p.t.Helper()
	require.NoError(p.t, p.Update(&toxiproxy.Proxy{Listen: p.Listen, Upstream: upstream, Enabled: true}))
}

// freeze holds back every byte, in both directions, until thaw. Connections stay
// open.
func (p *proxy) freeze() {
	p.t.Helper()
	for _, stream := range []string{"upstream", "downstream"} {
		_, err := p.Toxics.AddToxicJson(strings.NewReader(
			`{"name": "freeze ` + stream + `", "type": "timeout", "stream": "` + stream + `", "attributes": {"timeout": 0}}`))
		require.NoError(p.t, err)
	}
}

// thaw ends freeze. Connections of that time are cut.
func (p *proxy) thaw() {
	p.t.Helper()
	p.Toxics.ResetToxics(context.WithoutCancel(p.t.Context()))
}

// url is a database URL that leads over the proxy.
func (p *proxy) url(databaseURL string) string {
	p.t.Helper()
	u, err := url.Parse(databaseURL)
	require.NoError(p.t, err)
	u.Host = p.Listen
	return u.String()
}
