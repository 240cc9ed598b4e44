# The targets that people and CI call. `make` alone lists them.

GO      ?= go
PROGRAM := bin/runyard
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null)
TOOL    := $(GO) tool -modfile=.ci/tools/go.mod

# The race detector makes the tests several times slower, and needs a C
# compiler: CI has it on, and `make test RACE=1`. It checks pointers too, which
# finds nothing in SQLite, C translated into Go: there that is off.
RACE       ?= $(CI)
RACE_FLAGS := $(if $(RACE),-race -gcflags='modernc.org/...=-d=checkptr=0',)
CGO        := $(if $(RACE),1,0)

# Runs a command with TEST_POSTGRES_URL set. It is built, not `go run`, so that
# signals reach it and the exit code stays that of the tests.
WITH_POSTGRES := bin/with-postgres

# What `make bench` passes on to its program, which explains them: bin/bench -help
BENCH_VARIABLES := SIZE DATABASE ROUND ROUNDS LINES JSON RESULTS README WITH

.DEFAULT_GOAL := help
.PHONY: help build run generate drift fmt lint vulncheck test test-agent chaos fuzz walk bench cover ci clean race-compiler with-postgres

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program into bin/, without C
	@CGO_ENABLED=0 $(GO) build -ldflags '-s -w -X main.commit=$(COMMIT)' -o $(PROGRAM) ./cmd/runyard

run: build ## start the service on SQLite (runyard.db)
	@exec $(PROGRAM) serve

generate: ## make the generated files anew (mocks of the ports)
	@$(GO) generate ./...

drift: generate ## fail if generated files differ from those committed
	@changed=$$(git status --porcelain -- ports/mocks) && \
	if [ -n "$$changed" ]; then \
		echo "$$changed"; \
		echo 'drift: generated files differ from the committed ones: run `make generate` and commit the result' >&2; \
		exit 1; \
	fi

fmt: ## format the code
	@$(TOOL) golangci-lint fmt

lint: ## run the linters and check the format
	@$(TOOL) golangci-lint run

# No gate: its database is on a server that CI may not reach.
vulncheck: ## look for known vulnerabilities in what we use (needs vuln.go.dev)
	@$(TOOL) govulncheck ./...

test: race-compiler with-postgres ## run all tests, on SQLite and a throw-away PostgreSQL (or TEST_POSTGRES_URL)
	@CGO_ENABLED=$(CGO) exec $(WITH_POSTGRES) -- $(GO) test $(RACE_FLAGS) ./...

# Each target in turn, so that one that finds something does not hide the
# others. What it found stands in testdata/fuzz then, and fails every test.
FUZZTIME ?= 10m
FUZZED   := domain adapters/rest adapters/rest/params adapters/rest/paging
fuzz: ## fuzz every target in turn: make fuzz [FUZZTIME=10m]
	@failed=; for folder in $(FUZZED); do \
		for target in $$(grep -ho '^func Fuzz[A-Za-z]*' $$folder/*_test.go | cut -d' ' -f2); do \
			echo "fuzz: $$target in $$folder for $(FUZZTIME)"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$folder || failed="$$failed $$target"; \
		done; \
	done; \
	if [ -n "$$failed" ]; then echo "fuzz: failed:$$failed" >&2; exit 1; fi

WALK ?= 50000
walk: with-postgres ## send requests at random to both databases: make walk [WALK=50000]
	@WALK=$(WALK) exec $(WITH_POSTGRES) -- $(GO) test -count 1 -timeout 4h -v -run RandomWalk ./test/hostile

test-agent: build ## run the walk-through with a real agent: make test-agent GITLAB_RUNNER=/path/to/gitlab-runner
	@if [ -z '$(GITLAB_RUNNER)' ]; then \
		echo 'test-agent: set GITLAB_RUNNER to the path of a gitlab-runner, 15.4 or newer' >&2; exit 1; \
	fi
	@exec $(GO) run ./test/agent/cmd/walk-through -runyard $(PROGRAM) -agent '$(GITLAB_RUNNER)'

bench: ## measure beside a minimal server: make bench SIZE=10k|100k|1m DATABASE=postgres|sqlite
	@$(GO) build -o bin/bench ./test/bench/cmd/bench
	@exec bin/bench -command '$(strip make bench $(foreach v,$(BENCH_VARIABLES),$(if $($(v)),$(v)=$($(v)))))' \
		$(foreach v,$(BENCH_VARIABLES),$(if $($(v)),-$(shell echo $(v) | tr A-Z a-z) '$($(v))'))

chaos: with-postgres ## break things on purpose, for some minutes: docs/guarantees.md (CHAOS_SEED repeats a run)
	@CHAOS=full exec $(WITH_POSTGRES) -- $(GO) test -count=1 -v -timeout 60m ./test/chaos

cover: with-postgres ## run all tests and report the coverage by function
	@$(WITH_POSTGRES) -- $(GO) test -coverpkg=./... -coverprofile=coverage.out ./...
	@$(GO) tool cover -func=coverage.out

ci: ## what CI runs: linters, drift, a short benchmark, tests
	@.ci/run

clean: ## remove what the other targets made, but no database
	@rm -rf bin coverage.out

race-compiler:
	@if [ -n '$(RACE)' ] && ! command -v "$$($(GO) env CC)" >/dev/null; then \
		echo 'test: the race detector needs a C compiler: install gcc, or leave RACE out' >&2; exit 1; \
	fi

with-postgres:
	@$(GO) build -o $(WITH_POSTGRES) ./test/postgres/cmd/with-postgres
