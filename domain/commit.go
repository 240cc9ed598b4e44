package domain

import (
	"strings"
	"time"
)

// Commit is the commit that a job was made for, as its author's tools gave it.
// Its times keep the offset that the commit was made with.
type Commit struct {
	ID             string // hexadecimal digits: 40, 64, or a beginning of at least 8
	ShortID        string // the first 8
	Title          string
	Message        string
	ParentIDs      []string
	AuthorName     string
	AuthorEmail    string
	AuthoredDate   time.Time // zero: unknown
	CommitterName  string
	CommitterEmail string
	CommittedDate  time.Time // zero: unknown
	CreatedAt      time.Time // zero: unknown
}

// NoSHA stands for the commit of a pipeline that has none.
var NoSHA = strings.Repeat("0", 40)

// complete derives what is left out from what is there.
func (c *Commit) complete() {
	if c.ShortID == "" {
		c.ShortID = c.ID[:8]
	}
	if c.Title == "" {
		c.Title, _, _ = strings.Cut(c.Message, "\n")
	}
	if c.Message == "" {
		c.Message = c.Title
	}
	if c.ParentIDs == nil {
		c.ParentIDs = []string{}
	}
	if c.CommittedDate.IsZero() {
		c.CommittedDate = c.CreatedAt
	}
	if c.AuthoredDate.IsZero() {
		c.AuthoredDate = c.CommittedDate
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = c.CommittedDate
	}
}
