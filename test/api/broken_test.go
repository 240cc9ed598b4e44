package api_test

import (
	"context"
	"errors"

	"runyard/domain"
	"runyard/ports"
)

// brokenRunners is storage that fails in one way or another.
type brokenRunners struct{ ports.RunnerRepository }

// List fails.
func (brokenRunners) List(context.Context, ports.RunnerSource, domain.RunnerFilter, ports.Page) ([]domain.RunnerSummary, int, error) {
	return nil, 0, errors.New("the disk is full")
}

// Find panics.
func (brokenRunners) Find(context.Context, domain.RunnerID) (*domain.Runner, error) {
	panic("the disk is gone")
}
