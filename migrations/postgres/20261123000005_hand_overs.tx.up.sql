-- Each node keeps the oldest waiting jobs in memory and asks for what came since
-- it asked last. Moments cannot tell that, because a transaction may end long
-- after it wrote; the number of the transaction that wrote the row can. A trigger
-- sets it, so that it is right whoever writes.
ALTER TABLE waiting_jobs ADD COLUMN IF NOT EXISTS entered_in xid8 NOT NULL DEFAULT '0';
CREATE INDEX IF NOT EXISTS waiting_jobs_entered ON waiting_jobs (entered_in);

CREATE OR REPLACE FUNCTION note_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.entered_in := pg_current_xact_id();
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS waiting_jobs_entry ON waiting_jobs;
CREATE TRIGGER waiting_jobs_entry BEFORE INSERT ON waiting_jobs
    FOR EACH ROW EXECUTE FUNCTION note_entry();

-- The same for projects that let other runners in than when they were made.
CREATE TABLE IF NOT EXISTS project_openings (
    project_id BIGINT NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    opened_in  xid8 NOT NULL
);
CREATE INDEX IF NOT EXISTS project_openings_opened ON project_openings (opened_in);

CREATE OR REPLACE FUNCTION note_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO project_openings (project_id, opened_in) VALUES (NEW.id, pg_current_xact_id())
    ON CONFLICT (project_id) DO UPDATE SET opened_in = EXCLUDED.opened_in;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS projects_opening ON projects;
CREATE TRIGGER projects_opening AFTER UPDATE ON projects
    FOR EACH ROW
    WHEN ((OLD.shared_runners_enabled, OLD.group_runners_enabled, OLD.namespace_id)
        IS DISTINCT FROM (NEW.shared_runners_enabled, NEW.group_runners_enabled, NEW.namespace_id))
    EXECUTE FUNCTION note_opening();

-- Sweeps look for jobs that are not over; of the others there are many more.
DROP INDEX IF EXISTS jobs_status;
CREATE INDEX IF NOT EXISTS jobs_unfinished ON jobs (status, id) WHERE finished_at IS NULL;
