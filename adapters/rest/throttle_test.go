package rest

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
	"runyard/domain"
	"runyard/test/fixture"
)

const (
	guesser   = "203.0.113.7"
	longToken = domain.Secret("a-token-of-20-letters")
)

func newTestThrottle(config ThrottleConfig) (*throttle, *fixture.Clock) {
	clock := fixture.NewClock()
	return newThrottle(config, clock, prometheus.NewRegistry()), clock
}

// guess shows wrong tokens as a client does, and tells how many were looked at.
func guess(t *throttle, client string, times int) (looked int) {
	for i := range times {
		if t.admit(http.Header{}, client, domain.Secret(fmt.Sprint("guess-", i))) == nil {
			t.wrongToken(client)
			looked++
		}
	}
	return looked
}

func TestAnAddressMayShowSoManyWrongTokensAMinute(t *testing.T) {
	t.Parallel()
	throttle, clock := newTestThrottle(ThrottleConfig{PerMinute: 60})
	assert.Equal(t, 60, guess(throttle, guesser, 1000))
	clock.Advance(10 * time.Second)
	assert.Equal(t, 10, guess(throttle, guesser, 1000))
	clock.Advance(time.Hour)
	assert.Equal(t, 60, guess(throttle, guesser, 1000), "what was not used is no credit")
	assert.Equal(t, 60, guess(throttle, "203.0.113.8", 1000), "another address has its own")
}

func TestARefusedRequestIsToldWhenToComeBack(t *testing.T) {
	t.Parallel()
	throttle, clock := newTestThrottle(ThrottleConfig{PerMinute: 6})
	guess(throttle, guesser, 7)
	h := http.Header{}
	err := throttle.admit(h, guesser, "again")
	require.Equal(t, &params.WireError{Status: 429, ContentType: "text/plain", Body: "Retry later\n"}, err)
	assert.Equal(t, http.Header{
		"Ratelimit-Name": {"throttle_wrong_tokens"}, "Ratelimit-Limit": {"6"}, "Ratelimit-Observed": {"8"},
		"Ratelimit-Remaining": {"0"}, "Ratelimit-Reset": {fmt.Sprint(clock.Now().Unix() + 11)},
		"Ratelimit-Resettime": {"Thu, 29 Feb 2024 12:35:07 GMT"}, "Retry-After": {"10"},
	}, h)
	clock.Advance(10 * time.Second)
	assert.Equal(t, 1, guess(throttle, guesser, 10), "whoever waits as long is heard")
}

// Requests at the same moment are all looked at, but have to be paid for.
func TestGuessesAtTheSameMomentArePaidFor(t *testing.T) {
	t.Parallel()
	throttle, clock := newTestThrottle(ThrottleConfig{PerMinute: 60})
	for range 180 {
		throttle.wrongToken(guesser)
	}
	clock.Advance(time.Minute)
	assert.Zero(t, guess(throttle, guesser, 1))
	clock.Advance(time.Minute + time.Second)
	assert.Equal(t, 1, guess(throttle, guesser, 2))
}

func TestNeighboursOfAGuesserGoOn(t *testing.T) {
	t.Parallel()
	throttle, clock := newTestThrottle(ThrottleConfig{PerMinute: 60})
	throttle.rightToken(guesser, longToken)
	throttle.rightToken(guesser, "short")
	guess(throttle, guesser, 100)
	require.NoError(t, throttle.admit(http.Header{}, guesser, longToken), "it was good from there")
	require.Error(t, throttle.admit(http.Header{}, guesser, longToken+"x"))
	require.Error(t, throttle.admit(http.Header{}, guesser, "short"), "one that can be guessed is no proof")
	require.NoError(t, throttle.admit(http.Header{}, guesser, ""), "no token is no guess")
	guess(throttle, "203.0.113.8", 100)
	require.Error(t, throttle.admit(http.Header{}, "203.0.113.8", longToken), "it was not good from there")

	throttle.rightToken(guesser, longToken)
	clock.Advance(provenLife)
	throttle.rightToken(guesser, longToken+"1")
	guess(throttle, guesser, 100)
	require.NoError(t, throttle.admit(http.Header{}, guesser, longToken), "an hour is not long ago")
	clock.Advance(provenLife)
	throttle.rightToken(guesser, longToken+"1")
	guess(throttle, guesser, 100)
	require.Error(t, throttle.admit(http.Header{}, guesser, longToken), "two are")
}

func TestWhoIsExemptOrUnlimitedIsNeverRefused(t *testing.T) {
	t.Parallel()
	throttle, _ := newTestThrottle(ThrottleConfig{PerMinute: 1, Exempt: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	assert.Equal(t, 100, guess(throttle, "10.1.2.3", 100))
	assert.Equal(t, 1, guess(throttle, "11.1.2.3", 100))
	assert.Equal(t, 1, guess(throttle, "", 100), "clients without an address are one")
	unlimited, _ := newTestThrottle(ThrottleConfig{})
	assert.Equal(t, 100, guess(unlimited, guesser, 100))
	assert.Empty(t, unlimited.offenders)
}

func TestAWholeNetworkOfIPv6IsOneClient(t *testing.T) {
	t.Parallel()
	throttle, _ := newTestThrottle(ThrottleConfig{PerMinute: 10})
	looked := 0
	for i := range 100 {
		looked += guess(throttle, fmt.Sprintf("2001:db8::%x", i+1), 1)
	}
	assert.Equal(t, 10, looked)
	assert.Equal(t, 1, guess(throttle, "2001:db8:0:1::1", 1))
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	throttle, clock := newTestThrottle(ThrottleConfig{PerMinute: 2})
	for i := range maxOffenders * 3 / 2 {
		throttle.wrongToken(netip.AddrFrom4([4]byte{1, byte(i >> 16), byte(i >> 8), byte(i)}).String())
		assert.LessOrEqual(t, len(throttle.offenders), maxOffenders)
	}
	clock.Advance(time.Minute)
	throttle.wrongToken(guesser)
	for len(throttle.offenders) > 1 && len(throttle.offenders) < maxOffenders {
		throttle.wrongToken(netip.AddrFrom4([4]byte{2, 0, byte(len(throttle.offenders) >> 8), byte(len(throttle.offenders))}).String())
	}
	fresh := len(throttle.offenders)
	throttle.wrongToken("203.0.113.8")
	assert.Less(t, len(throttle.offenders), fresh, "those who kept quiet are forgotten first")
	assert.Contains(t, throttle.offenders, networkOf(guesser))

	for i := range 2*maxProven + 1 {
		throttle.rightToken(guesser, domain.Secret(strings.Repeat("x", unguessable)+fmt.Sprint(i)))
	}
	assert.LessOrEqual(t, len(throttle.proven.young)+len(throttle.proven.old), 2*maxProven)
}
