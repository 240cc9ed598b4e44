package main

import (
	"context"

	"runyard/test/bench/measures"
	"runyard/test/bench/report"
)

// figures are what is no line.
func (b *bench) figures(ctx context.Context, site *measures.Site) ([]report.Figure, error) {
	memory, err := site.Product.Memory()
	if err != nil {
		return nil, err
	}
	return []report.Figure{
		{Key: "peak-memory", Name: "peak memory of the run", Value: float64(memory.Peak) / (1 << 20), Unit: "MiB"},
	}, nil
}
