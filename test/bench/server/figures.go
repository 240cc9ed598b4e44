package server

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Counters are what the product counted since it started.
type Counters struct {
	Statements float64 // of SQL
	Allocated  float64 // bytes
	Goroutines float64
}

// Counters asks the product's metrics.
func (s *Server) Counters(ctx context.Context) (Counters, error) {
	text, err := s.get(ctx, "/-/metrics")
	if err != nil {
		return Counters{}, err
	}
	var c Counters
	for metric, target := range map[string]*float64{
		"runyard_sql_statements_total":  &c.Statements,
		"go_memstats_alloc_bytes_total": &c.Allocated,
		"go_goroutines":                 &c.Goroutines,
	} {
		if *target, err = sample(text, metric); err != nil {
			return Counters{}, err
		}
	}
	return c, nil
}

// Minus is what was counted between the two.
func (c Counters) Minus(before Counters) Counters {
	return Counters{Statements: c.Statements - before.Statements, Allocated: c.Allocated - before.Allocated}
}

// sample is the value of a metric without labels.
func sample(text []byte, metric string) (float64, error) {
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte(metric+" ")); ok {
			return strconv.ParseFloat(string(bytes.TrimSpace(value)), 64)
		}
	}
	return 0, fmt.Errorf("the metric %s is missing", metric)
}

// Memory is what the system says of the process, in bytes.
type Memory struct {
	Resident int64
	Peak     int64
}

// ForgetPeak lets the next Peak be that of the time from now on. Not every system
// can do that.
func (s *Server) ForgetPeak() error {
	const peak = "5" // proc(5), clear_refs
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.command.Process.Pid), []byte(peak), 0)
}

// Memory asks the system.
func (s *Server) Memory() (Memory, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return Memory{}, err
	}
	return parseMemory(string(status))
}

func parseMemory(status string) (m Memory, err error) {
	for name, target := range map[string]*int64{"VmRSS:": &m.Resident, "VmHWM:": &m.Peak} {
		_, rest, found := strings.Cut(status, name)
		fields := strings.Fields(rest)
		if !found || len(fields) == 0 {
			return Memory{}, fmt.Errorf("the system does not tell %s", name)
		}
		kilobytes, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			return Memory{}, err
		}
		*target = kilobytes << 10
	}
	return m, nil
}
