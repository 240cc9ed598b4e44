package authorization

import (
	"slices"
	"testing"
)

// restOfTables are the tables of the service around runners, and of the agents
// that bring a token of their own. What ends a place comes last.
func restOfTables() [][]rule {
	return [][]rule{agentTable, userTable, jobTable, projectMemberTable, groupMemberTable, projectTable, groupTable}
}

func everyTable() [][]rule {
	return append(restOfTables(), runnerTable, assignmentTable, todaysTable, todaysAgentTable)
}

// With runners it is tried out in how many ways somebody comes to a level.
func TestWhoMayDoWhatWithRunners(t *testing.T) {
	t.Parallel()
	checkTable(t, everyRole(), slices.Concat(runnerTable, assignmentTable))
}

func TestWhoMayDoWhatWithTheRest(t *testing.T) {
	t.Parallel()
	checkTable(t, oneForEachColumn(), slices.Concat(restOfTables()...))
}
