package main

import (
	"strconv"
	"time"

	"runyard/adapters/rest"
)

// ServerLimits bound what one node takes upon itself. Zero is no limit.
type ServerLimits struct {
	// Connections is how many are open; more wait until one is closed.
	Connections int
	rest.Limits
}

func parseServerLimits(values settingValues) (limits ServerLimits, err error) {
	for _, number := range []struct {
		flag, value string
		target      *int
	}{
		{"max-connections", values.MaxConnections, &limits.Connections},
		{"max-requests", values.MaxRequests, &limits.Requests},
		{"max-held-requests", values.MaxHeldRequests, &limits.HeldRequests},
	} {
		n, err := strconv.ParseUint(number.value, 10, 31)
		if err != nil {
			return ServerLimits{}, malformed(number.flag, number.value, "write a whole number; 0 is no limit")
		}
		*number.target = int(n)
	}
	limits.Patience, err = parseDuration("client-timeout", values.ClientTimeout, "waits for ever")
	return limits, err
}

// headerPatience is what a client gets at most to send the header of a request.
const headerPatience = 10 * time.Second

// headerTimeout is what a client gets to send the header of a request.
func (l ServerLimits) headerTimeout() time.Duration {
	if l.Patience == 0 {
		return headerPatience
	}
	return min(l.Patience, headerPatience)
}
