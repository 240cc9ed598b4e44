package s3store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/s3store"
)

func TestAURLNamesTheBucketAndTheWayToIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]s3store.Config{
		"s3://s3.eu-west-1.amazonaws.com/runyard":              {Endpoint: "s3.eu-west-1.amazonaws.com", Bucket: "runyard"},
		"s3://minio:9000/runyard/":                             {Endpoint: "minio:9000", Bucket: "runyard"},
		"s3://[::1]:9000/runyard/ci/one/?insecure=true":        {Endpoint: "[::1]:9000", Bucket: "runyard", Prefix: "ci/one", Insecure: true},
		"s3://minio/run.yard-1?region=eu-west-1&insecure=0":    {Endpoint: "minio", Bucket: "run.yard-1", Region: "eu-west-1"},
		"s3://minio/runyard?region=":                           {Endpoint: "minio", Bucket: "runyard"},
		"s3://minio/runyard/" + strings.Repeat("p", 512) + "/": {Endpoint: "minio", Bucket: "runyard", Prefix: strings.Repeat("p", 512)},
	} {
		got, err := s3store.ParseURL(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
}

func TestAURLThatSaysSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                                       "write s3://",
		"s3:bucket":                              "write s3://",
		"https://minio/bucket":                   "write s3://",
		"s3:///bucket":                           "write s3://",
		"s3://:9000/bucket":                      "write s3://",
		"s3://minio:port/bucket":                 "write s3://",
		"s3://minio/bucket#part":                 "write s3://",
		"s3://hush:hush@minio/bucket":            "leave out user name and password",
		"s3://minio":                             "after the host comes the bucket",
		"s3://minio/":                            "after the host comes the bucket",
		"s3://minio/BUCKET":                      "after the host comes the bucket",
		"s3://minio/b":                           "after the host comes the bucket",
		"s3://minio/bucket/../other":             "the prefix must be a path",
		"s3://minio/bucket/a//b":                 "the prefix must be a path",
		"s3://minio/bucket/%ff":                  "the prefix must be a path",
		"s3://minio/bucket?insecure=perhaps":     "insecure is true or false",
		"s3://minio/bucket?secure=true":          "only region and insecure",
		"s3://minio/bucket?region=a;b=c":         "cannot be read",
		"s3://minio/bucket?secret_key=hush":      "only region and insecure",
		"s3://minio/bucket?region=%zz":           "cannot be read",
		"s3://m/b-b/" + strings.Repeat("p", 513): "the prefix must be a path",
	} {
		_, err := s3store.ParseURL(text)
		require.ErrorContains(t, err, reason, text)
		assert.NotContains(t, err.Error(), "hush")
	}
}
