package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
)

const noJob = `{"message":"404 Job Not Found"}`

// enqueued is a job that was put in the queue.
type enqueued struct {
	ID       domain.JobID
	Status   string
	Pipeline struct {
		ID       domain.PipelineID
		SHA, Ref string
		Status   string
	}
}

func (s *scene) enqueue(t *testing.T, body string) enqueued {
	t.Helper()
	got := s.Do("POST", at("projects/%d/jobs", s.site), s.byDeveloper, apitest.JSON(body))
	require.Equal(t, 201, got.Status, got.Body)
	var job enqueued
	s.Into(got, &job)
	return job
}

func TestPuttingAJobInTheQueue(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		path := at("projects/%d/jobs", s.site)
		golden(t, "job-with-defaults", s.Do("POST", path, s.byDeveloper, apitest.JSON(`{"name":"test","script":"make"}`)).Body)
		golden(t, "job-with-everything", s.Do("POST", "projects/acme%2Fsite/jobs", s.byDeveloper, apitest.JSON(`{
			"name":"deploy","stage":"deploy","script":["a","b"],"before_script":"x","after_script":["y"],"ref":"v1","tag":true,
			"protected":true,"tag_list":["b","a"],"variables":{"A":"1","B":2},"image":{"name":"alpine","entrypoint":["sh"]},
			"services":["postgres",{"name":"redis","alias":"cache"}],"artifacts":{"name":"n","paths":["out"],"expire_in":"1 week"},
			"timeout":60,"allow_failure":true,"when":"manual",
			"commit":{"id":"2ae6a7ba41cf1d3a2a4b9f6f5d2a5d4ea0f6c1a7","title":"T","message":"T\n","created_at":"2021-06-01T01:02:03.000+02:00",
			"author_name":"Jo","author_email":"jo@example.com","committer_name":"Al","committer_email":"al@example.com"}}`)).Body)
		byForm := s.Do("POST", path, s.byDeveloper, apitest.Form("name", "form", "script", "make", "tag_list", "a,b"))
		assert.Equal(t, 201, byForm.Status, byForm.Body)
		has(t, byForm, map[string]string{"tag_list": `["a","b"]`, "status": `"pending"`})
	})
}

func TestJobsWaitForTheJobsTheyNeed(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		first := s.enqueue(t, `{"name":"first","script":"a","ref":"feature"}`)
		assert.Equal(t, "pending", first.Status)
		needy := s.enqueue(t, at(`{"name":"second","script":["a"],"pipeline_id":%d,"needs":[%d]}`, first.Pipeline.ID, first.ID))
		assert.Equal(t, "created", needy.Status)
		assert.Equal(t, first.Pipeline.ID, needy.Pipeline.ID)
		assert.Equal(t, "feature", needy.Pipeline.Ref)
		manual := s.enqueue(t, at(`{"name":"third","script":["a"],"pipeline_id":%d,"when":"manual"}`, first.Pipeline.ID))
		assert.Equal(t, "manual", manual.Status)
		for status, want := range map[domain.JobStatus]string{
			domain.JobSuccess: "pending", domain.JobFailed: "skipped", domain.JobCanceled: "skipped",
			domain.JobSkipped: "skipped", domain.JobRunning: "created",
		} {
			before := s.AddJob(s.site, func(j *domain.JobState) { j.Status = status })
			var known enqueued
			s.Into(s.Do("GET", at("projects/%d/jobs/%d", s.site, before), s.byDeveloper), &known)
			job := s.enqueue(t, at(`{"name":"after","script":"a","pipeline_id":%d,"needs":[%d]}`, known.Pipeline.ID, before))
			assert.Equal(t, want, job.Status, status)
		}
	})
}

func TestShapesThatNoJobHas(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		path := at("projects/%d/jobs", s.site)
		with := func(json string) []apitest.Part {
			return parts(s.byDeveloper, apitest.JSON(`{"name":"n","script":"s",`+json+`}`))
		}
		table := map[string]exchange{
			"nothing":                   {"POST", path, parts(s.byDeveloper), 400, `{"error":"name is missing, script is missing"}`},
			"a list as name":            {"POST", path, with(`"name":[]`), 400, `{"error":"name is invalid"}`},
			"another when":              {"POST", path, with(`"when":"always"`), 400, `{"error":"when does not have a valid value"}`},
			"no script":                 {"POST", path, with(`"script":[]`), 400, `{"message":{"script":["can't be blank"]}}`},
			"no name":                   {"POST", path, with(`"name":""`), 400, `{"message":{"name":["can't be blank"]}}`},
			"no time":                   {"POST", path, with(`"timeout":0`), 400, `{"message":{"timeout":["must be at least 1 second"]}}`},
			"needs of nowhere":          {"POST", path, with(`"needs":[99]`), 400, `{"message":{"needs":["must be jobs of the same pipeline"],"dependencies":["must be jobs of the same pipeline"]}}`},
			"dependencies of nowhere":   {"POST", path, with(`"dependencies":[99]`), 400, `{"message":{"dependencies":["must be jobs of the same pipeline"]}}`},
			"a commit without an id":    {"POST", path, with(`"commit":{"title":"t"}`), 400, `{"message":{"commit":["needs an id"]}}`},
			"a commit that is none":     {"POST", path, with(`"commit":{"id":"--upload-pack=evil"}`), 400, `{"message":{"commit":["needs an id of 8 to 64 hexadecimal digits"]}}`},
			"a ref that is an option":   {"POST", path, with(`"ref":"-h"`), 400, `{"message":{"ref":["is not a valid name of a branch or tag"]}}`},
			"a ref that git refuses":    {"POST", path, with(`"ref":"a..b"`), 400, `{"message":{"ref":["is not a valid name of a branch or tag"]}}`},
			"a pipeline of nowhere":     {"POST", path, with(`"pipeline_id":99`), 404, `{"message":"404 Pipeline Not Found"}`},
			"by a stranger":             {"POST", path, parts(s.byStranger), 404, noProject},
			"by nobody":                 {"POST", path, nil, 401, unauthorized},
			"a job that does not exist": {"GET", path + "/99", parts(s.byDeveloper), 404, noJob},
			"a job that is no number":   {"GET", path + "/abc", parts(s.byDeveloper), 400, `{"error":"job_id is invalid"}`},
			"jobs of a stranger":        {"GET", path, parts(s.byStranger), 404, noProject},
			"an unknown scope":          {"GET", path + "?scope[]=done", parts(s.byDeveloper), 400, `{"error":"scope does not have a valid value"}`},
		}
		for name, shape := range map[string]string{
			"script": `5`, "before_script": `{}`, "after_script": `[1]`, "variables": `"x"`, "image": `5`, "services": `"x"`,
			"artifacts": `"x"`, "needs": `["a"]`, "dependencies": `{}`, "commit": `"x"`, "tag": `"maybe"`, "protected": `2`,
			"allow_failure": `[]`, "timeout": `"long"`, "pipeline_id": `"x"`,
		} {
			table["a bad "+name] = exchange{"POST", path, with(`"` + name + `":` + shape), 400, `{"error":"` + name + ` is invalid"}`}
		}
		exchangeAll(t, s.API, table)
		assert.Equal(t, "[]", s.Do("GET", path, s.byDeveloper).Body, "nothing was put in the queue")
	})
}

func TestJobsOfAProject(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		reporter, guest := s.AddUser(), s.AddUser()
		s.AddProjectMember(s.site, reporter, domain.Reporter)
		s.AddProjectMember(s.site, guest, domain.Guest)
		byReporter, byGuest := apitest.As(s.TokenOf(reporter)), apitest.As(s.TokenOf(guest))
		pending := s.AddJob(s.site)
		failed := s.AddJob(s.site, func(j *domain.JobState) { j.Status = domain.JobFailed })
		elsewhere := s.AddJob(s.shop)
		path := at("projects/%d/jobs", s.site)
		for query, want := range map[string][]domain.JobID{
			"":                                  {failed, pending},
			"?scope=failed":                     {failed},
			"?scope[]=failed":                   {failed},
			"?scope[]=failed&scope[]=pending":   {failed, pending},
			"?scope[]=success":                  {},
			"?per_page=1&page=2":                {pending},
			"?scope[]=pending&scope[]=canceled": {pending},
		} {
			assert.Equal(t, want, ids[domain.JobID](t, s.Do("GET", path+query, byReporter)), query)
		}
		exchangeAll(t, s.API, map[string]exchange{
			"a Guest lists":            {"GET", path, parts(byGuest), 403, forbidden},
			"a Guest reads":            {"GET", at(path+"/%d", pending), parts(byGuest), 403, forbidden},
			"a Reporter writes":        {"POST", path, parts(byReporter), 403, forbidden},
			"a job of another project": {"GET", at(path+"/%d", elsewhere), parts(byReporter), 404, noJob},
		})
		for _, variables := range []string{
			`{"A":"1","B":true,"C":null}`,
			`[{"key":"A","value":"1","masked":true,"public":true},{"key":"B","value":"x","file":true}]`,
		} {
			s.enqueue(t, `{"name":"v","script":"s","variables":`+variables+`}`)
		}
	})
}
