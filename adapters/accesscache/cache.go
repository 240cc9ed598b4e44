package accesscache

import (
	"time"

	"runyard/domain"
)

// Cache is what one node remembers.
type Cache struct {
	tokens    *memory[domain.Digest, bearer]
	onProject *memory[question[domain.ProjectID], domain.AccessLevel]
	onGroup   *memory[question[domain.GroupID], domain.AccessLevel]
	onRunner  *memory[question[domain.RunnerID], domain.AccessLevel]
	seesIn    *memory[question[domain.GroupID], bool]
}

// New is a cache that remembers nothing yet. now is best a clock that nobody can
// put back, such as time.Now.
func New(now func() time.Time) *Cache {
	return &Cache{
		tokens:    newMemory[domain.Digest, bearer](now, func(d domain.Digest) string { return string(d) }),
		onProject: newMemory[question[domain.ProjectID], domain.AccessLevel](now, question[domain.ProjectID].name),
		onGroup:   newMemory[question[domain.GroupID], domain.AccessLevel](now, question[domain.GroupID].name),
		onRunner:  newMemory[question[domain.RunnerID], domain.AccessLevel](now, question[domain.RunnerID].name),
		seesIn:    newMemory[question[domain.GroupID], bool](now, question[domain.GroupID].name),
	}
}

// forgetAccess forgets what memberships give, of whomever and on whatever.
// Changes of them are rare.
func (c *Cache) forgetAccess() {
	c.onProject.forget()
	c.onGroup.forget()
	c.onRunner.forget()
	c.seesIn.forget()
}
