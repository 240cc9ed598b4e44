package rest

// gitLabVersion is the version of GitLab whose API this is. Clients compare it.
const gitLabVersion = "14.0.0"

// APIVersion is the version that we tell clients to be, which ends with our
// own.
func APIVersion(own string) string { return gitLabVersion + "-runyard." + own }

// versionView is what clients ask before anything else (service.md section 4).
type versionView struct {
	Version    string `json:"version"`
	Revision   string `json:"revision"`
	Enterprise bool   `json:"enterprise"`
}

func (s *Server) showVersion(*call) (answer, error) {
	return ok(versionView{
		Version: APIVersion(s.config.Version), Revision: s.config.Revision,
	}), nil
}
