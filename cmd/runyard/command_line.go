package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

const (
	commandServe   = "serve"
	commandMigrate = "migrate"
	commandBackup  = "backup <file>"
	commandVersion = "version"

	environmentPrefix = "RUNYARD_"
	settingsGroup     = "settings"
)

// errHelpShown ends parsing after the help text was printed.
var errHelpShown = errors.New("help was shown")

// helpFlag prints the help of the selected command and stops there.
type helpFlag bool

// BeforeReset is kong's hook for a flag that was given on the command line.
func (helpFlag) BeforeReset(ctx *kong.Context) error {
	if err := ctx.PrintUsage(false); err != nil {
		return err
	}
	if err := printSecretSettings(ctx.Stdout); err != nil {
		return err
	}
	return errHelpShown
}

// settingValues holds every setting that has a flag, as it was written. The
// environment name of each follows from its flag name: see environmentName.
type settingValues struct {
	Listen          string `name:"listen" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on; port 0 picks a free one, and the log line says which."`
	DatabaseURL     string `name:"database-url" default:"sqlite:runyard.db" placeholder:"URL" help:"Database: sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/NAME, with parameters such as pool_max_conns=20, connect_timeout=3 and statement_timeout=10s, or HOST1,HOST2 and target_session_attrs=read-write."`
	ExternalURL     string `name:"external-url" default:"" placeholder:"URL" help:"Base of the links in answers; may carry a path prefix." none:"http:// and the listen address"`
	TrustedProxies  string `name:"trusted-proxies" default:"${trustedProxies}" placeholder:"LIST" help:"Comma separated addresses or CIDR ranges whose X-Forwarded-For is believed."`
	LogLevel        string `name:"log-level" default:"info" placeholder:"LEVEL" help:"Least severe log line to write: debug, info, warn or error."`
	LogFormat       string `name:"log-format" default:"" placeholder:"FORMAT" help:"Form of the log: console or json." none:"console on a terminal, else json"`
	WrongTokenLimit string `name:"wrong-token-limit" default:"300" placeholder:"NUMBER" help:"How many wrong tokens a client address may show in a minute before it gets 429; 0 for any number."`
	ThrottleExempt  string `name:"throttle-exempt" default:"" placeholder:"LIST" help:"Comma separated addresses or CIDR ranges that may show any number of wrong tokens." none:"none"`
	ShutdownGrace   string `name:"shutdown-grace" default:"15s" placeholder:"DURATION" help:"How long running requests may take after a signal, such as 15s or 1m30s; 0s cuts them at once."`

	MaxConnections  string `name:"max-connections" default:"25000" placeholder:"NUMBER" help:"Most open connections; more wait until one is closed. 0 is no limit."`
	MaxRequests     string `name:"max-requests" default:"64" placeholder:"NUMBER" help:"Most requests that are worked on at the same time; as many again wait for up to a second, more are answered with 503. 0 is no limit."`
	MaxHeldRequests string `name:"max-held-requests" default:"20000" placeholder:"NUMBER" help:"Most agents that wait for a job at the same time; more are told at once that there is none. 0 is no limit."`
	ClientTimeout   string `name:"client-timeout" default:"30s" placeholder:"DURATION" help:"How long a client may take to send a request, and a second more for each KiB of it, or to take a piece of the answer; 0s for ever."`

	RunnerTokenExpiry      string `name:"runner-token-expiry" default:"0" placeholder:"DURATION" help:"How long the token of a runner is good, such as 720h; 0 means for ever. Groups and projects may set less."`
	AllowRegistrationToken string `name:"allow-registration-token" default:"true" placeholder:"BOOL" help:"Whether runners may register with a registration token; false leaves it to users to make runners."`
	Storage                string `name:"storage" default:"" placeholder:"URL" help:"Where traces and artifacts are kept: file:DIRECTORY, or s3://HOST:PORT/BUCKET/PREFIX?region=REGION&insecure=true, which several nodes can share." none:"file:runyard-data, or a temporary directory for a database in memory"`
	TraceLimit             string `name:"trace-limit" default:"16MiB" placeholder:"SIZE" help:"Most bytes of a job's trace; the job fails beyond. KiB, MiB, GiB and TiB are understood."`
	ArtifactLimit          string `name:"artifact-limit" default:"100MiB" placeholder:"SIZE" help:"Most bytes of one artifact."`
	ArtifactExpiry         string `name:"artifact-expiry" default:"0s" placeholder:"DURATION" help:"How long an artifact is kept whose job does not say; 0s for ever."`
	LongPoll               string `name:"long-poll" default:"50s" placeholder:"DURATION" help:"How long an agent's request waits for a job before it is answered, at most 1m; 0s answers at once."`
	PendingTimeout         string `name:"pending-timeout" default:"24h" placeholder:"DURATION" help:"How long a job waits for a runner before it fails; 0s for ever."`
	UnmatchedTimeout       string `name:"unmatched-timeout" default:"1h" placeholder:"DURATION" help:"The same while no online runner matches the job; 0s for ever."`
	UnacknowledgedTimeout  string `name:"unacknowledged-timeout" default:"2m" placeholder:"DURATION" help:"How long an agent may take to speak of a job it was given before the job counts as lost; 0s for ever."`
	SilentTimeout          string `name:"silent-timeout" default:"5m" placeholder:"DURATION" help:"How long an agent may then be silent about it; 0s for ever."`
	Overtime               string `name:"overtime" default:"15m" placeholder:"DURATION" help:"How long a job may run beyond its own timeout; 0s for ever."`
}

// commandLine declares commands and flags; kong reads it by reflection.
type commandLine struct {
	Help     helpFlag      `short:"h" help:"Show this help and exit."`
	Settings settingValues `embed:"" group:"settings"`

	Serve struct{} `cmd:"" help:"Apply pending migrations, listen, and serve until SIGINT or SIGTERM."`

	Migrate struct {
		Status bool `help:"List the migrations and whether they are applied, and change nothing."`
	} `cmd:"" help:"Apply pending migrations and exit."`

	Backup struct {
		File string `arg:"" help:"Where to write the copy; the file must not exist yet."`
	} `cmd:"" help:"Copy the SQLite database into FILE, also while a server writes to it."`

	Version struct{} `cmd:"" help:"Print version, commit and Go version."`
}

// invocation is what one command line asks for.
type invocation struct {
	command    string
	statusOnly bool   // of migrate
	file       string // of backup
	values     settingValues
}

// parseCommandLine finds the command and the value of each setting that has a
// flag: a flag beats the environment, which beats the default. It checks no
// value. After printing help to stdout it returns errHelpShown.
func parseCommandLine(args, environ []string, stdout io.Writer) (invocation, error) {
	var line commandLine
	parser, err := kong.New(
		&line,
		kong.Name("runyard"),
		kong.Description("Runyard serves GitLab's Runners API from one binary."),
		kong.NoDefaultHelp(),
		kong.Writers(stdout, io.Discard),
		kong.Resolvers(environmentResolver(environ)),
		kong.ValueFormatter(describeSetting),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100}),
		kong.Vars{"trustedProxies": defaultTrustedProxies()},
		kong.Groups{settingsGroup: "Settings (a flag beats the environment, which beats the default):"},
	)
	if err != nil {
		return invocation{}, fmt.Errorf("declare the command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if errors.Is(err, errHelpShown) {
		return invocation{}, errHelpShown
	}
	if err != nil {
		return invocation{}, usageErrorf("%s; see runyard --help", redactURL(err.Error()))
	}
	return invocation{
		command:    parsed.Command(),
		statusOnly: line.Migrate.Status,
		file:       line.Backup.File,
		values:     line.Settings,
	}, nil
}

// environmentResolver gives settings that have no flag on the command line
// their value from the environment. An empty variable counts as not set. kong's
// own env tag is not used: it reads the environment of the process, which
// tests that run in parallel cannot share.
func environmentResolver(environ []string) kong.ResolverFunc {
	values := environment(environ)
	return func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if !isSetting(flag.Value) {
			return nil, nil
		}
		if value := values[environmentName(flag.Name)]; value != "" {
			return value, nil
		}
		return nil, nil
	}
}

func isSetting(value *kong.Value) bool {
	return value.Flag != nil && value.Flag.Group != nil && value.Flag.Group.Key == settingsGroup
}

// environmentName is the variable that stands for a flag.
func environmentName(flag string) string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// describeSetting is the help of one flag, with default and environment name.
func describeSetting(value *kong.Value) string {
	if !isSetting(value) {
		return value.Help
	}
	fallback := value.Default
	if fallback == "" {
		fallback = value.Tag.Get("none")
	}
	return fmt.Sprintf("%s Default: %s. Environment: %s.", value.Help, fallback, environmentName(value.Name))
}

// environment indexes NAME=value pairs by name; the last pair of a name counts,
// as it does for the programs that exec starts.
func environment(environ []string) map[string]string {
	values := make(map[string]string, len(environ))
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			values[name] = value
		}
	}
	return values
}
