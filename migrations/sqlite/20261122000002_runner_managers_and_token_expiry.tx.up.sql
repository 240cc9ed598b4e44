-- Tokens of runners can expire, and tell whether a user made the runner.
{{if call .lacks "runners" "token_expires_at"}}
ALTER TABLE runners ADD COLUMN token_expires_at TEXT;
{{end}}
{{if call .lacks "runners" "made_by_user"}}
ALTER TABLE runners ADD COLUMN made_by_user INTEGER NOT NULL DEFAULT 0 CHECK (made_by_user IN (0, 1));
{{end}}

-- How long they are good, in seconds; NULL: the group or project does not say.
{{if call .lacks "namespaces" "runner_token_expiration_interval"}}
ALTER TABLE namespaces ADD COLUMN runner_token_expiration_interval INTEGER;
{{end}}
{{if call .lacks "projects" "runner_token_expiration_interval"}}
ALTER TABLE projects ADD COLUMN runner_token_expiration_interval INTEGER;
{{end}}

-- The machines that work with the token of a runner.
CREATE TABLE IF NOT EXISTS runner_managers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    runner_id    INTEGER NOT NULL REFERENCES runners (id) ON DELETE CASCADE,
    system_id    TEXT    NOT NULL,
    version      TEXT,
    revision     TEXT,
    platform     TEXT,
    architecture TEXT,
    ip_address   TEXT,
    created_at   TEXT    NOT NULL,
    contacted_at TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS runner_managers_system ON runner_managers (runner_id, system_id);
