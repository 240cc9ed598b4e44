package main

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap/zapcore"
)

// pieces is what was written, one write each.
type pieces struct {
	mu      sync.Mutex
	written []string
	full    bool // nothing more fits
}

func (p *pieces) Write(piece []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full {
		return 0, errors.New("no space left on device")
	}
	p.written = append(p.written, string(piece))
	return len(piece), nil
}

// fill decides whether more fits.
func (p *pieces) fill(full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.full = full
}

// inLog runs the test on both logs of the program.
func inLog(t *testing.T, test func(t *testing.T, p *pieces, say, request func(string), stop func())) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := new(pieces)
		lines := newLogBuffer(p)
		settings := Settings{LogLevel: zapcore.InfoLevel, LogFormat: LogJSON}
		log, requests := newLogger(lines.prompt(), settings), newLogger(lines, settings)
		stop := func() { assert.NoError(t, lines.Stop()) }
		defer stop()
		test(t, p, func(text string) { log.Error(text) }, func(text string) { requests.Info(text) }, stop)
	})
}

// wrote checks which texts went out in each write.
func (p *pieces) wrote(t *testing.T, writes ...[]string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !assert.Len(t, p.written, len(writes)) {
		return
	}
	for i, texts := range writes {
		assert.Equal(t, len(texts), strings.Count(p.written[i], "\n"))
		at := 0
		for _, text := range texts {
			found := strings.Index(p.written[i][at:], `"msg":"`+text+`"`)
			assert.GreaterOrEqual(t, found, 0, "%s in %s", text, p.written[i])
			at += max(found, 0)
		}
	}
}

func TestRequestsAreLoggedTogetherAndSoon(t *testing.T) {
	inLog(t, func(t *testing.T, p *pieces, _, request func(string), stop func()) {
		request("one")
		request("two")
		p.wrote(t)
		time.Sleep(logDelay)
		synctest.Wait()
		p.wrote(t, []string{"one", "two"})
		request("three")
		stop()
		p.wrote(t, []string{"one", "two"}, []string{"three"})
	})
}

func TestEverythingElseIsLoggedAtOnceAndInOrder(t *testing.T) {
	inLog(t, func(t *testing.T, p *pieces, say, request func(string), _ func()) {
		say("listening")
		p.wrote(t, []string{"listening"})
		request("one")
		say("failed")
		p.wrote(t, []string{"listening"}, []string{"one", "failed"})
	})
}

func TestALogThatWasFullGoesOn(t *testing.T) {
	inLog(t, func(t *testing.T, p *pieces, say, _ func(string), _ func()) {
		p.fill(true)
		say("lost")
		p.fill(false)
		say("kept")
		p.wrote(t, []string{"kept"})
	})
}
