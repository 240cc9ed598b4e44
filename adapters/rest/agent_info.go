package rest

import (
	"strings"
	"sync"

	"runyard/adapters/rest/params"
	"runyard/domain"
)

// agentInfo is what we make use of in what an agent tells of itself.
type agentInfo struct {
	metadata          domain.RunnerMetadata
	cancelsGracefully bool
}

// agentInfos remembers what agents told. Each says the same with every poll, and
// most say the same as many others: so it is read once, and kept once.
type agentInfos struct {
	mu    sync.RWMutex
	known map[params.Object]agentInfo
}

const (
	// maxAgentInfos is more than there are versions and features together.
	maxAgentInfos = 1000
	// maxAgentInfo is longer than what agents say.
	maxAgentInfo = 4 << 10
)

func newAgentInfos() *agentInfos { return &agentInfos{known: make(map[params.Object]agentInfo)} }

// infoOf is what the agent tells in info.
func (a *agentInfos) infoOf(values params.Values) agentInfo {
	text, ok := values.Object("info")
	if !ok || len(text) > maxAgentInfo {
		return readAgentInfo(values)
	}
	a.mu.RLock()
	info, ok := a.known[text]
	a.mu.RUnlock()
	if ok {
		return info
	}
	info = readAgentInfo(values)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxAgentInfos {
		clear(a.known)
	}
	a.known[params.Object(strings.Clone(string(text)))] = info
	return info
}

func readAgentInfo(values params.Values) agentInfo {
	told := values.Texts("info", "version", "revision", "platform", "architecture")
	return agentInfo{
		metadata: domain.RunnerMetadata{
			Version: unlessBlank(told[0]), Revision: unlessBlank(told[1]),
			Platform: unlessBlank(told[2]), Architecture: unlessBlank(told[3]),
		},
		cancelsGracefully: values.Flag("info", "features", "cancel_gracefully"),
	}
}
