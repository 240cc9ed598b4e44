package main

import (
	"strings"

	"runyard/adapters/s3store"
)

const (
	storageForms     = "write file:DIRECTORY or s3://HOST:PORT/BUCKET/PREFIX?region=REGION&insecure=true"
	defaultDirectory = "runyard-data"
	databaseInMemory = "sqlite::memory:"
)

// StorageSettings say where the bytes of traces and artifacts are kept.
type StorageSettings struct {
	// Directory is empty for S3, and for a temporary directory that is removed at
	// the end.
	Directory string
	// S3 names a bucket if that is to be used. It has no credentials: see
	// Settings.S3Config.
	S3 s3store.Config
}

// S3Config is the bucket of the storage with the credentials for it.
func (s Settings) S3Config() s3store.Config {
	config := s.Storage.S3
	config.AccessKey, config.SecretKey = s.S3AccessKey, s.S3SecretKey
	return config
}

// parseStorage reads the setting. If it is empty, the bytes live as long as the
// database that counts them.
func parseStorage(value, databaseURL string) (StorageSettings, error) {
	if value == "" && databaseURL == databaseInMemory {
		return StorageSettings{}, nil
	}
	if value == "" {
		return StorageSettings{Directory: defaultDirectory}, nil
	}
	switch scheme, rest, _ := strings.Cut(value, ":"); scheme {
	case "file":
		return parseDirectory(value, rest)
	case "s3":
		return parseBucket(value)
	}
	return StorageSettings{}, malformed("storage", withoutQuery(value), storageForms)
}

func parseDirectory(value, path string) (StorageSettings, error) {
	if path == "" {
		return StorageSettings{}, malformed("storage", value, "the directory is missing, as in file:"+defaultDirectory)
	}
	if strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///") {
		return StorageSettings{}, malformed("storage", value, "write file:DIRECTORY without slashes between, as in file:"+defaultDirectory+" or file:/var/lib/runyard")
	}
	return StorageSettings{Directory: path}, nil
}

func parseBucket(value string) (StorageSettings, error) {
	config, err := s3store.ParseURL(value)
	if err != nil {
		return StorageSettings{}, malformed("storage", withoutQuery(value), err.Error())
	}
	return StorageSettings{S3: config}, nil
}

// withoutQuery is what may be shown of a URL: people put secrets where there is
// no place for them.
func withoutQuery(value string) string {
	shown, _, cut := strings.Cut(value, "?")
	if shown = redactURL(shown); cut {
		shown += "?..."
	}
	return shown
}
