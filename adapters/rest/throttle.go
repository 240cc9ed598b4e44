package rest

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"runyard/adapters/rest/params"
	"runyard/domain"
	"runyard/ports"
)

const (
	// throttleName tells clients which limit they have met.
	throttleName = "throttle_wrong_tokens"
	// maxOffenders bounds the addresses that are remembered.
	maxOffenders = 20_000
	// unguessable is the length from which on a token is too long to be guessed:
	// those that we make have 20 random characters.
	unguessable = 20
	// networkBits is how much of an IPv6 address counts: whoever has one has all
	// those of its network.
	networkBits = 64
)

// ThrottleConfig says how many wrong tokens are put up with.
type ThrottleConfig struct {
	// PerMinute is how many wrong tokens a client address may show in a minute;
	// zero: any number.
	PerMinute int
	// Exempt are the networks that may show any number.
	Exempt []netip.Prefix
}

// throttle slows down whoever guesses tokens. Each client address may show some
// wrong ones; then it is refused, without a look at the token, until it has
// shown none for long enough. Only wrong tokens count. A token that was good
// from the same address not long ago is let through all the same, so that
// agents behind one address do not suffer from a neighbour who guesses.
type throttle struct {
	config ThrottleConfig
	clock  ports.Clock
	proven *provenTokens

	mu        sync.Mutex
	offenders map[netip.Prefix]*offender

	wrong, refused prometheus.Counter
}

// offender is a client address that showed wrong tokens.
type offender struct {
	budget  *rate.Limiter
	refused int // since it was last looked at a token from there
}

func newThrottle(config ThrottleConfig, clock ports.Clock, registry prometheus.Registerer) *throttle {
	t := &throttle{
		config: config, clock: clock, proven: newProvenTokens(),
		offenders: make(map[netip.Prefix]*offender),
		wrong: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "runyard_wrong_tokens_total", Help: "How many requests showed a token that stands for nothing.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "runyard_throttled_requests_total",
			Help: "How many requests were refused because their address had shown too many wrong tokens.",
		}),
	}
	registry.MustRegister(t.wrong, t.refused)
	return t
}

// admit decides whether the token of a request is looked at; the error is the
// answer if it is not. No token is no guess.
func (t *throttle) admit(h http.Header, client string, token domain.Secret) error {
	if token == "" || t.config.PerMinute == 0 {
		return nil
	}
	address := networkOf(client)
	wait, observed := t.look(address, token)
	if wait == 0 {
		return nil
	}
	t.refused.Inc()
	tellThrottle(h, t.config.PerMinute, observed, t.clock.Now().Add(wait), wait)
	return &params.WireError{Status: http.StatusTooManyRequests, ContentType: "text/plain", Body: "Retry later\n"}
}

// look tells how long the address has to wait before a token from there is
// looked at; zero: not at all. observed is how many it has shown.
func (t *throttle) look(address netip.Prefix, token domain.Secret) (wait time.Duration, observed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.offenders[address]
	if o == nil {
		return 0, 0
	}
	left := o.budget.TokensAt(t.clock.Now())
	if left >= 1 || t.proven.has(address, token) {
		if left >= 1 {
			o.refused = 0
		}
		return 0, 0
	}
	o.refused++
	// A debt, which requests at the same moment make, has to be waited for too.
	seconds := (1 - left) / float64(o.budget.Limit())
	return max(time.Duration(seconds*float64(time.Second)), time.Nanosecond), t.config.PerMinute + o.refused
}

// wrongToken counts a wrong token against the address that showed it.
func (t *throttle) wrongToken(client string) {
	t.wrong.Inc()
	if t.config.PerMinute == 0 || t.exempts(client) {
		return
	}
	address := networkOf(client)
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.offenders[address]
	if o == nil {
		t.makeRoom()
		perMinute := t.config.PerMinute
		o = &offender{budget: rate.NewLimiter(rate.Limit(float64(perMinute)/time.Minute.Seconds()), perMinute)}
		t.offenders[address] = o
	}
	// Reserving goes below zero, where allowing would not: many requests at the
	// same moment are paid for all the same.
	o.budget.ReserveN(t.clock.Now(), 1)
}

// rightToken remembers a token that was good.
func (t *throttle) rightToken(client string, token domain.Secret) {
	if t.config.PerMinute > 0 && len(token) >= unguessable {
		t.proven.add(networkOf(client), token, t.clock.Now())
	}
}

// makeRoom forgets the addresses that have kept quiet for long enough, and any
// others until there is room for many, so that it is rarely needed. The lock is
// held.
func (t *throttle) makeRoom() {
	if len(t.offenders) < maxOffenders {
		return
	}
	now := t.clock.Now()
	maps.DeleteFunc(t.offenders, func(_ netip.Prefix, o *offender) bool {
		return o.budget.TokensAt(now) >= float64(t.config.PerMinute)
	})
	for address := range t.offenders {
		if len(t.offenders) < maxOffenders*9/10 {
			return
		}
		delete(t.offenders, address)
	}
}

func (t *throttle) exempts(client string) bool {
	address, err := netip.ParseAddr(client)
	return err == nil && slices.ContainsFunc(t.config.Exempt, func(p netip.Prefix) bool { return p.Contains(address) })
}

// networkOf is what counts as one client address. Clients without one, as on a
// Unix socket, are all the same one.
func networkOf(client string) netip.Prefix {
	address, err := netip.ParseAddr(client)
	if err != nil {
		return netip.Prefix{}
	}
	bits := address.BitLen()
	if address.Is6() {
		bits = networkBits
	}
	network, _ := address.Prefix(bits) // the bits fit
	return network
}

// tellThrottle writes the headers that GitLab sends with 429 (runners-api.md
// 1.8).
func tellThrottle(h http.Header, limit, observed int, reset time.Time, wait time.Duration) {
	seconds := int64((wait + time.Second - 1) / time.Second)
	h.Set("RateLimit-Name", throttleName)
	h.Set("RateLimit-Limit", strconv.Itoa(limit))
	h.Set("RateLimit-Observed", strconv.Itoa(observed))
	h.Set("RateLimit-Remaining", "0")
	// Whole seconds, and not too early.
	reset = reset.Add(time.Second - 1).Truncate(time.Second).UTC()
	h.Set("RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
	h.Set("RateLimit-ResetTime", reset.Format(http.TimeFormat))
	h.Set("Retry-After", strconv.FormatInt(seconds, 10))
}
