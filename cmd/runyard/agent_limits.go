package main

import (
	"math"
	"strconv"
	"strings"
	"time"

	"runyard/application"
)

// longestPoll is as long as many proxies wait for an answer.
const longestPoll = time.Minute

// parseAgentLimits reads what agents and their jobs are allowed.
func parseAgentLimits(values settingValues) (limits application.AgentLimits, err error) {
	for _, size := range []struct {
		flag, value string
		target      *int64
	}{
		{"trace-limit", values.TraceLimit, &limits.Trace},
		{"artifact-limit", values.ArtifactLimit, &limits.Artifact},
	} {
		if *size.target, err = parseSize(size.flag, size.value); err != nil {
			return application.AgentLimits{}, err
		}
	}
	for _, duration := range []struct {
		flag, value, zero string
		target            *time.Duration
	}{
		{"artifact-expiry", values.ArtifactExpiry, "keeps artifacts for ever", &limits.ArtifactExpiry},
		{"long-poll", values.LongPoll, "answers at once", &limits.LongPoll},
		{"pending-timeout", values.PendingTimeout, "lets jobs wait for ever", &limits.Sweep.Pending},
		{"unmatched-timeout", values.UnmatchedTimeout, "lets jobs wait for ever", &limits.Sweep.Unmatched},
		{"unacknowledged-timeout", values.UnacknowledgedTimeout, "lets jobs wait for ever", &limits.Sweep.Unacknowledged},
		{"silent-timeout", values.SilentTimeout, "lets jobs be silent for ever", &limits.Sweep.Silent},
		{"overtime", values.Overtime, "lets jobs run for ever", &limits.Sweep.Overtime},
	} {
		if *duration.target, err = parseDuration(duration.flag, duration.value, duration.zero); err != nil {
			return application.AgentLimits{}, err
		}
	}
	if limits.LongPoll > longestPoll {
		return application.AgentLimits{}, malformed("long-poll", values.LongPoll, "it can be 1m at most, because many proxies wait no longer for an answer")
	}
	return limits, nil
}

// parseDuration refuses a negative one; zero says what a zero does.
func parseDuration(flag, value, zero string) (time.Duration, error) {
	duration, err := time.ParseDuration(value)
	if err != nil {
		return 0, malformed(flag, value, "write a duration with its unit, such as 15s or 1m30s")
	}
	if duration < 0 {
		return 0, malformed(flag, value, "it cannot be negative; 0s "+zero)
	}
	return duration, nil
}

// parseSize reads a number of bytes, or of the units that go by 1024.
func parseSize(flag, value string) (int64, error) {
	number, factor := value, int64(1)
	for i, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if before, found := strings.CutSuffix(value, unit); found {
			number, factor = strings.TrimRight(before, " "), 1<<(10*(i+1))
		}
	}
	size, err := strconv.ParseInt(number, 10, 64)
	if err != nil || size < 1 || size > math.MaxInt64/factor {
		return 0, malformed(flag, value, "write a number of bytes above 0, or one with KiB, MiB, GiB or TiB behind it, such as 16MiB")
	}
	return size * factor, nil
}
