package dataset

import (
	"fmt"
	"slices"

	"runyard/domain"
)

// jobTags are what pending jobs ask for, one or two of them together.
var jobTags = []string{"docker", "linux", "amd64", "shell", "arm64", "kubernetes", "windows", "macos", "gpu", "large"}

// The tags that lists are filtered by: two that many runners carry, and one that
// few do, however many runners there are.
const (
	CommonTag     = "docker"
	OtherCommon   = "linux"
	RareTag       = "rack-7"
	rackSize      = 250 // runners, of which every tenth has the tag
	mostTags      = 8
	vocabularyEnd = 500
)

// tagNumber is a word of the vocabulary. Its first words are those of jobs.
func tagNumber(i int) string {
	if i < len(jobTags) {
		return jobTags[i]
	}
	return fmt.Sprintf("tag-%d", i)
}

// runnerTagsOf are the tags of a runner: none to eight, most of them common.
// Every tenth runner names its rack, which is rare.
func (d Data) runnerTagsOf(runner int) domain.Tags {
	if runner == Taker {
		return slices.Clone(jobTags)
	}
	tags := domain.Tags{}
	for i := range int(draw(runner, drawTagCount) % (mostTags + 1)) {
		if i == 0 && draw(runner, drawRack)%9 == 0 {
			tags = append(tags, fmt.Sprintf("rack-%d", runner%max(1, d.Runners/rackSize)))
			continue
		}
		u := fraction(runner, drawTag+i)
		if tag := tagNumber(int(vocabularyEnd * u * u * u)); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// tagSets are what pending jobs ask for: nothing, one tag or two, 50 sets in all.
var tagSets = func() []domain.Tags {
	sets := []domain.Tags{{}}
	for i, one := range jobTags {
		for _, other := range jobTags[i+1:] {
			sets = append(sets, domain.Tags{one, other})
		}
		if i < 4 {
			sets = append(sets, domain.Tags{one})
		}
	}
	return sets
}()
