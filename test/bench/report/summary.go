package report

import (
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// The lines of a document between which WriteSummary writes.
const (
	beginSummary = "<!-- benchmark -->\n"
	endSummary   = "<!-- end of benchmark -->\n"
)

// WriteSummary puts the result, in short, into a Markdown document, in the place
// of what stands between its two marks.
func (r Result) WriteSummary(path string) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(document), beginSummary)
	_, after, ends := strings.Cut(rest, endSummary)
	if !begins || !ends {
		return fmt.Errorf("%s has no lines %q and %q for the benchmark to write between", path,
			strings.TrimSpace(beginSummary), strings.TrimSpace(endSummary))
	}
	return os.WriteFile(path, []byte(before+beginSummary+"\n"+r.summary()+"\n"+endSummary+after), 0o644)
}

// summary is what a reader wants to know first.
func (r Result) summary() string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "`%s` on %d cores, %.0f GiB, %s:\n\n", r.Command, r.Machine.Cores,
		float64(r.Machine.Memory)/(1<<30), r.Machine.Database)
	header := table.Row{"Request", "req/s", "of the minimal server", "p50", "statements"}
	if r.Reference != "" {
		header = append(header, "p50, of that with "+r.Reference)
	}
	t := newTable(header...)
	for _, l := range r.Lines {
		if l.Note != "" {
			t.AppendRow(table.Row{l.Name, l.Note})
			continue
		}
		ratio := "–"
		if l.Kind != Other { // else it is measured against nothing like it
			ratio = fmt.Sprintf("%.2f", l.Ratio)
		}
		t.AppendRow(table.Row{
			l.Name + manyMark(l), fmt.Sprintf("%.0f", l.PerSecond.Product), ratio, duration(l.P50.Product),
			fmt.Sprintf("%.2f", l.Statements), growth(l),
		}[:len(header)])
	}
	b.WriteString(t.RenderMarkdown() + "\n")
	return b.String()
}
