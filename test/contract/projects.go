package contract

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// ProjectRepository checks what ports.ProjectRepository promises.
func ProjectRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, projectPromises, projectListPromises, updatePromises("Update", countInProject))
}

var projectPromises = map[string]promise{
	"Find gives back every field that Add was given": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		for _, in := range []domain.NamespaceID{w.AddGroup(w.AddGroup(0)), w.User(user).State().Namespace} {
			namespace, err := w.Groups.Namespace(w.Context(), in)
			require.NoError(t, err)
			for _, want := range []domain.ProjectState{
				fixture.Project(namespace, fullProject).State(),
				fixture.Project(namespace, func(s *domain.ProjectState) { s.Token = domain.RegistrationToken{} }).State(),
				fixture.Project(namespace, func(s *domain.ProjectState) { s.Token = domain.RegistrationToken{} }).State(),
			} {
				if want.Token.Digest != "" {
					want.Token.Digest += domain.Digest(namespace.Kind)
				}
				id, err := w.Projects.Add(w.Context(), domain.RestoreProject(want))
				require.NoError(t, err)
				want.ID = id
				got := w.Project(id).State()
				assertEqual(t, want, got)
				assertUTC(t, got.CreatedAt)
			}
		}
	},
	"Find takes a full path, whatever the case": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(w.AddGroup(0, pathOfGroup("Top")), pathOfGroup("sub"))
		project := w.AddProject(group, pathOfProject("Tool"))
		for _, path := range []string{"Top/sub/Tool", "top/SUB/tool"} {
			got, err := w.Projects.Find(w.Context(), ports.ProjectRef{Path: path})
			require.NoError(t, err)
			assert.Equal(t, project, got.ID())
		}
		for _, path := range []string{"Tool", "sub/Tool", "Top/sub", "Top/sub/Too_", "Top/sub/Tool/", ""} {
			_, err := w.Projects.Find(w.Context(), ports.ProjectRef{Path: path})
			assertNotFound(t, "Project", err)
		}
	},
	"Find prefers the id": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project := w.AddProject(group)
		other := w.Project(w.AddProject(group)).State().FullPath
		got, err := w.Projects.Find(w.Context(), ports.ProjectRef{ID: project, Path: other})
		require.NoError(t, err)
		assert.Equal(t, project, got.ID())
		_, err = w.Projects.Find(w.Context(), ports.ProjectRef{ID: missing, Path: other})
		assertNotFound(t, "Project", err)
	},
	"FindByToken finds the project whose token it is": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		w.AddProject(group, func(s *domain.ProjectState) { s.Token = domain.RegistrationToken{} })
		want := w.Project(w.AddProject(group)).State()
		got, err := w.Projects.FindByToken(w.Context(), want.Token.Digest)
		require.NoError(t, err)
		assertEqual(t, want, got.State())
		for _, digest := range []domain.Digest{w.Group(group).State().Token.Digest, "of nothing", ""} {
			_, err = w.Projects.FindByToken(w.Context(), digest)
			require.Error(t, err)
			assert.True(t, domain.IsNotFound(err), err)
		}
	},
	"Add refuses a full path that is taken, whatever the case": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		w.AddProject(group, pathOfProject("tool"))
		w.AddGroup(group, pathOfGroup("crew"))
		namespace := w.Group(group).Namespace()
		for _, path := range []string{"tool", "Tool", "crew", "Crew"} {
			_, err := w.Projects.Add(w.Context(), fixture.Project(namespace, pathOfProject(path)))
			assertConflict(t, err)
		}
		w.AddProject(w.AddGroup(0), pathOfProject("tool")) // elsewhere it is free
	},
	"Add finds no unknown namespace": func(t *testing.T, w *fixture.World) {
		_, err := w.Projects.Add(w.Context(), fixture.Project(domain.Namespace{ID: missing, FullPath: "gone", FullName: "Gone"}))
		require.Error(t, err)
		assert.True(t, domain.IsNotFound(err), err)
	},
	"Update stores every field that changed": func(t *testing.T, w *fixture.World) {
		id := w.AddProject(w.AddGroup(0))
		var want domain.ProjectState
		require.NoError(t, w.Projects.Update(w.Context(), id, func(p *domain.Project) error {
			s := p.State()
			fullProject(&s)
			s.FullPath, s.FullName = s.Namespace.FullPath+"/"+s.Path, s.Namespace.FullName+" / "+s.Name
			want = s
			*p = *domain.RestoreProject(s)
			return nil
		}))
		assertEqual(t, want, w.Project(id).State())
		got, err := w.Projects.Find(w.Context(), ports.ProjectRef{Path: want.FullPath})
		require.NoError(t, err)
		assert.Equal(t, id, got.ID())
	},
	"Update refuses a full path that is taken, and keeps the old one": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		w.AddProject(group, pathOfProject("tool"))
		w.AddGroup(group, pathOfGroup("crew"))
		id := w.AddProject(group, pathOfProject("other"))
		for _, path := range []string{"tool", "TOOL", "crew", "CREW"} {
			assertConflict(t, w.Projects.Update(w.Context(), id, func(p *domain.Project) error {
				return p.Update(domain.ProjectChange{Path: domain.Set(path)})
			}))
		}
		assert.Equal(t, "other", w.Project(id).State().Path)
		require.NoError(t, w.Projects.Update(w.Context(), id, func(p *domain.Project) error {
			return p.Update(domain.ProjectChange{Path: domain.Set("Other")})
		}), "its own path is free for it, in another case too")
	},
	"Delete deletes memberships, pipelines and jobs, and keeps the runners": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		project, other := w.AddProject(group), w.AddProject(group)
		one, several := w.AddProjectRunner(project), w.AddProjectRunner(project)
		w.Assign(several, other)
		user := w.AddUser()
		w.AddProjectMember(project, user, domain.Owner)
		job := w.AddJob(project, func(s *domain.JobState) { s.Runner = several })
		stays := w.AddJob(other, func(s *domain.JobState) { s.Runner = several })
		path := w.Project(project).State().Path
		require.NoError(t, w.Projects.Delete(w.Context(), project))

		_, err := w.Projects.Find(w.Context(), ports.ProjectRef{ID: project})
		assertNotFound(t, "Project", err)
		_, err = w.Jobs.Find(w.Context(), project, job)
		require.Error(t, err)
		assert.True(t, domain.IsNotFound(err), err)
		_, err = w.Members.Find(w.Context(), ports.MemberSource{Project: project}, user)
		require.Error(t, err)
		assert.Zero(t, w.Runner(one).State().ProjectCount)
		assert.Equal(t, []domain.ProjectID{other}, projectsOf(t, w, several, 0))
		jobs, total := jobIDs(t, w, ports.JobQuery{Runner: several}, everything)
		assert.Equal(t, []domain.JobID{stays}, jobs)
		assert.Equal(t, 1, total)
		w.AddProject(group, pathOfProject(path)) // the path is free again
	},
	"Delete of an unknown project finds nothing": func(t *testing.T, w *fixture.World) {
		assertNotFound(t, "Project", w.Projects.Delete(w.Context(), missing))
	},
}

func pathOfGroup(path string) func(s *domain.GroupState) {
	return func(s *domain.GroupState) { s.Path = path }
}

func pathOfProject(path string) func(s *domain.ProjectState) {
	return func(s *domain.ProjectState) { s.Path = path }
}

// fullProject has a value in every field, and no default.
func fullProject(s *domain.ProjectState) {
	s.Name, s.Path, s.Description = "Full – Project", "Full.project", fixture.To("a description")
	s.DefaultBranch, s.Visibility = "trunk", domain.Public
	s.SharedRunnersEnabled, s.GroupRunnersEnabled = false, false
	s.BuildTimeout, s.RepositoryURL = 77, "https://example.com/full.git"
	s.TokenExpirationInterval = fixture.To(int64(7200))
	s.Token = domain.RegistrationToken{Seed: "full seed", Digest: "full digest"}
}

func countInProject(w *fixture.World) counter {
	id := w.AddProject(w.AddGroup(0))
	add := func(id domain.ProjectID) func(ctx context.Context, finish func() error) error {
		return func(ctx context.Context, finish func() error) error {
			return w.Projects.Update(ctx, id, func(p *domain.Project) error {
				s := p.State()
				s.BuildTimeout++
				*p = *domain.RestoreProject(s)
				return finish()
			})
		}
	}
	return counter{
		add: add(id), addToMissing: add(missing), resource: "Project",
		count: func() int { return int(w.Project(id).State().BuildTimeout) },
	}
}
