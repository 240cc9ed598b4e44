package application_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

func TestExpiredArtifactsAreDeletedBytesFirst(t *testing.T) {
	t.Parallel()
	inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
		many := make([]domain.Artifact, 100)
		for i := range many {
			many[i] = anArchive()
		}
		var steps []string
		now := noon.Add(time.Minute)
		h.artifacts.EXPECT().Expired(gomock.Any(), now, 100).Return(many, nil)
		h.artifacts.EXPECT().Expired(gomock.Any(), now, 100).Return([]domain.Artifact{anArchive()}, nil)
		h.artifactStore.EXPECT().Delete(gomock.Any(), "9/key").Times(101).DoAndReturn(func(context.Context, string) error {
			steps = append(steps, "bytes")
			return nil
		})
		h.artifacts.EXPECT().Delete(gomock.Any(), domain.ArtifactID(3)).Times(101).DoAndReturn(
			func(context.Context, domain.ArtifactID) error {
				steps = append(steps, "row")
				return nil
			})
		stop := h.run(t)
		time.Sleep(time.Minute + time.Second)
		require.NoError(t, stop())
		assert.Equal(t, slices.Repeat([]string{"bytes", "row"}, 101), steps)
	})
}

func TestExpiredArtifactsThatCannotBeDeletedAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(h *agentHarness){
		"they cannot be found": func(h *agentHarness) {
			h.artifacts.EXPECT().Expired(gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, errDown)
		},
		"the bytes stay": func(h *agentHarness) {
			h.artifacts.EXPECT().Expired(gomock.Any(), gomock.Any(), gomock.Any()).Return([]domain.Artifact{anArchive()}, nil)
			h.artifactStore.EXPECT().Delete(gomock.Any(), "9/key").Return(errDown)
		},
		"what is known stays": func(h *agentHarness) {
			h.artifacts.EXPECT().Expired(gomock.Any(), gomock.Any(), gomock.Any()).Return([]domain.Artifact{anArchive()}, nil)
			h.artifactStore.EXPECT().Delete(gomock.Any(), "9/key").Return(nil)
			h.artifacts.EXPECT().Delete(gomock.Any(), domain.ArtifactID(3)).Return(errDown)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, application.AgentLimits{}, func(t *testing.T, h *agentHarness) {
				before(h)
				h.faults.EXPECT().Note(gomock.Any(), "delete expired artifacts", errDown)
				stop := h.run(t)
				time.Sleep(2*time.Minute + time.Second) // the second time there is none
				require.NoError(t, stop())
			})
		})
	}
}
