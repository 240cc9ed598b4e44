package hostile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"runyard/adapters/rest"
	"runyard/domain"
	"runyard/ports"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// canaries are secrets that are looked for afterwards: the text of each and its
// digest.
type canaries []string

func (c canaries) in(w *town, text string) []string {
	var found []string
	for _, canary := range c {
		for form, spelled := range map[string]string{
			"the secret": canary, "its digest": string(w.Vault.Digest(domain.Secret(canary))),
			"the secret as a query spells it": url.QueryEscape(canary),
		} {
			if strings.Contains(text, spelled) {
				found = append(found, form)
			}
		}
	}
	return found
}

// invented is a secret that stands for nothing, and looks like one that does.
func invented(prefix string) string { return prefix + "canary-bird-of-" + prefix + "20-letters" }

// plant makes a secret of each kind, known and unknown ones.
func plant(t *testing.T, w *town) canaries {
	t.Helper()
	var job struct{ Token string }
	offer := w.Do("POST", "jobs/request", apitest.JSON(`{"token":"`+w.runners[2]+`"}`))
	require.Equal(t, 201, offer.Status, offer.Body)
	w.Into(offer, &job)
	c := canaries{w.Root, job.Token, invented("glpat-"), invented("glrt-"), invented("GR1348941"), invented("glcbt-")}
	return append(append(append(c, w.people[1:]...), w.runners...), w.registration...)
}

// The places where a token belongs, and some where it does not.
var (
	tokenHeaders    = []string{"PRIVATE-TOKEN", "Authorization", "RUNNER-TOKEN", "JOB-TOKEN", "Sudo", "Cookie", "User-Agent", "Content-Range", "X-Forwarded-For"}
	tokenParameters = []string{"token", "private_token", "access_token", "bearer_token", "job_token", "last_update", "system_id", "description", "tag_list", "name", "search"}
)

// spread sends one request that has the canary in one place, for each place.
func spread(w *town, name, canary string, see func(place string, tokenPlace bool, answer apitest.Response)) {
	method, route, _ := strings.Cut(name, " ")
	path := "/api/v4" + anyID.Replace(route)
	root := apitest.As(w.Root)
	for _, header := range tokenHeaders {
		value := canary
		if header == "Authorization" {
			value = "Bearer " + canary
		}
		see(header, header != "Sudo", w.Do(method, path, apitest.Header(header, value)))
	}
	for i, parameter := range tokenParameters {
		tokenPlace := i < 5
		see("query "+parameter, tokenPlace, w.Do(method, path+"?"+parameter+"="+url.QueryEscape(canary), root))
		if method != "GET" {
			see("form "+parameter, tokenPlace, w.Do(method, path, root, apitest.Form(parameter, canary)))
			see("JSON "+parameter, tokenPlace, w.Do(method, path, root, apitest.JSON(`{"`+parameter+`":"`+canary+`"}`)))
		}
		if method != "GET" && tokenPlace {
			see("multipart "+parameter, tokenPlace, w.Do(method, path, root, apitest.Multipart(parameter, canary)))
			see("broken JSON "+parameter, tokenPlace, w.Do(method, path, root, apitest.JSON(`{"`+parameter+`":"`+canary+`"`)))
			see("strange type "+parameter, tokenPlace, w.Do(method, path, root, apitest.Body("text/xml", canary)))
		}
	}
	see("path", false, w.Do(method, "/api/v4"+strings.NewReplacer(":id", canary, ":user_id", canary, ":runner_id", canary, ":job_id", canary).Replace(route), root))
	see("unknown path", false, w.Do(method, path+"/"+canary, root))
}

var anyID = strings.NewReplacer(":id", "999", ":user_id", "999", ":runner_id", "999", ":job_id", "999")

// What a secret is shown in: the answers that are its documented sight, by route.
var sights = map[string]bool{
	"POST /runners": true, "POST /runners/verify": true, "POST /user/runners": true,
	"POST /runners/reset_authentication_token": true, "POST /runners/:id/reset_authentication_token": true,
	"POST /runners/reset_registration_token": true, "POST /projects/:id/runners/reset_registration_token": true,
	"POST /groups/:id/runners/reset_registration_token": true, "POST /users/:id/personal_access_tokens": true,
	"GET /projects": true, "GET /projects/:id": true, "POST /projects": true, "PUT /projects/:id": true, "POST /projects/user/:user_id": true,
	"GET /groups": true, "GET /groups/:id": true, "POST /groups": true, "PUT /groups/:id": true, "POST /jobs/request": true,
}

// A secret that is sent in any place of any request gets neither into the log,
// at the level that tells most, nor into an error, nor into a metric.
func TestNoCanaryIsSeenAgain(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		core, entries := observer.New(zapcore.DebugLevel)
		w := newTown(t, store, func(c *apitest.Config) { c.Log = zap.New(core) })
		planted := plant(t, w)
		requests := 0
		for _, name := range rest.Routes() {
			// All canaries at all places would take minutes.
			canary := pick(planted, requests)
			spread(w, name, canary, func(place string, tokenPlace bool, answer apitest.Response) {
				requests++
				assert.NotEqual(t, 500, answer.Status, "%s %s", name, place)
				if tokenPlace && (answer.Status >= 400 || !sights[name]) {
					assert.Empty(t, canaries{canary}.in(w, answer.Body+fmt.Sprint(answer.Header)), "the answer to %s with a canary in %s", name, place)
				}
			})
		}
		log := textOf(t, entries.All())
		require.NotEmpty(t, log)
		assert.Empty(t, planted.in(w, log), "the log")
		assert.Empty(t, planted.in(w, w.Do("GET", "/-/metrics").Body), "the metrics")
		assert.Empty(t, planted.in(w, w.Do("GET", "/-/readiness").Body))
		t.Logf("%d requests with canaries to %d routes; %d lines of log", requests, len(rest.Routes()), entries.Len())
	})
}

func textOf(t *testing.T, entries []observer.LoggedEntry) string {
	t.Helper()
	var log bytes.Buffer
	encoder := zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig())
	for _, entry := range entries {
		line, err := encoder.EncodeEntry(entry.Entry, entry.Context)
		require.NoError(t, err)
		log.Write(line.Bytes())
	}
	return log.String()
}

// What people entrust to a job stays there: its variables, and the password in
// the URL of a repository, are for its agent alone.
func TestTheSecretsOfJobsAreForTheirAgents(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		core, entries := observer.New(zapcore.DebugLevel)
		w := newTown(t, store, func(c *apitest.Config) { c.Log = zap.New(core) })
		const variable, password = "canary-in-a-variable", "canary-in-a-url"
		project := w.Do("POST", "projects", apitest.As(w.Root), apitest.JSON(`{"name":"p","repository_url":"https://u:`+password+`@git.example.com/p.git"}`))
		require.Equal(t, 201, project.Status, project.Body)
		var made struct{ ID json.Number }
		w.Into(project, &made)
		job := w.Do("POST", "projects/"+made.ID.String()+"/jobs", apitest.As(w.Root), apitest.JSON(
			`{"name":"j","script":"x","variables":[{"key":"SECRET","value":"`+variable+`","masked":true}]}`))
		require.Equal(t, 201, job.Status, job.Body)
		for _, path := range []string{"", "/" + jobIn(w, job), "/" + jobIn(w, job) + "/trace"} {
			for _, token := range []string{w.Root, w.people[1]} {
				answer := w.Do("GET", "projects/"+made.ID.String()+"/jobs"+path, apitest.As(token))
				assert.NotContains(t, answer.Body, variable)
				assert.NotContains(t, answer.Body, password)
			}
		}
		assert.NotContains(t, job.Body, variable)
		assert.NotContains(t, textOf(t, entries.All()), "canary-in")
		assert.NotContains(t, w.Do("GET", "/-/metrics").Body, "canary-in")
	})
}

func jobIn(w *town, answer apitest.Response) string {
	var job struct{ ID json.Number }
	w.Into(answer, &job)
	return job.ID.String()
}

// leaky is storage that fails with whatever it was given on its lips.
type leaky struct {
	ports.RunnerRepository
	panics bool
}

// FindByToken fails in one of the ways that show values.
func (l leaky) FindByToken(_ context.Context, token domain.Digest) (*domain.Runner, error) {
	asked := struct {
		Token  domain.Digest
		Secret domain.Secret
	}{token, domain.Secret(invented("glrt-"))}
	if l.panics {
		panic(asked)
	}
	return nil, errors.Join(fmt.Errorf("look for %v", asked), fmt.Errorf("%#v %s %q %x", asked, token, token, token))
}

// Not even a failure or a panic in the middle of a check tells the token.
func TestAFailureDoesNotTellTheToken(t *testing.T) {
	t.Parallel()
	for name, panics := range map[string]bool{"an error": false, "a panic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, entries := observer.New(zapcore.DebugLevel)
			store := fixture.SQLite(t)
			store.Runners = leaky{store.Runners, panics}
			w := &town{API: apitest.New(t, store, func(c *apitest.Config) { c.Log = zap.New(core) })}
			token := invented("glrt-")
			answer := w.Do("POST", "runners/verify", apitest.JSON(`{"token":"`+token+`"}`))
			assert.Equal(t, 500, answer.Status)
			assert.JSONEq(t, `{"message":"500 Internal Server Error"}`, answer.Body)
			log := textOf(t, entries.All())
			assert.Contains(t, log, "[digest]", "the failure is told")
			assert.Empty(t, canaries{token}.in(w, log+answer.Body+w.Do("GET", "/-/metrics").Body))
		})
	}
}
