package measures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"runyard/domain"
	"runyard/test/bench/dataset"
	"runyard/test/bench/driver"
	"runyard/test/bench/report"
	"runyard/test/bench/server"
)

func secret(token string) domain.Secret { return domain.Secret(token) }

// poll is how an agent of today asks for work.
func poll(runner int, systemID, lastUpdate string) []byte {
	token := dataset.RunnerToken(runner)
	body := fmt.Sprintf(`{"info": {"name": "gitlab-runner", "version": "19.4.0", "revision": "d79f3e7b", "platform": "linux", `+
		`"architecture": "amd64", "executor": "shell", "shell": "bash", "features": {"variables": true, "artifacts": true, `+
		`"cache": true, "refspecs": true, "masking": true, "cancelable": true, "cancel_gracefully": true, "trace_size": true}}, `+
		`"system_id": %q, "token": %q, "last_update": %q}`, systemID, token, lastUpdate)
	return driver.Request(http.MethodPost, api("/jobs/request"), body,
		"Content-Type: application/json", "Accept: application/json", "Runner-Token: "+token)
}

// poller is a runner for which there is no work.
type poller struct {
	runner     int
	lastUpdate string
	request    []byte
}

func newPoller(runner int) *poller {
	return &poller{runner: runner, request: poll(runner, dataset.SystemID(runner), "")}
}

// exchange learns what the answer says for the next one.
func (p *poller) exchange() driver.Exchange {
	return driver.Exchange{Request: p.request, Status: http.StatusNoContent, Then: func(a driver.Answer) error {
		if a.LastUpdate != p.lastUpdate {
			p.lastUpdate = a.LastUpdate
			p.request = poll(p.runner, dataset.SystemID(p.runner), a.LastUpdate)
		}
		return nil
	}}
}

// pollersEach is how many runners poll over each connection in turn.
const pollersEach = 64

func idlePolls() Definition {
	return Definition{
		Key: "idle-poll", Kind: report.Idle, Floor: emptyHandler,
		Name: func(*Site) string { return "POST /jobs/request (idle poll)" },
		Prepare: func(ctx context.Context, s *Site) (prepared, error) {
			idle := s.Data.IdleRunners(pollersEach * driver.Connections)
			if len(idle) < driver.Connections {
				return prepared{}, errors.New("the data set has too few idle runners")
			}
			var all []*poller
			p := both(s, func(connection int) func() driver.Exchange {
				var pollers []*poller
				for i := connection; i < len(idle); i += driver.Connections {
					pollers = append(pollers, newPoller(idle[i]))
				}
				all = append(all, pollers...)
				turn := -1
				return func() driver.Exchange {
					turn = (turn + 1) % len(pollers)
					return pollers[turn].exchange()
				}
			}, always(empty))
			return p, meetAll(ctx, s, all)
		},
	}
}

// meetAll lets every runner poll once, so that the server knows all of them.
func meetAll(ctx context.Context, s *Site, pollers []*poller) error {
	return once(ctx, s, len(pollers), func(i int) driver.Exchange { return pollers[i].exchange() })
}

// once sends each of n requests to the product once.
func once(ctx context.Context, s *Site, n int, exchange func(i int) driver.Exchange) error {
	var turn atomic.Int64
	all := senders(s.Product.Addr, func(int) func() driver.Exchange {
		return func() driver.Exchange { return exchange(int(turn.Add(1) - 1)) }
	})
	_, err := driver.Drive(ctx, all.workers, meetingTime, n)
	return errors.Join(err, all.close())
}

// meetingTime is what that may take.
const meetingTime = 5 * time.Minute

const bareLoop = "a bare UPDATE of one row that nobody has locked"

// fewPending is how many jobs are pending if they are few.
const fewPending = 1000

// handOvers are jobs that go to the agents of one instance runner. Those with
// few pending jobs come last, when the others are gone, and from a server that
// never knew of these.
func handOvers() []Definition {
	return []Definition{
		handOver("hand-over", func(s *Site) int { return s.Data.Pending }, func(_ context.Context, s *Site) (*server.Server, error) {
			return s.Product, nil
		}),
		handOver("hand-over-few", func(s *Site) int { return min(fewPending, s.Data.Pending) },
			func(ctx context.Context, s *Site) (*server.Server, error) {
				if err := s.Queue.Keep(ctx, min(fewPending, s.Data.Pending)); err != nil {
					return nil, err
				}
				return s.Another(ctx)
			}),
	}
}

func handOver(key string, pending func(s *Site) int, from func(ctx context.Context, s *Site) (*server.Server, error)) Definition {
	return Definition{
		Key: key, Kind: report.HandOver, Floor: bareLoop,
		Name: func(s *Site) string { return fmt.Sprintf("POST /jobs/request (hand-over, %d pending)", pending(s)) },
		Prepare: func(ctx context.Context, s *Site) (prepared, error) {
			giver, err := from(ctx, s)
			if err != nil {
				return prepared{}, err
			}
			product := senders(giver.Addr, func(connection int) func() driver.Exchange {
				exchange := driver.Exchange{
					Request: poll(dataset.Taker, fmt.Sprintf("s_agent%06d", connection), ""), Status: http.StatusCreated,
				}
				return func() driver.Exchange { return exchange }
			})
			floor := side{before: s.Queue.RefillBare}
			for range driver.Connections {
				floor.workers = append(floor.workers, s.Queue.Bare())
			}
			product.before = s.Queue.Refill
			// Half of the jobs stay: every agent always finds one.
			product.most = s.Queue.Pending() / 2
			floor.most = product.most
			return prepared{product: product, floor: floor, counts: giver}, nil
		},
	}
}

const traceChunk = 1 << 10

// appendTraces lets each connection write the trace of a job of its own.
func appendTraces() Definition {
	chunk := strings.Repeat("what a job prints ", traceChunk)[:traceChunk]
	return Definition{
		Key: "trace", Kind: report.Other, Floor: emptyHandler,
		Name: func(*Site) string { return "PATCH /jobs/:id/trace (1 KiB)" },
		Prepare: func(ctx context.Context, s *Site) (prepared, error) {
			if err := s.Queue.Refill(ctx); err != nil {
				return prepared{}, err
			}
			jobs := make([]offered, driver.Connections)
			for i := range jobs {
				answer, err := ask(ctx, s.Product.Addr, driver.Exchange{
					Request: poll(dataset.Taker, fmt.Sprintf("s_agent%06d", i), ""), Status: http.StatusCreated,
				})
				if err != nil {
					return prepared{}, err
				}
				if err := json.Unmarshal(answer.Body, &jobs[i]); err != nil {
					return prepared{}, err
				}
			}
			return both(s, func(connection int) func() driver.Exchange {
				job, size := jobs[connection], 0
				return func() driver.Exchange {
					request := driver.Request(http.MethodPatch, api("/jobs/%d/trace", job.ID), chunk, "Content-Type: text/plain",
						"JOB-TOKEN: "+job.Token, fmt.Sprintf("Content-Range: %d-%d", size, size+traceChunk-1))
					size += traceChunk
					return driver.Exchange{Request: request, Status: http.StatusAccepted}
				}
			}, always(empty)), nil
		},
	}
}

// Definitions are all lines, those that change nothing first.
func Definitions() []Definition {
	all := append(lists(), singles()...)
	all = append(all, idlePolls())
	all = append(all, writes()...)
	all = append(all, handOvers()...)
	return append(all, appendTraces())
}
