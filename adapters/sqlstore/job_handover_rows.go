package sqlstore

import (
	"github.com/uptrace/bun"

	"runyard/domain"
)

// jobHandoverRow is what is known of a job since it went to an agent; a job that
// never did has none. It is a row of its own because it changes with every piece
// of the trace, and what a job shall do is long.
type jobHandoverRow struct {
	bun.BaseModel `bun:"table:job_handovers,alias:h"`

	JobID          domain.JobID    `bun:"job_id,pk"`
	SystemID       domain.SystemID `bun:"system_id"`
	Token          domain.Digest   `bun:"token_digest,nullzero"`
	RunTimeout     int64           `bun:"run_timeout"`
	Graceful       bool            `bun:"graceful"`
	ExitCode       *int64          `bun:"exit_code"`
	TraceSize      int64           `bun:"trace_size"`
	TraceCRC       int64           `bun:"trace_crc"`
	TraceRepaired  bool            `bun:"trace_repaired"`
	AcknowledgedAt timestamp       `bun:"acknowledged_at"`
	TouchedAt      timestamp       `bun:"touched_at"`
}

func jobHandoverRowOf(s domain.JobState) *jobHandoverRow {
	row := &jobHandoverRow{
		SystemID: s.SystemID, Token: s.Token, RunTimeout: s.RunTimeout, Graceful: s.Graceful, ExitCode: s.ExitCode,
		TraceSize: s.Trace.Size, TraceCRC: int64(s.Trace.CRC), TraceRepaired: s.Trace.Repaired,
		AcknowledgedAt: timestamp{s.AcknowledgedAt}, TouchedAt: timestamp{s.TouchedAt},
	}
	if *row == (jobHandoverRow{}) {
		return nil
	}
	row.JobID = s.ID
	return row
}

// addTo fills in what the row knows. A nil row knows nothing.
func (row *jobHandoverRow) addTo(s *domain.JobState) {
	if row == nil {
		return
	}
	s.SystemID, s.Token, s.RunTimeout, s.Graceful, s.ExitCode = row.SystemID, row.Token, row.RunTimeout, row.Graceful, row.ExitCode
	s.Trace = domain.Trace{Size: row.TraceSize, CRC: uint32(row.TraceCRC), Repaired: row.TraceRepaired}
	s.AcknowledgedAt, s.TouchedAt = row.AcknowledgedAt.Time, row.TouchedAt.Time
}

// saveHandover stores the whole row, new or not.
func saveHandover(db bun.IDB, row *jobHandoverRow) *bun.InsertQuery {
	return db.NewInsert().Model(row).On("CONFLICT (job_id) DO UPDATE").
		Set("system_id = EXCLUDED.system_id").
		Set("token_digest = EXCLUDED.token_digest").
		Set("run_timeout = EXCLUDED.run_timeout").
		Set("graceful = EXCLUDED.graceful").
		Set("exit_code = EXCLUDED.exit_code").
		Set("trace_size = EXCLUDED.trace_size").
		Set("trace_crc = EXCLUDED.trace_crc").
		Set("trace_repaired = EXCLUDED.trace_repaired").
		Set("acknowledged_at = EXCLUDED.acknowledged_at").
		Set("touched_at = EXCLUDED.touched_at")
}
