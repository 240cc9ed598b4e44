package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"runyard/ports"
)

const (
	// signalChannel is the channel of NOTIFY.
	signalChannel = "runyard_queue"
	// longestSignal is how many bytes NOTIFY takes.
	longestSignal = 7999
	// The waits between attempts to listen again grow from the first to the last.
	firstListenRetry = 100 * time.Millisecond
	lastListenRetry  = time.Second
	// listenCheck is how long a connection may be silent before it is asked
	// whether it is still there.
	listenCheck = 10 * time.Second
)

// postgresSignals carries queue events by NOTIFY.
type postgresSignals struct {
	db     *bun.DB
	config *pgx.ConnConfig
}

// Publish implements ports.QueueSignals. The database has the event on its way
// when the statement ends.
func (s *postgresSignals) Publish(ctx context.Context, e ports.QueueEvent) error {
	texts, err := signalTexts(e)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if _, err := s.db.NewRaw("SELECT pg_notify(?, ?)", signalChannel, text).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// signalTexts is the event in pieces that NOTIFY takes. What is too long by
// itself becomes Everything.
func signalTexts(e ports.QueueEvent) ([]string, error) {
	text, err := json.Marshal(e)
	if err != nil || len(text) <= longestSignal {
		return []string{string(text)}, err
	}
	one, other := e, ports.QueueEvent{Everything: e.Everything}
	switch {
	case len(e.Queued) > 1:
		half := len(e.Queued) / 2
		one.Queued, other.Queued = e.Queued[:half], e.Queued[half:]
	case len(e.Queued) > 0 && len(e.Runners) > 0:
		one.Runners, other.Runners = nil, e.Runners
	case len(e.Runners) > 1:
		half := len(e.Runners) / 2
		one.Runners, other.Runners = e.Runners[:half], e.Runners[half:]
	default:
		return signalTexts(ports.QueueEvent{Everything: true})
	}
	texts, err := signalTexts(one)
	if err != nil {
		return nil, err
	}
	more, err := signalTexts(other)
	return append(texts, more...), err
}

// Listen implements ports.QueueSignals, on a connection outside the pool. When
// that is lost it connects again, however long it takes.
func (s *postgresSignals) Listen(ctx context.Context, handle func(e ports.QueueEvent)) error {
	wait := firstListenRetry
	for ctx.Err() == nil {
		err := s.listenOnce(ctx, func(e ports.QueueEvent) {
			wait = firstListenRetry
			handle(e)
		})
		if err == nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, lastListenRetry)
	}
	return nil
}

// listenOnce listens until the connection is lost, which is an error, or ctx
// ends.
func (s *postgresSignals) listenOnce(ctx context.Context, handle func(e ports.QueueEvent)) error {
	conn, err := pgx.ConnectConfig(ctx, s.config.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // there is nothing to lose
	if err := listen(ctx, conn); err != nil {
		return err
	}
	handle(ports.QueueEvent{Everything: true})
	for ctx.Err() == nil {
		notification, err := waitForSignal(ctx, conn)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, context.DeadlineExceeded):
			err = ping(ctx, conn)
		case err == nil:
			handle(readSignal(notification.Payload))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func listen(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, listenCheck)
	defer cancel()
	_, err := conn.Exec(ctx, "LISTEN "+signalChannel)
	return err
}

func waitForSignal(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	ctx, cancel := context.WithTimeout(ctx, listenCheck)
	defer cancel()
	return conn.WaitForNotification(ctx)
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, listenCheck)
	defer cancel()
	return conn.Ping(ctx)
}

// readSignal takes what it does not understand, from a node of another version,
// for anything.
func readSignal(text string) ports.QueueEvent {
	var e ports.QueueEvent
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return ports.QueueEvent{Everything: true}
	}
	return e
}
