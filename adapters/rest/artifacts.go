package rest

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var (
	uploadArtifactSchema = params.NewSchema(
		params.Int("id"),
		params.String("token"),
		params.String("artifact_type"),
		params.String("artifact_format"),
		params.String("expire_in"),
	)
	downloadArtifactSchema = params.NewSchema(params.Int("id"), params.String("token"))

	errNoArtifact = domain.BadRequest("400 Bad request - Missing artifacts file!")
)

// uploadArtifact stores a file that a job leaves behind, while it arrives: its
// length is not known before (runner protocol, 4.10).
func (s *Server) uploadArtifact(c *call) (answer, error) {
	values, err := c.parse(uploadArtifactSchema)
	if err != nil {
		return answer{}, err
	}
	file, err := uploadedFile(c.gin.Request)
	if err != nil {
		return answer{}, err
	}
	content := &upload{from: file}
	reply, err := s.Agents.UploadArtifact(c.ctx(), application.UploadArtifact{
		AgentCall: c.agentCall(values),
		Type:      orZero(values.String("artifact_type")),
		Format:    orZero(values.String("artifact_format")),
		ExpireIn:  orZero(values.String("expire_in")),
		Filename:  file.FileName(),
		Content:   content,
	})
	c.tell(reply)
	switch {
	case errors.Is(err, ports.ErrArtifactTooLarge):
		return answer{http.StatusRequestEntityTooLarge, message("413 Request Entity Too Large")}, nil
	case err != nil && content.broken:
		return answer{}, params.Malformed()
	case err != nil:
		return answer{}, err
	}
	return answer{status: http.StatusCreated}, nil
}

// uploadedFile is the part of the body that holds the file. Nothing of it has
// been read yet.
func uploadedFile(r *http.Request) (*multipart.Part, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errNoArtifact
	}
	for {
		part, err := parts.NextPart()
		switch {
		case err != nil:
			return nil, errNoArtifact
		case part.FormName() == "file" && part.FileName() != "":
			return part, nil
		}
	}
}

// upload notes whether what is read from a client ended too early, which is no
// failure of ours.
type upload struct {
	from   io.Reader
	broken bool
}

// Read passes on what arrives.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.from.Read(p)
	u.broken = u.broken || err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// downloadArtifact gives the archive of an earlier job to one that depends on
// it.
func (s *Server) downloadArtifact(c *call) (answer, error) {
	values, err := c.parse(downloadArtifactSchema)
	if err != nil {
		return answer{}, err
	}
	archive, err := s.Agents.DownloadArtifact(c.ctx(), c.agentCall(values))
	if err != nil {
		return answer{}, err
	}
	return ok(archiveFile(archive)), nil
}

// showArchive gives the archive of a job to people.
func (s *Server) showArchive(c *call) (answer, error) {
	jobs, id, err := c.projectJob()
	if err != nil {
		return answer{}, err
	}
	archive, err := jobs.Archive(c.ctx(), id)
	if err != nil {
		return answer{}, err
	}
	return ok(archiveFile(archive)), nil
}

// mediaOf is the media type of every format of artifacts; others are just bytes.
var mediaOf = map[string]string{"zip": "application/zip", "gzip": "application/gzip"}

func archiveFile(a application.ArtifactFile) file {
	return file{
		mediaType: firstPresent(mediaOf[a.Format], "application/octet-stream"),
		name:      a.Filename, size: a.Size, content: a.Content,
	}
}
