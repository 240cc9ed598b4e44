package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// front stands between the agents and the server, and can step in.
type front struct {
	// refuse answers a request in the server's stead; nil: it never does.
	refuse func(w http.ResponseWriter, r *http.Request) bool
	// answered sees what the server said before the agent does; nil: it does not.
	answered func(answer *http.Response) error
}

// behind puts the world behind a front: whatever speaks to the server from now
// on speaks to the front. close takes the front away.
func (w *world) behind(ctx context.Context, f front) (closeFront func() error, err error) {
	target, err := url.Parse(w.url)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: f.answered,
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.refuse == nil || !f.refuse(w, r) {
			proxy.ServeHTTP(w, r)
		}
	})}
	go server.Serve(listener) //nolint:errcheck // it ends when it is closed
	direct := w.url
	w.url = "http://" + listener.Addr().String()
	return func() error {
		w.url = direct
		return server.Close()
	}, nil
}
