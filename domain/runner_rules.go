package domain

import "fmt"

// The bounds of a runner's attributes (Runners API reference 3.6 and 5.4).
const (
	MinMaximumTimeout        = 600 // seconds
	maxRunnerTags            = 50
	maxRunnerDescription     = 1024 // characters
	maxRunnerName            = 256  // characters
	maxRunnerMaintenanceNote = 1024 // characters
)

// validate checks every rule of a runner's attributes and reports all that are
// broken. The number of tags is only checked when the tags change.
func (r *Runner) validate(tagsChange bool) error {
	var broken violations
	if len(r.s.Tags) == 0 && !r.s.RunUntagged {
		broken.add("tags_list", "can not be empty when runner is not allowed to pick untagged jobs")
	}
	if tagsChange && len(r.s.Tags) > maxRunnerTags {
		broken.add("tags_list", fmt.Sprintf(
			"Too many tags specified. Please limit the number of tags to %d", maxRunnerTags))
	}
	if r.s.AccessLevel == "" {
		broken.add("access_level", "can't be blank")
	}
	if r.s.Type == ProjectRunner && r.s.ProjectCount == 0 {
		broken.add("runner", "needs to be assigned to at least one project")
	}
	if r.s.MaximumTimeout != nil && *r.s.MaximumTimeout < MinMaximumTimeout {
		broken.add("maximum_timeout", "needs to be at least 10 minutes")
	}
	if longerThan(r.s.Name, maxRunnerName) {
		broken.add("name", tooLong(maxRunnerName))
	}
	if longerThan(r.s.Description, maxRunnerDescription) {
		broken.add("description", tooLong(maxRunnerDescription))
	}
	if longerThan(r.s.MaintenanceNote, maxRunnerMaintenanceNote) {
		broken.add("maintenance_note", tooLong(maxRunnerMaintenanceNote))
	}
	return broken.err()
}
