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
	return append(restOfTables(), operationsTable, runnerTable, assignmentTable, todaysTable, todaysAgentTable)
}

// operationsTable is for whoever reaches the server: who may is a matter of the
// network.
var operationsTable = []rule{
	{request: "GET /-/liveness", ask: plain("/-/liveness"), want: everybody(shown)},
	{request: "GET /-/readiness", ask: plain("/-/readiness"), want: everybody(shown)},
	{request: "GET /-/metrics", ask: plain("/-/metrics"), want: everybody(shown)},
}

func TestWhoMayAskWhatOperatorsAsk(t *testing.T) {
	t.Parallel()
	checkTable(t, oneForEachColumn(), operationsTable)
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
