package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

func TestAnAgentWhoseJobNobodyWatchesMayTakeItsTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		silent, want time.Duration
	}{
		"for ever silent": {0, 30 * time.Second},
		"as usual":        {5 * time.Minute, 30 * time.Second},
		"soon given up":   {time.Minute, 15 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits := application.AgentLimits{Sweep: domain.SweepLimits{Silent: test.silent}}
			inBubble(t, limits, func(t *testing.T, h *agentHarness) {
				h.storesContacts()
				h.jobs.EXPECT().Unfinished(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, nil).AnyTimes()
				stop := h.run(t)
				job := atAgent(func(s *domain.JobState) { s.StartedAt = noon })
				h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(9), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(job)).AnyTimes()
				pause := func() time.Duration {
					reply, err := h.agents.Update(t.Context(), application.UpdateJob{AgentCall: aReport, State: "running"})
					require.NoError(t, err)
					return reply.Pause
				}
				assert.Zero(t, pause(), "it has just begun")
				time.Sleep(time.Minute)
				assert.Equal(t, test.want, pause())
				h.handle(ports.QueueEvent{Watched: 8})
				assert.Equal(t, test.want, pause(), "that is another job")
				h.handle(ports.QueueEvent{Watched: 9})
				assert.Zero(t, pause())
				time.Sleep(time.Minute + 2*time.Second)
				assert.Equal(t, test.want, pause(), "whoever watched has gone")
				require.NoError(t, stop())
			})
		})
	}
}
