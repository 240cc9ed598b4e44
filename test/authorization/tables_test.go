package authorization

import (
	"slices"
	"testing"
)

// The table of the Runners API where somebody's level decides: it matters how
// they came to it.
func TestWhoMayDoWhatWithRunners(t *testing.T) {
	t.Parallel()
	checkTable(t, everyRole(), slices.Concat(runnerTable, assignmentTable))
}

// The tables of the service around it, and of the agents that bring a token of
// their own.
func TestWhoMayDoWhatWithTheRest(t *testing.T) {
	t.Parallel()
	checkTable(t, oneForEachColumn(), slices.Concat(agentTable, userTable,
		jobTable, projectMemberTable, groupMemberTable, projectTable, groupTable))
}
