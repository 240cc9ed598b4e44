package hostile

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

const (
	guesser   = "203.0.113.7"
	perMinute = 20
)

func throttling(exempt ...netip.Prefix) apitest.Option {
	return func(c *apitest.Config) { c.Throttle = rest.ThrottleConfig{PerMinute: perMinute, Exempt: exempt} }
}

// guesses are the ways to try a token, by what it would be a token of.
var guesses = map[string]func(w *town, token string, parts ...apitest.Part) apitest.Response{
	"a registration token": func(w *town, token string, parts ...apitest.Part) apitest.Response {
		return w.Do("POST", "runners", append(parts, apitest.Form("token", token))...)
	},
	"a runner token": func(w *town, token string, parts ...apitest.Part) apitest.Response {
		return w.Do("POST", "runners/verify", append(parts, apitest.JSON(`{"token":"`+token+`"}`))...)
	},
	"a runner token in a header": func(w *town, token string, parts ...apitest.Part) apitest.Response {
		return w.Do("POST", "jobs/request", append(parts, apitest.Header("RUNNER-TOKEN", token))...)
	},
	"a job token": func(w *town, token string, parts ...apitest.Part) apitest.Response {
		return w.Do("PATCH", "jobs/"+w.id(aJob, 0)+"/trace", append(parts,
			apitest.Header("JOB-TOKEN", token), apitest.Header("Content-Range", "0-0"), apitest.Body("text/plain", "x"))...)
	},
	"a personal access token": func(w *town, token string, parts ...apitest.Part) apitest.Response {
		return w.Do("GET", "user", append(parts, apitest.As(token))...)
	},
	"a bearer token": func(w *town, token string, parts ...apitest.Part) apitest.Response {
		return w.Do("GET", "user", append(parts, apitest.Header("Authorization", "Bearer "+token))...)
	},
}

func TestGuessingIsThrottledWhateverTheToken(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		w := newTown(t, store, throttling())
		n := 0
		for name, guess := range guesses {
			n++
			from := apitest.Remote(fmt.Sprintf("203.0.113.%d:1", n))
			for i := range perMinute {
				got := guess(w, fmt.Sprint("a-guess-of-some-length-", i), from)
				require.Contains(t, []int{401, 403}, got.Status, "%s: %s", name, got.Body)
				require.Empty(t, got.Header.Get("RateLimit-Limit"), "clients adapt to it, and nobody has to")
			}
			got := guess(w, "one-more-guess-of-that-length", from)
			require.Equal(t, http.StatusTooManyRequests, got.Status, name)
			assert.Equal(t, "Retry later\n", got.Body)
			assert.Equal(t, "text/plain", got.Header.Get("Content-Type"))
			for header, want := range map[string]string{
				"Retry-After": "3", "RateLimit-Limit": "20", "RateLimit-Observed": "21", "RateLimit-Remaining": "0",
				"RateLimit-Name": "throttle_wrong_tokens", "RateLimit-ResetTime": "Thu, 29 Feb 2024 12:35:00 GMT",
			} {
				assert.Equal(t, want, got.Header.Get(header), header)
			}
			assert.NotEmpty(t, got.Header.Get("RateLimit-Reset"))
			assert.Less(t, guess(w, "from-elsewhere", apitest.Remote("198.51.100.9:1")).Status, 429)
		}
		metrics := w.Do("GET", "/-/metrics").Body
		assert.Contains(t, metrics, fmt.Sprintf("\nrunyard_throttled_requests_total %d\n", n))
		assert.Contains(t, metrics, fmt.Sprintf("\nrunyard_wrong_tokens_total %d\n", n*(perMinute+1)))
	})
}

// The right token among many guesses is not found: it is not looked at. Tokens
// that were in use from there go on, and so does whoever shows none.
func TestAGuesserLearnsNothingAndNeighboursGoOn(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		w := newTown(t, store, throttling())
		from := apitest.Remote(guesser + ":1")
		used, unused := w.runners[0], w.runners[1]
		require.Equal(t, 200, guesses["a runner token"](w, used, from).Status)
		require.Equal(t, 200, guesses["a personal access token"](w, w.Root, from).Status)
		for i := range 3 * perMinute {
			guesses["a runner token"](w, fmt.Sprint("guess-", i), from)
		}
		assert.Equal(t, 429, guesses["a runner token"](w, unused, from).Status)
		assert.Equal(t, 429, guesses["a registration token"](w, apitest.RegistrationToken, from).Status)
		assert.Equal(t, 200, guesses["a runner token"](w, used, from).Status)
		assert.Equal(t, 200, guesses["a personal access token"](w, w.Root, from).Status)
		assert.Equal(t, 401, w.Do("GET", "user", from).Status, "no token is no guess")
		assert.Equal(t, 400, w.Do("POST", "runners/verify", from).Status)
		assert.Equal(t, 200, w.Do("GET", "/-/liveness", from).Status)
		assert.Equal(t, 501, w.Do("GET", "runners/router/discovery", from, apitest.Header("RUNNER-TOKEN", "guess")).Status)
		w.Clock.Advance(3 * time.Second)
		assert.Equal(t, 200, guesses["a runner token"](w, unused, from).Status, "after the wait it is heard")
	})
}

// Nobody becomes somebody else by a header, unless a trusted proxy says so.
func TestAGuesserCannotChooseTheirAddress(t *testing.T) {
	t.Parallel()
	w := newTown(t, fixture.SQLite(t), throttling())
	status := 0
	for i := range perMinute + 1 {
		status = guesses["a runner token"](w, "guess", apitest.Remote(guesser+":1"),
			apitest.Header("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))).Status
	}
	assert.Equal(t, 429, status, "the header of a stranger is not believed")
	for i := range 3 * perMinute {
		status = guesses["a runner token"](w, "guess", apitest.Header("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))).Status
		require.Equal(t, 403, status, "clients behind a trusted proxy are told apart")
	}
}

func TestTrustedNetworksMayGuessAndSoMayAllWithoutALimit(t *testing.T) {
	t.Parallel()
	store := fixture.SQLite(t)
	exempting := newTown(t, store, throttling(netip.MustParsePrefix("203.0.113.0/24")))
	for range 3 * perMinute {
		require.Equal(t, 403, guesses["a runner token"](exempting, "guess", apitest.Remote(guesser+":1")).Status)
	}
	unlimited := newTown(t, fixture.SQLite(t))
	for range 500 {
		require.Equal(t, 403, guesses["a runner token"](unlimited, "guess", apitest.Remote(guesser+":1")).Status)
	}
}

// An agent whose token has died asks three times an hour, and one whose job was
// taken from it stops at once: many of them behind one address stay far below
// what is put up with.
func TestRefusalsOfOtherKindsDoNotCount(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		w := newTown(t, store, throttling())
		from := apitest.Remote(guesser + ":1")
		for range 3 * perMinute {
			require.Equal(t, 403, w.Do("GET", "runners/all", from, apitest.As(w.people[1])).Status, "a role too low")
			require.Equal(t, 404, w.Do("GET", "projects/999", from, apitest.As(w.people[1])).Status)
			require.Equal(t, 401, w.Do("GET", "user", from).Status)
			require.Equal(t, 400, w.Do("POST", "runners", from, apitest.Form("token", "x", "tag_list", "", "maximum_timeout", "soon")).Status)
		}
	})
}
