package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// linger is how long a service that ends goes on as usual if connections are
// open, but closes each after its next answer: a client that uses one learns that
// it is the last time, instead of sending a request into a connection that is
// being closed.
const linger = time.Second

// serveUntilDone serves until ctx ends, and a little longer; see linger.
// Requests that still run after the grace are cut off; that is no error.
func serveUntilDone(ctx context.Context, server *http.Server, listener net.Listener, grace time.Duration) error {
	connections := newConnectionCount()
	server.ConnState = connections.note
	server.Handler = closeAfterLast(ctx.Done(), server.Handler)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		connections.awaitNone(drain, linger)
		if err := server.Shutdown(drain); err != nil {
			return server.Close()
		}
		return nil
	})
	return group.Wait()
}

// closeAfterLast has every answer from the end on be the last of its connection.
func closeAfterLast(end <-chan struct{}, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&perhapsLast{w, end}, r)
	})
}

type perhapsLast struct {
	http.ResponseWriter
	end <-chan struct{}
}

// WriteHeader tells the client, however long ago the request began.
func (w *perhapsLast) WriteHeader(status int) {
	select {
	case <-w.end:
		w.Header().Set("Connection", "close")
	default:
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *perhapsLast) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// connectionCount counts the connections that are open.
type connectionCount struct {
	mu      sync.Mutex
	open    map[net.Conn]bool
	changed chan struct{}
}

func newConnectionCount() *connectionCount {
	return &connectionCount{open: make(map[net.Conn]bool), changed: make(chan struct{}, 1)}
}

// note is for http.Server.ConnState.
func (c *connectionCount) note(conn net.Conn, state http.ConnState) {
	if state != http.StateNew && state != http.StateClosed {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateNew {
		c.open[conn] = true
		return
	}
	delete(c.open, conn)
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

func (c *connectionCount) none() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open) == 0
}

// awaitNone waits until no connection is open, but no longer than that.
func (c *connectionCount) awaitNone(ctx context.Context, longest time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for !c.none() {
		select {
		case <-c.changed:
		case <-ctx.Done():
			return
		}
	}
}
