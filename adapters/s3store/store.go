// Package s3store keeps traces and artifacts as objects of a bucket in any
// service that speaks S3:
//
//	PREFIX/traces/12345/0000000000000001029-117  117 bytes of a trace, from 1029 on
//	PREFIX/repaired-traces/12345/…               what an agent sent when it sent a trace again
//	PREFIX/artifacts/12345/archive.zip           the artifact 12345/archive.zip
//
// Several processes may share a bucket. A process that is killed in the middle
// of a large upload leaves parts which the service shows to nobody; a lifecycle
// rule of the bucket (AbortIncompleteMultipartUpload) removes them.
package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"runyard/ports"
)

var (
	_ ports.TraceStore    = (*Traces)(nil)
	_ ports.ArtifactStore = (*Artifacts)(nil)
)

// metadataTimeout bounds the question for the role of the instance, which nobody
// answers outside a cloud.
const metadataTimeout = 5 * time.Second

// Store is what lies below a prefix of a bucket.
type Store struct {
	client *minio.Core
	bucket string
	prefix string // empty, or with a slash at its end
}

// Open uses the bucket and makes it if it is missing. The error is one line
// without secrets.
func Open(ctx context.Context, config Config) (*Store, error) {
	client, err := minio.NewCore(config.Endpoint, &minio.Options{
		Creds:  config.credentials(),
		Secure: !config.Insecure,
		Region: config.Region,
	})
	if err != nil {
		return nil, config.explain(err)
	}
	s := &Store{client: client, bucket: config.Bucket}
	if config.Prefix != "" {
		s.prefix = strings.Trim(config.Prefix, "/") + "/"
	}
	if err := s.ensureBucket(ctx, config.Region); err != nil {
		return nil, config.explain(err)
	}
	return s, nil
}

// Traces are the traces in the bucket.
func (s *Store) Traces() *Traces { return &Traces{s} }

// Artifacts are the artifacts in the bucket.
func (s *Store) Artifacts() *Artifacts { return &Artifacts{s} }

// ensureBucket takes it for no error if another process makes the bucket at the
// same time.
func (s *Store) ensureBucket(ctx context.Context, region string) error {
	exists, err := s.client.BucketExists(ctx, s.bucket)
	if exists || err != nil {
		return err
	}
	err = s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: region})
	if err == nil || minio.ToErrorResponse(err).Code == minio.BucketAlreadyOwnedByYou {
		return nil
	}
	return fmt.Errorf("it does not exist and cannot be made: %w", err)
}

// putOptions let the service check what arrives by its MD5. Payloads signed in
// chunks, the other way, are what services differ in most.
func putOptions(partSize uint64) minio.PutObjectOptions {
	return minio.PutObjectOptions{SendContentMd5: true, DisableContentSha256: true, PartSize: partSize}
}

func (c Config) credentials() *credentials.Credentials {
	if c.AccessKey != "" {
		return credentials.NewStaticV4(c.AccessKey.Reveal(), c.SecretKey.Reveal(), "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{},
		&credentials.IAM{Client: &http.Client{Timeout: metadataTimeout}},
	})
}

// explain says where it happened, on one line.
func (c Config) explain(err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if answer, ok := errors.AsType[minio.ErrorResponse](err); ok && answer.Code != "" {
		text += " (" + answer.Code + ")"
	}
	return fmt.Errorf("bucket %s at %s: %s", c.Bucket, c.Endpoint, text)
}
