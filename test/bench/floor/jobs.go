package floor

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

type job struct {
	ID             int64    `json:"id"`
	Status         string   `json:"status"`
	Stage          string   `json:"stage"`
	Name           string   `json:"name"`
	Ref            string   `json:"ref"`
	Tag            bool     `json:"tag"`
	Coverage       *float64 `json:"coverage"`
	AllowFailure   bool     `json:"allow_failure"`
	CreatedAt      moment   `json:"created_at"`
	StartedAt      moment   `json:"started_at"`
	FinishedAt     moment   `json:"finished_at"`
	Duration       *float64 `json:"duration"`
	QueuedDuration *float64 `json:"queued_duration"`
	User           *user    `json:"user"`
	Commit         *commit  `json:"commit"`
	Pipeline       pipeline `json:"pipeline"`
	WebURL         string   `json:"web_url"`
	Project        project  `json:"project"`
	IPAddress      *string  `json:"ip_address"`
}

type user struct {
	ID           int64   `json:"id"`
	Username     string  `json:"username"`
	Name         string  `json:"name"`
	State        string  `json:"state"`
	AvatarURL    string  `json:"avatar_url"`
	WebURL       string  `json:"web_url"`
	CreatedAt    moment  `json:"created_at"`
	Bio          *string `json:"bio"`
	Location     *string `json:"location"`
	PublicEmail  string  `json:"public_email"`
	Skype        string  `json:"skype"`
	LinkedIn     string  `json:"linkedin"`
	Twitter      string  `json:"twitter"`
	WebsiteURL   string  `json:"website_url"`
	Organization *string `json:"organization"`
}

type pipeline struct {
	ID        int64  `json:"id"`
	SHA       string `json:"sha"`
	Ref       string `json:"ref"`
	Status    string `json:"status"`
	ProjectID int64  `json:"project_id"`
	CreatedAt moment `json:"created_at"`
	UpdatedAt moment `json:"updated_at"`
	WebURL    string `json:"web_url"`
}

// stored is a commit as the database has it.
type stored struct {
	ID, ShortID, Title, Message            string
	ParentIDs                              []string
	AuthorName, AuthorEmail                string
	CommitterName, CommitterEmail          string
	AuthoredDate, CommittedDate, CreatedAt time.Time
}

type commit struct {
	ID             string     `json:"id"`
	ShortID        string     `json:"short_id"`
	Title          string     `json:"title"`
	CreatedAt      commitDate `json:"created_at"`
	ParentIDs      []string   `json:"parent_ids"`
	Message        string     `json:"message"`
	AuthorName     string     `json:"author_name"`
	AuthorEmail    string     `json:"author_email"`
	AuthoredDate   commitDate `json:"authored_date"`
	CommitterName  string     `json:"committer_name"`
	CommitterEmail string     `json:"committer_email"`
	CommittedDate  commitDate `json:"committed_date"`
	WebURL         string     `json:"web_url"`
}

// commitDate keeps its offset.
type commitDate time.Time

// MarshalJSON writes milliseconds and the offset.
func (t commitDate) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(t).Truncate(time.Millisecond).Format(`"2006-01-02T15:04:05.000Z07:00"`)), nil
}

// runnerJobs are the jobs of a runner, the newest first.
func (s *server) runnerJobs(r *http.Request) (any, string, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, "", err
	}
	total, err := s.total(r.Context(), "SELECT 1 FROM jobs AS j WHERE j.runner_id = $1", id)
	if err != nil {
		return nil, "", err
	}
	size, offset := page(r)
	list := make([]job, 0, size)
	err = s.db.query(r.Context(), `SELECT j.id, j.status, j.stage, j.name, j.ref, j.tag, j.coverage, j.allow_failure,
			j.created_at, j.queued_at, j.started_at, j.finished_at, c.ip_address,
			u.id, u.username, u.name, u.status, u.email, u.created_at,
			l.id, l.sha, l.ref, l.status, l.project_id, l.created_at, l.updated_at, l.commit_data, `+projectColumns+`
		FROM (SELECT id FROM jobs WHERE runner_id = $1 ORDER BY id DESC`+limit(size, offset)+`) AS page
			JOIN jobs AS j ON j.id = page.id JOIN pipelines AS l ON l.id = j.pipeline_id
			JOIN projects AS p ON p.id = j.project_id JOIN namespaces AS n ON n.id = p.namespace_id
			LEFT JOIN users AS u ON u.id = j.user_id LEFT JOIN runner_contacts AS c ON c.runner_id = j.runner_id
		ORDER BY j.id DESC`, func(scan func(...any) error) error {
		v, err := scanJob(scan)
		list = append(list, v)
		return err
	}, id)
	return list, total, err
}

func scanJob(scan func(...any) error) (job, error) {
	v, u, c := job{}, new(user), new(commit)
	var queued moment
	var email, made string
	err := scan(append([]any{
		&v.ID, &v.Status, &v.Stage, &v.Name, &v.Ref, &v.Tag, &v.Coverage, &v.AllowFailure,
		&v.CreatedAt, &queued, &v.StartedAt, &v.FinishedAt, &v.IPAddress,
		&u.ID, &u.Username, &u.Name, &u.State, &email, &u.CreatedAt,
		&v.Pipeline.ID, &v.Pipeline.SHA, &v.Pipeline.Ref, &v.Pipeline.Status, &v.Pipeline.ProjectID,
		&v.Pipeline.CreatedAt, &v.Pipeline.UpdatedAt, &made,
	}, v.Project.into()...)...)
	if err != nil {
		return job{}, err
	}
	v.Project.complete()
	at := External + "/" + v.Project.PathWithNamespace + "/-/"
	v.Duration, v.QueuedDuration = seconds(v.StartedAt, v.FinishedAt), seconds(queued, v.StartedAt)
	v.WebURL, v.Pipeline.WebURL = at+"jobs/"+strconv.FormatInt(v.ID, 10), at+"pipelines/"+strconv.FormatInt(v.Pipeline.ID, 10)
	sum := md5.Sum([]byte(email))
	u.AvatarURL = "https://www.gravatar.com/avatar/" + hex.EncodeToString(sum[:]) + "?s=80&d=identicon"
	u.WebURL = External + "/" + u.Username
	var from stored
	if err := json.Unmarshal([]byte(made), &from); err != nil {
		return job{}, err
	}
	*c = commit{
		ID: from.ID, ShortID: from.ShortID, Title: from.Title, CreatedAt: commitDate(from.CreatedAt), ParentIDs: from.ParentIDs,
		Message: from.Message, AuthorName: from.AuthorName, AuthorEmail: from.AuthorEmail, AuthoredDate: commitDate(from.AuthoredDate),
		CommitterName: from.CommitterName, CommitterEmail: from.CommitterEmail, CommittedDate: commitDate(from.CommittedDate),
		WebURL: at + "commit/" + from.ID,
	}
	v.User, v.Commit = u, c
	return v, nil
}

// seconds is how long it took from one moment to another.
func seconds(from, to moment) *float64 {
	took := to.Sub(from.Time).Seconds()
	return &took
}
