package dataset

import (
	"fmt"
	"time"

	"runyard/domain"
)

// Depth is how many groups stand above each other at most.
const Depth = 8

// The users that the benchmark signs in as. Root's token is given to the server.
const (
	root = 1
	// Lone maintains one project.
	Lone = 2
	// Broad maintains as many projects as the plan says.
	Broad = 3
	// Those after them are members of a few projects and a group.
	firstOfMany = 4
)

// LoneProject is the project that Lone maintains.
const LoneProject = 7

// DeepGroup is a group with Depth-1 others above it. DeepProject is in it.
const (
	DeepGroup   = Depth
	DeepProject = DeepGroup
)

// UserToken is the personal access token of Lone and Broad.
func UserToken(user int) string { return fmt.Sprintf("glpat-bench-user-%06d", user) }

func (d Data) users() Table {
	return Table{
		Name: "users",
		Columns: []string{
			"id", "username", "username_key", "name", "name_key", "email", "email_key", "admin", "status", "created_at",
		},
		Count: d.Users,
		Rows: numbered(d.Users, func(i int) []any {
			username, name, key, email := userName(i), fmt.Sprintf("User %d", i), fmt.Sprintf("user %d", i), fmt.Sprintf("user-%d@example.com", i)
			return []any{i, username, username, name, key, email, email, i == root, "active", d.created()}
		}),
	}
}

func userName(i int) string {
	if i == root {
		return "root"
	}
	return fmt.Sprintf("user-%d", i)
}

// created is when everything was made that does not change with time.
func (d Data) created() time.Time { return d.Now.Add(-100 * 24 * time.Hour).Truncate(time.Second) }

// parentOf is the group above the group, 0 at the top: groups are chains.
func parentOf(group int) int {
	if (group-1)%Depth == 0 {
		return 0
	}
	return group - 1
}

// groupPath is the full path of a group, groupName its full name.
func groupPath(group int) string {
	path := fmt.Sprintf("group-%d", group)
	if parent := parentOf(group); parent != 0 {
		return groupPath(parent) + "/" + path
	}
	return path
}

func groupName(group int) string {
	name := fmt.Sprintf("Group %d", group)
	if parent := parentOf(group); parent != 0 {
		return groupName(parent) + " / " + name
	}
	return name
}

// namespaces are the groups and, after them, the users' own.
func (d Data) namespaces() Table {
	return Table{
		Name: "namespaces",
		Columns: []string{
			"id", "kind", "owner_id", "parent_id", "name", "name_key", "path", "full_name", "full_path", "visibility",
			"description", "token_seed", "token_digest", "created_at",
		},
		Count: d.Groups + d.Users,
		Rows: numbered(d.Groups+d.Users, func(i int) []any {
			if i > d.Groups {
				user := i - d.Groups
				name, key := fmt.Sprintf("User %d", user), fmt.Sprintf("user %d", user)
				return []any{i, "user", user, nil, name, key, userName(user), name, userName(user), "private", "", "", nil, d.created()}
			}
			var parent any
			if above := parentOf(i); above != 0 {
				parent = above
			}
			seed := fmt.Sprintf("group-seed-%d", i)
			return []any{
				i, "group", nil, parent, fmt.Sprintf("Group %d", i), fmt.Sprintf("group %d", i), fmt.Sprintf("group-%d", i),
				groupName(i), groupPath(i), "private", "", seed, d.seedDigest(seed), d.created(),
			}
		}),
	}
}

func (d Data) seedDigest(seed string) string {
	return string(d.Vault.Digest(d.Vault.RegistrationToken(seed)))
}

func (d Data) ancestors() Table {
	return Table{
		Name: "namespace_ancestors", Columns: []string{"namespace_id", "ancestor_id"},
		Count: d.Groups*(Depth+1)/2 + d.Users,
		Rows: func(yield func([]any) bool) {
			for i := 1; i <= d.Groups+d.Users; i++ {
				for above := i; above != 0; above = parentOf(above) {
					if !yield([]any{i, above}) {
						return
					}
					if i > d.Groups {
						break
					}
				}
			}
		},
	}
}

// namespaceOf is where a project lives: one of twenty with a user.
func (d Data) namespaceOf(project int) int {
	if others := d.Users - firstOfMany; project%20 == 0 && others > 0 {
		return d.Groups + firstOfMany + project/20%others
	}
	return (project-1)%d.Groups + 1
}

// projectPath is the full path of a project.
func (d Data) projectPath(project int) string {
	in := d.namespaceOf(project)
	if in > d.Groups {
		return fmt.Sprintf("%s/project-%d", userName(in-d.Groups), project)
	}
	return fmt.Sprintf("%s/project-%d", groupPath(in), project)
}

func (d Data) projects() Table {
	return Table{
		Name: "projects",
		Columns: []string{
			"id", "namespace_id", "name", "name_key", "path", "description", "default_branch", "visibility",
			"shared_runners_enabled", "group_runners_enabled", "build_timeout", "repository_url",
			"token_seed", "token_digest", "created_at",
		},
		Count: d.Projects,
		Rows: numbered(d.Projects, func(i int) []any {
			seed := fmt.Sprintf("project-seed-%d", i)
			return []any{
				i, d.namespaceOf(i), fmt.Sprintf("Project %d", i), fmt.Sprintf("project %d", i), fmt.Sprintf("project-%d", i),
				fmt.Sprintf("What project %d is about", i), "main", "private", true, true, 3600,
				fmt.Sprintf("https://git.example.com/project-%d.git", i), seed, d.seedDigest(seed), d.created(),
			}
		}),
	}
}

// routes are the full paths of all that has one.
func (d Data) routes() Table {
	return Table{
		Name: "routes", Columns: []string{"path_key", "namespace_id", "project_id"},
		Count: d.Groups + d.Users + d.Projects,
		Rows: func(yield func([]any) bool) {
			for i := 1; i <= d.Groups+d.Users; i++ {
				path := ""
				if i > d.Groups {
					path = userName(i - d.Groups)
				} else {
					path = groupPath(i)
				}
				if !yield([]any{path, i, nil}) {
					return
				}
			}
			for i := 1; i <= d.Projects; i++ {
				if !yield([]any{d.projectPath(i), nil, i}) {
					return
				}
			}
		},
	}
}

// members are Lone and Broad, and of each other user three in projects and one
// in a group.
func (d Data) members() Table {
	levels := []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer, domain.Owner}
	return Table{
		Name: "members", Columns: []string{"id", "user_id", "namespace_id", "project_id", "level", "expires_at", "created_at"},
		Count: 1 + d.BroadProjects + 4*(d.Users-firstOfMany+1),
		Rows: func(yield func([]any) bool) {
			id := 0
			add := func(user int, namespace, project any, level domain.AccessLevel) bool {
				id++
				return yield([]any{id, user, namespace, project, int(level), nil, d.created()})
			}
			if !add(Lone, nil, LoneProject, domain.Maintainer) {
				return
			}
			for i := 1; i <= d.BroadProjects; i++ {
				if !add(Broad, nil, i, domain.Maintainer) {
					return
				}
			}
			for user := firstOfMany; user <= d.Users; user++ {
				for i := range 3 {
					project := (user+i*d.Projects/3)%d.Projects + 1
					if !add(user, nil, project, levels[(user+i)%len(levels)]) {
						return
					}
				}
				if !add(user, user%d.Groups+1, nil, levels[user%len(levels)]) {
					return
				}
			}
		},
	}
}

func (d Data) tokens() Table {
	return Table{
		Name: "personal_access_tokens",
		Columns: []string{
			"id", "user_id", "name", "scopes", "digest", "revoked", "expires_at", "created_at",
		},
		Count: d.Users - 1,
		Rows: numbered(d.Users-1, func(i int) []any { // root's comes with the start
			user := i + 1
			return []any{i, user, "bench", `["api"]`, d.digest(UserToken(user)), false, nil, d.created()}
		}),
	}
}
