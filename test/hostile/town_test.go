package hostile

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// kind is what an id belongs to.
type kind string

const (
	aProject kind = "project"
	aGroup   kind = "group"
	aRunner  kind = "runner"
	aUser    kind = "user"
	aToken   kind = "token"
	aJob     kind = "job"
)

// town is a server with a bit of everything, and what a visitor knows of it: ids
// and tokens, those that the server told since included.
type town struct {
	*apitest.API
	ids          map[kind][]string
	people       []string // tokens of users
	runners      []string // tokens of runners
	registration []string // registration tokens
	jobs         map[string]string
}

func newTown(t testing.TB, store fixture.Store, options ...apitest.Option) *town {
	w := &town{
		API: apitest.New(t, store, options...), ids: map[kind][]string{}, jobs: map[string]string{},
		registration: []string{apitest.RegistrationToken},
	}
	w.people = []string{w.Root}
	owner := w.person()
	group := w.AddGroupOf(owner, 0, w.withGroupToken())
	below := w.AddGroupOf(owner, group, w.withGroupToken())
	site := w.AddProject(group, w.withProjectToken(domain.Private))
	shop := w.AddProject(below, w.withProjectToken(domain.Internal))
	for _, level := range []domain.AccessLevel{domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer} {
		id := w.person()
		w.AddProjectMember(site, id, level)
	}
	stranger := w.person()
	own := w.AddPersonalProject(stranger, w.withProjectToken(domain.Public))
	w.know(aGroup, int64(group), int64(below))
	w.know(aProject, int64(site), int64(shop), int64(own))
	for _, id := range []domain.ProjectID{site, shop, own} {
		w.ids[aProject] = append(w.ids[aProject], url.PathEscape(w.Project(id).State().FullPath))
	}
	w.ids[aGroup] = append(w.ids[aGroup], url.PathEscape(w.Group(below).State().FullPath))
	w.know(aRunner,
		int64(w.AddInstanceRunner(w.withRunnerToken("instance"))),
		int64(w.AddGroupRunner(group, w.withRunnerToken("group"))),
		int64(w.AddProjectRunner(site, w.withRunnerToken("project"))),
		int64(w.AddProjectRunner(shop, w.withRunnerToken("tagged"))))
	for _, id := range []domain.ProjectID{site, site, shop, own} {
		w.know(aJob, int64(w.AddJob(id)))
	}
	return w
}

func (w *town) know(of kind, ids ...int64) {
	for _, id := range ids {
		w.ids[of] = append(w.ids[of], strconv.FormatInt(id, 10))
	}
}

// person adds a user with a token.
func (w *town) person() domain.UserID {
	id := w.AddUser()
	w.know(aUser, int64(id))
	w.people = append(w.people, w.TokenOf(id))
	return id
}

func (w *town) withRunnerToken(name string) func(s *domain.RunnerState) {
	token := "a-long-token-of-the-runner-" + name
	w.runners = append(w.runners, token)
	return func(s *domain.RunnerState) { s.Token = w.Vault.Digest(domain.Secret(token)) }
}

func (w *town) withGroupToken() func(s *domain.GroupState) {
	return func(s *domain.GroupState) { s.Token.Digest = w.Vault.Digest(w.registrationToken(s.Token.Seed)) }
}

func (w *town) withProjectToken(visibility domain.Visibility) func(s *domain.ProjectState) {
	return func(s *domain.ProjectState) {
		s.Visibility = visibility
		s.Token.Digest = w.Vault.Digest(w.registrationToken(s.Token.Seed))
	}
}

func (w *town) registrationToken(seed string) domain.Secret {
	token := w.Vault.RegistrationToken(seed)
	w.registration = append(w.registration, token.Reveal())
	return token
}

// learn notes the ids and tokens that an answer tells.
func (w *town) learn(route string, answer apitest.Response) {
	if answer.Status != http.StatusCreated && answer.Status != http.StatusOK {
		return
	}
	var told struct {
		ID    json.Number
		Token string
	}
	if json.Unmarshal([]byte(answer.Body), &told) != nil {
		return
	}
	switch route {
	case "POST /runners", "POST /user/runners":
		w.ids[aRunner] = append(w.ids[aRunner], told.ID.String())
		w.runners = append(w.runners, told.Token)
	case "POST /runners/reset_authentication_token", "POST /runners/:id/reset_authentication_token":
		w.runners = append(w.runners, told.Token)
	case "POST /runners/reset_registration_token", "POST /projects/:id/runners/reset_registration_token",
		"POST /groups/:id/runners/reset_registration_token":
		w.registration = append(w.registration, told.Token)
	case "POST /users":
		w.ids[aUser] = append(w.ids[aUser], told.ID.String())
	case "POST /users/:id/personal_access_tokens":
		w.ids[aToken] = append(w.ids[aToken], told.ID.String())
		w.people = append(w.people, told.Token)
	case "POST /groups":
		w.ids[aGroup] = append(w.ids[aGroup], told.ID.String())
	case "POST /projects", "POST /projects/user/:user_id":
		w.ids[aProject] = append(w.ids[aProject], told.ID.String())
	case "POST /projects/:id/jobs", "POST /projects/:id/jobs/:job_id/retry":
		w.ids[aJob] = append(w.ids[aJob], told.ID.String())
	case "POST /jobs/request":
		w.jobs[told.ID.String()] = told.Token
	}
}

// pick is the one of the list that a number stands for.
func pick(list []string, number int) string {
	if len(list) == 0 {
		return ""
	}
	return list[number%len(list)]
}

// id is one that the number stands for.
func (w *town) id(of kind, number int) string { return pick(w.ids[of], number) }

// jobToken is the token of the job, or of none.
func (w *town) jobToken(id string) string {
	if token, known := w.jobs[id]; known {
		return token
	}
	return fmt.Sprint("glcbt-unknown-token-of-", id)
}
