package s3store

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7/pkg/s3utils"

	"runyard/domain"
)

// longestPrefix leaves room for the rest of a name, which has 1024 bytes at most.
const longestPrefix = 512

// Config says which bucket to use, and how to get there.
type Config struct {
	Endpoint string // HOST or HOST:PORT
	Bucket   string
	Prefix   string // before the name of every object; without slashes at its ends
	Region   string // empty: ask the service
	Insecure bool   // HTTP instead of HTTPS
	// AccessKey and SecretKey are both empty if the usual places of AWS have the
	// credentials: AWS_* variables, ~/.aws/credentials, the role of the instance.
	AccessKey domain.Secret
	SecretKey domain.Secret
}

// ParseURL reads s3://HOST[:PORT]/BUCKET[/PREFIX]?region=REGION&insecure=true. Its
// errors do not quote the text, which may hold a secret.
func ParseURL(text string) (Config, error) {
	location, err := url.Parse(text)
	if err != nil || location.Scheme != "s3" || location.Hostname() == "" || location.Fragment != "" {
		return Config{}, errors.New("write s3://HOST:PORT/BUCKET/PREFIX?region=REGION&insecure=true, of which port, prefix and query may be missing")
	}
	if location.User != nil {
		return Config{}, errors.New("leave out user name and password: the credentials have settings of their own")
	}
	config := Config{Endpoint: location.Host}
	config.Bucket, config.Prefix, _ = strings.Cut(strings.Trim(location.Path, "/"), "/")
	if err := s3utils.CheckValidBucketNameStrict(config.Bucket); err != nil {
		return Config{}, errors.New("after the host comes the bucket, a name of 3 to 63 small letters, digits, - and .")
	}
	if config.Prefix != "" && (!fs.ValidPath(config.Prefix) || len(config.Prefix) > longestPrefix) {
		return Config{}, fmt.Errorf("the prefix must be a path without empty elements, . and .., of at most %d bytes", longestPrefix)
	}
	return config, config.setOptions(location.RawQuery)
}

func (c *Config) setOptions(query string) error {
	options, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("what follows the question mark cannot be read: write region=REGION&insecure=true")
	}
	for name, values := range options {
		value := values[len(values)-1]
		switch name {
		case "region":
			c.Region = value
		case "insecure":
			if c.Insecure, err = strconv.ParseBool(value); err != nil {
				return errors.New("insecure is true or false")
			}
		default:
			return errors.New("after the question mark only region and insecure are known")
		}
	}
	return nil
}
