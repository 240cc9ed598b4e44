package application_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
)

// queue is a queue of jobs that hands each one out once.
type queue struct {
	clock   ports.Clock
	mu      sync.Mutex
	waiting []domain.QueuedJob
	since   map[domain.JobID]time.Time
	waited  map[domain.JobID]time.Duration // of the jobs that were handed out
	taken   int                            // times that a job was handed out
}

func (q *queue) add(job domain.QueuedJob) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, job)
	q.since[job.Job] = q.clock.Now()
}

// claim is JobRepository.Claim.
func (q *queue) claim(_ context.Context, r *domain.Runner, take func(*domain.Job) error) (ports.JobDetails, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, job := range q.waiting {
		if r.Refuses(job, true) != domain.NotRefused {
			continue
		}
		details := aPendingJob(job.Job)
		if err := take(details.Job); err != nil {
			return ports.JobDetails{}, false, err
		}
		q.waiting = slices.Delete(q.waiting, i, i+1)
		q.waited[job.Job] = q.clock.Now().Sub(q.since[job.Job])
		q.taken++
		return details, true, nil
	}
	return ports.JobDetails{}, false, nil
}

// putBack is JobRepository.Update of a job that is taken back.
func (q *queue) putBack(_ context.Context, id domain.JobID, _ time.Time, _ func(*domain.Job) error) ([]domain.JobID, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, queued(id, tagOf(id)...))
	q.taken--
	return nil, nil
}

// tagOf gives every third job a tag that few runners have.
func tagOf(id domain.JobID) []string {
	if id%3 == 0 {
		return []string{"rare"}
	}
	return nil
}

// Connections come and go, runners change, jobs come in bursts: in a bubble, a
// job that waits for anything but a runner shows as time that passes.
func TestNoJobIsLostOrGivenTwiceHoweverManyPoll(t *testing.T) {
	t.Parallel()
	const runners, jobs = 24, 600
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		q := &queue{clock: h.Clock, since: make(map[domain.JobID]time.Time), waited: make(map[domain.JobID]time.Duration)}
		h.jobs.EXPECT().Claim(gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(q.claim).AnyTimes()
		h.jobs.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).DoAndReturn(q.putBack).AnyTimes()
		h.jobs.EXPECT().Queued(gomock.Any(), gomock.Any()).DoAndReturn(
			func(_ context.Context, ids []domain.JobID) ([]domain.QueuedJob, error) {
				return []domain.QueuedJob{queued(ids[0], tagOf(ids[0])...)}, nil
			}).AnyTimes()
		h.signals.EXPECT().Publish(gomock.Any(), gomock.Any()).DoAndReturn(func(_ context.Context, e ports.QueueEvent) error {
			h.handle(e)
			return nil
		}).AnyTimes()
		h.storesContacts()
		for id := range domain.RunnerID(runners) {
			h.knows(theRunner(id+1, func(s *domain.RunnerState) {
				if id%4 == 0 {
					s.Tags = domain.Tags{"rare"}
				}
			}))
		}
		stop := h.run(t)
		ctx, leave := context.WithCancel(t.Context())
		var polls sync.WaitGroup
		for id := range domain.RunnerID(runners) {
			polls.Go(func() { h.poll(ctx, tokenOf(id+1)) })
		}
		chance := rand.New(rand.NewPCG(1, 2))
		for id := range domain.JobID(jobs) {
			q.add(queued(id, tagOf(id)...))
			h.handle(ports.QueueEvent{Queued: []domain.QueuedJob{queued(id, tagOf(id)...)}})
			if chance.IntN(20) == 0 {
				h.handle(ports.QueueEvent{Runners: []domain.RunnerID{domain.RunnerID(chance.IntN(runners) + 1)}})
			}
			if chance.IntN(4) == 0 {
				time.Sleep(time.Duration(chance.IntN(1000)) * time.Millisecond)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		leave()
		polls.Wait()
		require.NoError(t, stop())
		assert.Equal(t, jobs, q.taken)
		assert.Len(t, q.waited, jobs)
		for id, waited := range q.waited {
			assert.Zero(t, waited, "job %d", id)
		}
	})
}

// poll asks for work as an agent does whose connection breaks now and then.
func (h *agentHarness) poll(ctx context.Context, token domain.Secret) {
	known := ""
	chance := rand.New(rand.NewPCG(3, uint64(len(token))))
	for ctx.Err() == nil {
		connected, leave := context.WithTimeout(ctx, time.Duration(1+chance.IntN(20_000))*time.Millisecond)
		offer, err := h.agents.Request(connected, asking(token, known))
		leave()
		if err == nil && offer.Job == nil {
			known = offer.LastUpdate
		}
	}
}
