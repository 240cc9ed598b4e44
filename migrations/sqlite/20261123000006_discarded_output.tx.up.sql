-- What the stores still hold of jobs that are gone: the trace of a job, or the
-- artifact under a key. It is forgotten when the bytes are deleted.
CREATE TABLE IF NOT EXISTS discarded_output (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id    INTEGER,
    store_key TEXT,
    CHECK ((job_id IS NULL) <> (store_key IS NULL))
) STRICT;
