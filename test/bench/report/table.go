package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Print shows the result on a terminal.
func (r Result) Print(w io.Writer) error {
	_, err := fmt.Fprintf(w, "\n%s\n\n%s\n\n%s\n", r.heading(), r.lines().Render(), r.figures().Render())
	return err
}

// Markdown shows results one after the other, as a document.
func Markdown(w io.Writer, results ...Result) error {
	_, err := io.WriteString(w, introduction)
	for _, r := range results {
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "\n## %s, %s\n\n%s\n\n%s\n\n%s\n", r.Database, r.Size, r.heading(),
			r.lines().RenderMarkdown(), r.figures().RenderMarkdown())
	}
	return err
}

const introduction = `# Results of the benchmark

This file is written by ` + "`make bench RESULTS=test/bench/RESULTS.md`" + `; do not edit it.

Requests go over 16 connections that stay open, each with one request at a time. The floor is a server that does no more than it must, on the same database and at the same time: both are driven in alternating rounds, and the ratio is the median of the rounds' ratios, so that it means something on a noisy machine too. Latencies are those of Runyard. Statements and bytes (KiB) are what Runyard counted during the rounds, divided by the requests; the peak is the most memory that it had meanwhile. Growth is the median of p50 divided by p50 with the reference size, which is driven in the same rounds.
`

func (r Result) heading() string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "`%s` on %s, %d cores, %.1f GiB of memory, %s, %s; load average before it %.1f.", r.Command,
		r.Machine.System, r.Machine.Cores, float64(r.Machine.Memory)/(1<<30), r.Machine.Go, r.Machine.Database, r.Machine.Load)
	if r.Settings != "" {
		_, _ = fmt.Fprintf(&b, " Settings: %s.", r.Settings)
	}
	_, _ = fmt.Fprintf(&b, " %d rounds of %s per side, %s.", r.Rounds, r.Round, r.At.UTC().Format(time.DateOnly))
	if r.Reference != "" {
		_, _ = fmt.Fprintf(&b, " Growth is against %s.", r.Reference)
	}
	return b.String()
}

func (r Result) lines() table.Writer {
	t := newTable("Line", "req/s", "floor", "ratio", "p50", "p99", "growth", "stmts", "KiB", "peak MiB", "targets")
	for _, l := range r.Lines {
		if l.Note != "" {
			t.AppendRow(table.Row{l.Name, "–", "–", "–", "–", "–", "–", "–", "–", "–", l.Note})
			continue
		}
		t.AppendRow(table.Row{
			l.Name + manyMark(l), fmt.Sprintf("%.0f", l.PerSecond.Product), fmt.Sprintf("%.0f", l.PerSecond.Floor),
			fmt.Sprintf("%.2f", l.Ratio), duration(l.P50.Product), duration(l.P99.Product), growth(l),
			fmt.Sprintf("%.2f", l.Statements), fmt.Sprintf("%.1f", l.Allocated/1024), peak(l), r.verdicts(l),
		})
	}
	return t
}

func manyMark(l Line) string {
	if l.Many {
		return " (> 10,000 rows)"
	}
	return ""
}

func duration(nanoseconds float64) string {
	return fmt.Sprintf("%.2f ms", nanoseconds/float64(time.Millisecond))
}

func growth(l Line) string {
	if l.Growth == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", l.Growth)
}

func peak(l Line) string {
	if l.Peak == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", float64(l.Peak)/(1<<20))
}

// verdicts are against targets that are meant for PostgreSQL.
func (r Result) verdicts(l Line) string {
	if r.Database != PostgreSQL {
		return "–"
	}
	var all []string
	for _, v := range l.Verdicts() {
		all = append(all, v.String())
	}
	if all == nil {
		return "–"
	}
	return strings.Join(all, ", ")
}

func (r Result) figures() table.Writer {
	t := newTable("Figure", "value", "target")
	all := r.Figures
	if f, ok := r.UnderLoad(); ok {
		all = append(all[:len(all):len(all)], f)
	}
	for _, f := range all {
		target := f.Note
		if v, ok := f.Verdict(); ok {
			target = strings.TrimPrefix(f.Note+"; "+v.String(), "; ")
		}
		t.AppendRow(table.Row{f.Name, strings.TrimSpace(fmt.Sprintf("%.1f %s", f.Value, f.Unit)), target})
	}
	return t
}

func newTable(header ...any) table.Writer {
	t := table.NewWriter()
	t.AppendHeader(header)
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	var columns []table.ColumnConfig
	for i := 2; i < len(header); i++ {
		columns = append(columns, table.ColumnConfig{Number: i, Align: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	return t
}
