package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"
)

// Ask asks for a job once. The job is nil if there is none.
func (a *Agent) Ask() (*Job, Answer) {
	a.t.Helper()
	job, answer, err := a.AskUntil(a.t.Context())
	require.NoError(a.t, err)
	return job, answer
}

// AskUntil is Ask for an agent that may go away meanwhile.
func (a *Agent) AskUntil(ctx context.Context) (*Job, Answer, error) {
	body := map[string]any{"info": a.Version.info()}
	if a.Version.managers {
		body["system_id"] = a.SystemID
	}
	if a.lastUpdate != "" {
		body["last_update"] = a.lastUpdate
	}
	answer, err := a.try(ctx, a.json(http.MethodPost, "jobs/request", a.Version.runnerHeader, a.Token, body))
	if err != nil {
		return nil, answer, err
	}
	if update := answer.Header.Get("X-Gitlab-Last-Update"); update != "" {
		a.lastUpdate = update
	}
	if answer.Status != http.StatusCreated || answer.Header.Get("Content-Type") != "application/json" {
		return nil, answer, nil
	}
	job := &Job{agent: a}
	return job, answer, json.Unmarshal([]byte(answer.Body), &job.Payload)
}

// patience is how long an agent goes on asking. Word of new jobs takes a moment.
const patience = 10 * time.Second

// MustAsk goes on asking until there is a job, and ends the test if none comes.
func (a *Agent) MustAsk() *Job {
	a.t.Helper()
	var answer Answer
	for end := time.Now().Add(patience); time.Now().Before(end); {
		var job *Job
		if job, answer = a.Ask(); job != nil {
			return job
		}
	}
	require.FailNow(a.t, "no job", "%d %s", answer.Status, answer.Body)
	return nil
}

// AskAnew is Ask of an agent that was just started: it knows of no earlier
// answer, so that the server has to look.
func (a *Agent) AskAnew() (*Job, Answer) {
	a.t.Helper()
	a.lastUpdate = ""
	return a.Ask()
}

// Job is a job that the agent has.
type Job struct {
	Payload
	// Log is everything that the job printed so far.
	Log []byte

	agent *Agent
	sent  int // bytes of Log that the server has
}

// Through is the same job at an agent that calls another server.
func (j *Job) Through(a *Agent) *Job {
	same := *j
	same.agent = a
	return &same
}

// Put reports on the job.
func (j *Job) Put(state string, report map[string]any) Answer {
	j.agent.t.Helper()
	body := map[string]any{"info": j.agent.Version.info(), "state": state, "output": map[string]any{}}
	for name, value := range report {
		body[name] = value
	}
	path := "jobs/" + strconv.FormatInt(j.ID, 10)
	return j.agent.do(j.agent.json(http.MethodPut, path, j.agent.Version.jobHeader, j.Token, body))
}

// Acknowledge says that the agent has the job, if this release does so.
func (j *Job) Acknowledge() Answer {
	j.agent.t.Helper()
	if !j.agent.Version.acknowledges {
		return Answer{Status: http.StatusOK}
	}
	return j.Put("running", nil)
}

// KeepAlive tells of a silent job that it is still there.
func (j *Job) KeepAlive() Answer {
	j.agent.t.Helper()
	return j.Put("running", j.checksums())
}

// checksums are those of the whole log.
func (j *Job) checksums() map[string]any {
	sum := fmt.Sprintf("crc32:%08x", crc32.ChecksumIEEE(j.Log))
	output := map[string]any{"checksum": sum}
	if len(j.Log) > 0 {
		output["bytesize"] = len(j.Log)
	}
	return map[string]any{"checksum": sum, "output": output}
}

// Patch sends bytes of a trace that begin at first, with a Content-Range of the
// caller's; empty: the right one.
func (j *Job) Patch(first int, chunk []byte, contentRange string) Answer {
	j.agent.t.Helper()
	if contentRange == "" {
		contentRange = fmt.Sprintf("%d-%d", first, first+len(chunk)-1)
	}
	path := "jobs/" + strconv.FormatInt(j.ID, 10) + "/trace"
	if j.agent.Version.debugTrace {
		path += "?debug_trace=false"
	}
	return j.agent.do(call{
		method: http.MethodPatch, path: path, body: bytes.NewReader(chunk), header: http.Header{
			"Job-Token": {j.Token}, "Content-Range": {contentRange}, "Content-Type": {"text/plain"},
		},
	})
}

// Push prints text and sends what the server lacks. After a 416 it continues
// where the server says, with the next call.
func (j *Job) Push(text string) Answer {
	j.agent.t.Helper()
	j.Log = append(j.Log, text...)
	answer := j.Patch(j.sent, j.Log[j.sent:], "")
	if stored, known := StoredBytes(answer); known {
		j.sent = stored
	}
	return answer
}

// StoredBytes is how many bytes of a trace the server says it has.
func StoredBytes(answer Answer) (int, bool) {
	var stored int
	switch answer.Status {
	case http.StatusAccepted, http.StatusRequestedRangeNotSatisfiable:
		_, err := fmt.Sscanf(answer.Header.Get("Range"), "0-%d", &stored)
		return stored, err == nil
	}
	return 0, false
}

// Finish sends the rest of the log and the last report, as often as the server
// asks for it again.
func (j *Job) Finish(state string, report map[string]any) Answer {
	j.agent.t.Helper()
	for range 10 {
		for j.sent < len(j.Log) {
			if answer := j.Push(""); answer.Status != http.StatusAccepted &&
				answer.Status != http.StatusRequestedRangeNotSatisfiable {
				break
			}
		}
		answer := j.Report(state, report)
		if answer.Status != http.StatusPreconditionFailed {
			return answer
		}
		j.sent = 0
	}
	require.FailNow(j.agent.t, "the server asks for the log again and again")
	return Answer{}
}

// Report is the last report alone.
func (j *Job) Report(state string, report map[string]any) Answer {
	j.agent.t.Helper()
	all := j.checksums()
	for name, value := range report {
		all[name] = value
	}
	return j.Put(state, all)
}

// Succeed acknowledges the job, prints text, and says that all went well.
func (j *Job) Succeed(text string) Answer {
	j.agent.t.Helper()
	j.Acknowledge()
	j.Push(text)
	return j.Finish("success", nil)
}

// Upload sends an artifact while it is made: its length is not known before.
// query is what the payload says of it.
func (j *Job) Upload(query url.Values, filename string, content io.Reader) (Answer, error) {
	piped, pipe := io.Pipe()
	form := multipart.NewWriter(pipe)
	go func() {
		part, err := form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, filename)},
			"Content-Type":        {"application/octet-stream"},
		})
		if err == nil {
			_, err = io.Copy(part, content)
		}
		if err == nil {
			err = form.Close()
		}
		pipe.CloseWithError(err)
	}()
	return j.agent.try(j.agent.t.Context(), call{
		method: http.MethodPost, path: fmt.Sprintf("jobs/%d/artifacts?%s", j.ID, query.Encode()), body: piped,
		header: http.Header{"Job-Token": {j.Token}, "Content-Type": {form.FormDataContentType()}},
	})
}

// Download fetches the archive of a job that this one depends on.
func (j *Job) Download(d Dependency) Answer {
	j.agent.t.Helper()
	return j.agent.do(call{
		method: http.MethodGet, path: fmt.Sprintf("jobs/%d/artifacts?direct_download=true", d.ID),
		header: http.Header{"Job-Token": {d.Token}},
	})
}
