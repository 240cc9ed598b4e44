package rest

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"runyard/domain"
)

// errSpelling says that a value has none of the shapes it may have.
var errSpelling = errors.New("the value has none of the shapes that service.md section 5 lists")

// jobScript is one command, or a list of them.
type jobScript []string

// UnmarshalJSON takes both shapes.
func (s *jobScript) UnmarshalJSON(text []byte) error {
	var line string
	if json.Unmarshal(text, &line) == nil {
		*s = jobScript{line}
		if strings.TrimSpace(line) == "" {
			*s = nil
		}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(s))
}

// jobVariables are an object from name to value, or a list of variables. A
// variable of an object is public, like one in a pipeline's definition.
type jobVariables []domain.JobVariable

// UnmarshalJSON takes both shapes; an object's variables come in the order of
// their names.
func (v *jobVariables) UnmarshalJSON(text []byte) error {
	var list []struct {
		Key            string
		Value          variableValue
		Public, Masked bool
		File, Raw      bool
	}
	if json.Unmarshal(text, &list) == nil {
		for _, item := range list {
			if item.Key == "" {
				return errSpelling
			}
			*v = append(*v, domain.JobVariable{
				Key: item.Key, Value: string(item.Value), Public: item.Public,
				Masked: item.Masked, File: item.File, Raw: item.Raw,
			})
		}
		return nil
	}
	var object map[string]variableValue
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	for key, value := range object {
		*v = append(*v, domain.JobVariable{Key: key, Value: string(value), Public: true})
	}
	slices.SortFunc(*v, func(a, b domain.JobVariable) int { return strings.Compare(a.Key, b.Key) })
	return nil
}

// variableValue is a text; a number or a boolean counts as its spelling.
type variableValue string

// UnmarshalJSON refuses lists and objects.
func (v *variableValue) UnmarshalJSON(text []byte) error {
	if text[0] == '[' || text[0] == '{' {
		return errSpelling
	}
	if text[0] != '"' {
		if string(text) != "null" {
			*v = variableValue(text)
		}
		return nil
	}
	return json.Unmarshal(text, (*string)(v))
}

// jobImage is a name, or an object with one.
type jobImage struct {
	Name       string    `json:"name"`
	Alias      string    `json:"alias"`
	Entrypoint jobScript `json:"entrypoint"`
	Command    jobScript `json:"command"`
}

// UnmarshalJSON takes both shapes.
func (i *jobImage) UnmarshalJSON(text []byte) error {
	type object jobImage
	if json.Unmarshal(text, &i.Name) != nil {
		if err := json.Unmarshal(text, (*object)(i)); err != nil {
			return err
		}
	}
	if i.Name == "" {
		return errSpelling
	}
	return nil
}

func (i *jobImage) domain() *domain.JobImage {
	if i == nil {
		return nil
	}
	return &domain.JobImage{Name: i.Name, Alias: i.Alias, Entrypoint: i.Entrypoint, Command: i.Command}
}

// jobArtifacts are an object, or a list of them.
type jobArtifacts []domain.JobArtifacts

// UnmarshalJSON takes both shapes.
func (a *jobArtifacts) UnmarshalJSON(text []byte) error {
	type artifacts struct {
		Name      string
		Paths     jobScript
		Exclude   jobScript
		Untracked bool
		When      string
		ExpireIn  string `json:"expire_in"`
		Type      string `json:"artifact_type"`
		Format    string `json:"artifact_format"`
	}
	var list []artifacts
	if len(text) > 0 && text[0] == '{' {
		text = append(append([]byte{'['}, text...), ']')
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for _, item := range list {
		if !slices.Contains([]string{"", "on_success", "on_failure", "always"}, item.When) {
			return errSpelling
		}
		*a = append(*a, domain.JobArtifacts{
			Name: item.Name, Paths: item.Paths, Exclude: item.Exclude,
			Untracked: item.Untracked, When: item.When, ExpireIn: item.ExpireIn,
			Type: item.Type, Format: item.Format,
		})
	}
	return nil
}

// jobCommit is a commit as GitLab shows it.
type jobCommit struct {
	ID             string    `json:"id"`
	ShortID        string    `json:"short_id"`
	Title          string    `json:"title"`
	CreatedAt      time.Time `json:"created_at"`
	ParentIDs      []string  `json:"parent_ids"`
	Message        string    `json:"message"`
	AuthorName     string    `json:"author_name"`
	AuthorEmail    string    `json:"author_email"`
	AuthoredDate   time.Time `json:"authored_date"`
	CommitterName  string    `json:"committer_name"`
	CommitterEmail string    `json:"committer_email"`
	CommittedDate  time.Time `json:"committed_date"`
}

func (c *jobCommit) domain() *domain.Commit {
	if c == nil {
		return nil
	}
	return &domain.Commit{
		ID: c.ID, ShortID: c.ShortID, Title: c.Title, Message: c.Message, ParentIDs: c.ParentIDs,
		AuthorName: c.AuthorName, AuthorEmail: c.AuthorEmail, AuthoredDate: c.AuthoredDate,
		CommitterName: c.CommitterName, CommitterEmail: c.CommitterEmail,
		CommittedDate: c.CommittedDate, CreatedAt: c.CreatedAt,
	}
}
