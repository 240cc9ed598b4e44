package domain

// RunnerType says whom a runner serves (Runners API reference 3.1).
type RunnerType string

// The types. An administrator can turn an instance runner into a project
// runner by assigning it; there is no other change of type.
const (
	InstanceRunner RunnerType = "instance_type" // every project
	GroupRunner    RunnerType = "group_type"    // the projects of one group and below
	ProjectRunner  RunnerType = "project_type"  // the projects it is assigned to
)

// Shared tells whether the runner serves every project.
func (t RunnerType) Shared() bool { return t == InstanceRunner }

// RunnerAccessLevel says which jobs a runner may get.
type RunnerAccessLevel string

// The access levels of a runner.
const (
	NotProtected RunnerAccessLevel = "not_protected" // any job
	RefProtected RunnerAccessLevel = "ref_protected" // jobs of protected refs only
)

// RunnerScope is where a runner belongs: what its registration token stands for.
type RunnerScope struct {
	Type    RunnerType
	Group   GroupID   // of a group runner, else zero
	Project ProjectID // of a project runner, else zero
}
