package domain

import (
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ArtifactID identifies an artifact.
type ArtifactID int64

// ArchiveArtifact is the type of the artifact that later jobs get.
const ArchiveArtifact = "archive"

// Artifact is a file that a job left behind.
type Artifact struct {
	ID        ArtifactID
	Job       JobID
	Type      string // archive, or the kind of a report such as junit
	Format    string // one of those in artifactFormats
	Filename  string
	Size      int64     // bytes
	Key       string    // where the store has it
	ExpiresAt time.Time // zero: never
	CreatedAt time.Time
}

// Gone tells whether the artifact has expired.
func (a Artifact) Gone(now time.Time) bool {
	return !a.ExpiresAt.IsZero() && !now.Before(a.ExpiresAt)
}

// ArtifactSpec is a file as an agent announces it.
type ArtifactSpec struct {
	Job      JobID
	Type     string // empty: archive
	Format   string // empty: zip
	Filename string
	ExpireIn string // in words; empty: the default
	Key      string
}

// The formats in which agents pack artifacts (runner protocol, 4.10).
var artifactFormats = []string{"zip", "gzip", "raw", "zipzstd", "tarzstd"}

// maxArtifactText bounds the type and the file name, in characters.
const maxArtifactText = 255

// NewArtifact makes what is known of an artifact before its bytes arrive.
// fallback is how long one is kept that does not say; zero: for ever.
func NewArtifact(spec ArtifactSpec, fallback time.Duration, now time.Time) (Artifact, error) {
	a := Artifact{
		Job: spec.Job, Type: spec.Type, Format: spec.Format, Filename: fileName(spec.Filename),
		Key: spec.Key, CreatedAt: now,
	}
	if a.Type == "" {
		a.Type = ArchiveArtifact
	}
	if a.Format == "" {
		a.Format = artifactFormats[0]
	}
	if !isArtifactType(a.Type) {
		return Artifact{}, BadRequest("artifact_type does not have a valid value")
	}
	if !slices.Contains(artifactFormats, a.Format) {
		return Artifact{}, BadRequest("artifact_format does not have a valid value")
	}
	if life := lifeOf(spec.ExpireIn, fallback); life > 0 {
		a.ExpiresAt = now.Add(life)
	}
	return a, nil
}

// isArtifactType tells whether the text looks like a type: which reports there
// are is for agents and those who read them to know.
func isArtifactType(text string) bool {
	return len(text) <= maxArtifactText && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// fileName is the last part of a path, without what cannot be shown.
func fileName(text string) string {
	base := path.Base(strings.ReplaceAll(text, `\`, "/"))
	visible := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, base))
	name := string(visible[:min(maxArtifactText, len(visible))])
	if strings.Trim(name, "./") == "" {
		return "artifacts"
	}
	return name
}

// LostArchive tells whether the job has left an archive that is gone by now,
// though nothing is known of it any more: its files were to be kept for some
// time, and that is over.
func (j *Job) LostArchive(fallback time.Duration, now time.Time) bool {
	for _, files := range j.s.Definition.Artifacts {
		if !files.archive() || !files.keptAfter(j.s.Status) {
			continue
		}
		if life := lifeOf(files.ExpireIn, fallback); life > 0 && !now.Before(j.s.FinishedAt.Add(life)) {
			return true
		}
	}
	return false
}

func (a JobArtifacts) archive() bool { return a.Type == "" || a.Type == ArchiveArtifact }

// keptAfter tells whether a job that ended like this uploads the files.
func (a JobArtifacts) keptAfter(status JobStatus) bool {
	switch a.When {
	case "always":
		return status == JobSuccess || status == JobFailed
	case "on_failure":
		return status == JobFailed
	}
	return status == JobSuccess
}
