package measures

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"runyard/test/bench/dataset"
	"runyard/test/bench/driver"
	"runyard/test/bench/floor"
	"runyard/test/bench/report"
)

const (
	emptyHandler = "an empty gin handler"
	form         = "Content-Type: application/x-www-form-urlencoded"
	asRoot       = "PRIVATE-TOKEN: " + rootToken
)

var empty = driver.Exchange{Request: driver.Request(http.MethodPost, floor.EmptyPath, "{}"), Status: http.StatusOK}

// writing is a Definition that is measured against an empty handler.
func writing(key, name string, next func(s *Site, connection int) func() driver.Exchange) Definition {
	return Definition{
		Key: key, Kind: report.Other, Floor: emptyHandler,
		Name: func(*Site) string { return name },
		Prepare: func(_ context.Context, s *Site) (prepared, error) {
			return both(s, func(i int) func() driver.Exchange { return next(s, i) }, always(empty)), nil
		},
	}
}

// writes are what people and agents change.
func writes() []Definition {
	return []Definition{
		verify(),
		writing("register", "POST /runners (register)", register),
		writing("pause", "PUT /runners/:id (pause, resume)", pause),
		writing("enable", "POST, DELETE /projects/:id/runners (enable, disable)", enable),
	}
}

// verifiers is how many runners verify their tokens in turn.
const verifiers = 1000

func verify() Definition {
	return Definition{
		Key: "verify", Kind: report.Single, Floor: ownServer + ", which only reads",
		Name: func(*Site) string { return "POST /runners/verify" },
		Prepare: func(ctx context.Context, s *Site) (prepared, error) {
			request := func(runner int, query string) driver.Exchange {
				body := url.Values{"token": {dataset.RunnerToken(runner)}, "system_id": {dataset.SystemID(runner)}}.Encode()
				return driver.Exchange{Request: driver.Request(http.MethodPost, api("/runners/verify%s", query), body, form), Status: http.StatusOK}
			}
			product := func(runner int) driver.Exchange { return request(runner, "") }
			floor := func(runner int) driver.Exchange {
				token := dataset.RunnerToken(runner)
				return request(runner, "?digest="+string(s.Data.Vault.Digest(secret(token))))
			}
			if _, err := sameAnswers(ctx, s, product(dataset.Narrow), floor(dataset.Narrow)); err != nil {
				return prepared{}, err
			}
			runner := func(i int) int { return i*s.Data.Runners/verifiers + 1 }
			inTurn := func(of func(runner int) driver.Exchange) func(int) func() driver.Exchange {
				return func(connection int) func() driver.Exchange {
					var exchanges []driver.Exchange
					for i := connection; i < verifiers; i += driver.Connections {
						exchanges = append(exchanges, of(runner(i)))
					}
					return cycle(exchanges)
				}
			}
			// The first contact of each machine is stored at once.
			return both(s, inTurn(product), inTurn(floor)),
				once(ctx, s, verifiers, func(i int) driver.Exchange { return product(runner(i)) })
		},
	}
}

// cycle sends one after the other, again and again.
func cycle(exchanges []driver.Exchange) func() driver.Exchange {
	i := -1
	return func() driver.Exchange {
		i = (i + 1) % len(exchanges)
		return exchanges[i]
	}
}

func register(*Site, int) func() driver.Exchange {
	body := url.Values{
		"token": {registrationToken}, "description": {"registered by the benchmark"}, "tag_list": {"linux,docker"},
		"info[name]": {"gitlab-runner"},
	}.Encode()
	return cycle([]driver.Exchange{{Request: driver.Request(http.MethodPost, api("/runners"), body, form), Status: http.StatusCreated}})
}

func pause(_ *Site, connection int) func() driver.Exchange {
	var exchanges []driver.Exchange
	for _, paused := range []string{"true", "false"} {
		exchanges = append(exchanges, driver.Exchange{
			// Every twentieth runner is one of the instance's.
			Request: driver.Request(http.MethodPut, api("/runners/%d", 19+20*connection), "paused="+paused, form, asRoot),
			Status:  http.StatusOK,
		})
	}
	return cycle(exchanges)
}

// enable has each connection enable a project runner in a project that it does
// not have, and disable it there. No job waits in the last projects: the runner
// stays one for whom there is no work.
func enable(s *Site, connection int) func() driver.Exchange {
	runner := 23 + 20*connection
	project := s.Data.Projects - connection
	for slices.Contains(s.Data.ProjectsOf(runner), project) {
		project -= driver.Connections
	}
	path := api("/projects/%d/runners", project)
	return cycle([]driver.Exchange{
		{Request: driver.Request(http.MethodPost, path, fmt.Sprintf("runner_id=%d", runner), form, asRoot), Status: http.StatusCreated},
		{Request: driver.Request(http.MethodDelete, fmt.Sprintf("%s/%d", path, runner), "", asRoot), Status: http.StatusNoContent},
	})
}
