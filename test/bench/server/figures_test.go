package server

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMetricIsReadByItsWholeName(t *testing.T) {
	t.Parallel()
	text := []byte("# HELP go_goroutines How many.\ngo_goroutines_peak 9\ngo_goroutines 7\nbytes_total 1.5e+06\n")
	value, err := sample(text, "go_goroutines")
	require.NoError(t, err)
	assert.InDelta(t, 7, value, 0)
	value, err = sample(text, "bytes_total")
	require.NoError(t, err)
	assert.InDelta(t, 1.5e6, value, 0)
	_, err = sample(text, "statements_total")
	assert.ErrorContains(t, err, "statements_total is missing")
}

func TestMemoryIsReadInBytes(t *testing.T) {
	t.Parallel()
	memory, err := parseMemory("Name:\trunyard\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\n")
	require.NoError(t, err)
	assert.Equal(t, Memory{Resident: 1 << 20, Peak: 2 << 20}, memory)
	_, err = parseMemory("Name:\trunyard\nVmRSS:\t1024 kB\n")
	assert.ErrorContains(t, err, "VmHWM")
}
