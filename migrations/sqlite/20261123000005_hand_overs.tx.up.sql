-- Sweeps look for jobs that are not over; of the others there are many more.
DROP INDEX IF EXISTS jobs_status;
CREATE INDEX IF NOT EXISTS jobs_unfinished ON jobs (status, id) WHERE finished_at IS NULL;
