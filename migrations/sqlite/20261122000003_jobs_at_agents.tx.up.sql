-- What is known of a job since it was handed over. It stands apart so that each
-- piece of a trace rewrites a short row and no index.
CREATE TABLE IF NOT EXISTS job_handovers (
    job_id          INTEGER NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    system_id       TEXT NOT NULL,
    token_digest    TEXT,
    run_timeout     INTEGER NOT NULL,
    graceful        INTEGER NOT NULL CHECK (graceful IN (0, 1)),
    exit_code       INTEGER,
    trace_size      INTEGER NOT NULL,
    trace_crc       INTEGER NOT NULL,
    trace_repaired  INTEGER NOT NULL CHECK (trace_repaired IN (0, 1)),
    acknowledged_at TEXT,
    touched_at      TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS job_handovers_token ON job_handovers (token_digest);

-- The pending jobs, as a claim looks for them. The index begins with what all
-- jobs of one lane share: their tags, whether their refs are protected, and
-- their project. No reference to the project: its jobs go with it.
CREATE TABLE IF NOT EXISTS waiting_jobs (
    job_id     INTEGER NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL,
    tag_key    TEXT NOT NULL, -- a digest of the tags in any order; empty: no tags
    tag_list   TEXT NOT NULL, -- JSON
    protected  INTEGER NOT NULL CHECK (protected IN (0, 1))
) STRICT;
CREATE INDEX IF NOT EXISTS waiting_jobs_lane ON waiting_jobs (tag_key, protected, project_id, job_id);

-- The jobs that run on instance runners: projects with few of them come first.
CREATE TABLE IF NOT EXISTS instance_runner_jobs (
    job_id     INTEGER NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS instance_runner_jobs_project ON instance_runner_jobs (project_id);

CREATE TABLE IF NOT EXISTS artifacts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id     INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    file_type  TEXT NOT NULL,
    format     TEXT NOT NULL,
    filename   TEXT NOT NULL,
    size       INTEGER NOT NULL,
    store_key  TEXT NOT NULL,
    expires_at TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS artifacts_job ON artifacts (job_id, file_type);
CREATE INDEX IF NOT EXISTS artifacts_expiry ON artifacts (expires_at, id);

-- Jobs that were put in the queue before. Any key will do that differs for
-- different tags.
INSERT INTO waiting_jobs (job_id, project_id, tag_key, tag_list, protected)
SELECT id, project_id, CASE WHEN tag_list IN ('[]', 'null') THEN '' ELSE tag_list END, tag_list, protected
FROM jobs WHERE status = 'pending'
ON CONFLICT DO NOTHING;
