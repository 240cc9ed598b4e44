-- Moments are text of fixed width, YYYY-MM-DDTHH:MM:SS.ffffffZ, so that their
-- order is that of time. Booleans are 0 and 1. AUTOINCREMENT never gives an id
-- a second time.

CREATE TABLE IF NOT EXISTS users (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL, -- in lower case
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL, -- in lower case, for searches
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL, -- in lower case
    admin        INTEGER NOT NULL CHECK (admin IN (0, 1)),
    status       TEXT    NOT NULL CHECK (status IN ('active', 'blocked')),
    created_at   TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (username_key);
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (email_key);

-- Groups and personal namespaces. What is derived from the names above, full
-- name and path, is kept here for all; projects derive theirs from these.
CREATE TABLE IF NOT EXISTS namespaces (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT    NOT NULL CHECK (kind IN ('group', 'user')),
    owner_id     INTEGER REFERENCES users (id) ON DELETE CASCADE,
    parent_id    INTEGER REFERENCES namespaces (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL, -- in lower case, for searches
    path         TEXT    NOT NULL,
    full_name    TEXT    NOT NULL,
    full_path    TEXT    NOT NULL,
    visibility   TEXT    NOT NULL CHECK (visibility IN ('private', 'internal', 'public')),
    description  TEXT    NOT NULL,
    token_seed   TEXT    NOT NULL,
    token_digest TEXT,
    created_at   TEXT    NOT NULL,
    CHECK ((kind = 'user') = (owner_id IS NOT NULL)),
    CHECK (kind = 'group' OR parent_id IS NULL)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS namespaces_owner ON namespaces (owner_id);
CREATE UNIQUE INDEX IF NOT EXISTS namespaces_token ON namespaces (token_digest);
CREATE INDEX IF NOT EXISTS namespaces_parent ON namespaces (parent_id);
CREATE INDEX IF NOT EXISTS namespaces_kind ON namespaces (kind, id);

-- Which namespaces are above which. Each one is above itself.
CREATE TABLE IF NOT EXISTS namespace_ancestors (
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
    ancestor_id  INTEGER NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
    PRIMARY KEY (namespace_id, ancestor_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS namespace_ancestors_below ON namespace_ancestors (ancestor_id, namespace_id);

CREATE TABLE IF NOT EXISTS projects (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace_id           INTEGER NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
    name                   TEXT    NOT NULL,
    name_key               TEXT    NOT NULL, -- in lower case, for searches
    path                   TEXT    NOT NULL,
    description            TEXT,
    default_branch         TEXT    NOT NULL,
    visibility             TEXT    NOT NULL CHECK (visibility IN ('private', 'internal', 'public')),
    shared_runners_enabled INTEGER NOT NULL CHECK (shared_runners_enabled IN (0, 1)),
    group_runners_enabled  INTEGER NOT NULL CHECK (group_runners_enabled IN (0, 1)),
    build_timeout          INTEGER NOT NULL,
    repository_url         TEXT    NOT NULL,
    token_seed             TEXT    NOT NULL,
    token_digest           TEXT,
    created_at             TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS projects_token ON projects (token_digest);
CREATE INDEX IF NOT EXISTS projects_namespace ON projects (namespace_id, id);

-- The full path, in lower case, of everything that has one: nothing shares it.
CREATE TABLE IF NOT EXISTS routes (
    path_key     TEXT NOT NULL PRIMARY KEY,
    namespace_id INTEGER REFERENCES namespaces (id) ON DELETE CASCADE,
    project_id   INTEGER REFERENCES projects (id) ON DELETE CASCADE,
    CHECK ((namespace_id IS NULL) <> (project_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS routes_namespace ON routes (namespace_id);
CREATE UNIQUE INDEX IF NOT EXISTS routes_project ON routes (project_id);

CREATE TABLE IF NOT EXISTS members (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    namespace_id INTEGER REFERENCES namespaces (id) ON DELETE CASCADE,
    project_id   INTEGER REFERENCES projects (id) ON DELETE CASCADE,
    level        INTEGER NOT NULL CHECK (level > 0),
    expires_at   TEXT,
    created_at   TEXT    NOT NULL,
    CHECK ((namespace_id IS NULL) <> (project_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS members_namespace ON members (namespace_id, user_id);
CREATE UNIQUE INDEX IF NOT EXISTS members_project ON members (project_id, user_id);
CREATE INDEX IF NOT EXISTS members_user ON members (user_id);

CREATE TABLE IF NOT EXISTS personal_access_tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL, -- JSON
    digest     TEXT,
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    expires_at TEXT,
    created_at TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS personal_access_tokens_digest ON personal_access_tokens (digest);
CREATE INDEX IF NOT EXISTS personal_access_tokens_user ON personal_access_tokens (user_id);

CREATE TABLE IF NOT EXISTS runners (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    runner_type      TEXT    NOT NULL CHECK (runner_type IN ('instance_type', 'group_type', 'project_type')),
    group_id         INTEGER REFERENCES namespaces (id) ON DELETE CASCADE,
    token_digest     TEXT,
    description      TEXT,
    name             TEXT,
    active           INTEGER NOT NULL CHECK (active IN (0, 1)),
    locked           INTEGER NOT NULL CHECK (locked IN (0, 1)),
    run_untagged     INTEGER NOT NULL CHECK (run_untagged IN (0, 1)),
    access_level     TEXT    NOT NULL,
    maximum_timeout  INTEGER,
    maintenance_note TEXT,
    tag_list         TEXT    NOT NULL, -- JSON, in the order given
    created_at       TEXT    NOT NULL,
    updated_at       TEXT,
    CHECK (group_id IS NULL OR runner_type = 'group_type')
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS runners_token ON runners (token_digest);
CREATE INDEX IF NOT EXISTS runners_type ON runners (runner_type, id);
CREATE INDEX IF NOT EXISTS runners_active ON runners (active, id);
CREATE INDEX IF NOT EXISTS runners_group ON runners (group_id, id);

-- What the agent of each runner said last. It stands apart so that a sign of life
-- never waits for somebody who changes the runner.
CREATE TABLE IF NOT EXISTS runner_contacts (
    runner_id    INTEGER NOT NULL PRIMARY KEY REFERENCES runners (id) ON DELETE CASCADE,
    contacted_at TEXT,
    ip_address   TEXT,
    version      TEXT,
    revision     TEXT,
    platform     TEXT,
    architecture TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS runner_contacts_moment ON runner_contacts (contacted_at, runner_id);

-- The search index over runners.tag_list.
CREATE TABLE IF NOT EXISTS runner_tags (
    tag_key   TEXT    NOT NULL, -- the tag, or a digest of a very long one
    runner_id INTEGER NOT NULL REFERENCES runners (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_key, runner_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runner_tags_runner ON runner_tags (runner_id);

CREATE TABLE IF NOT EXISTS runner_projects (
    runner_id  INTEGER NOT NULL REFERENCES runners (id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    created_at TEXT    NOT NULL,
    PRIMARY KEY (runner_id, project_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runner_projects_project ON runner_projects (project_id, runner_id);

CREATE TABLE IF NOT EXISTS pipelines (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    sha         TEXT    NOT NULL,
    ref         TEXT    NOT NULL,
    tag         INTEGER NOT NULL CHECK (tag IN (0, 1)),
    status      TEXT    NOT NULL,
    commit_data TEXT, -- JSON: its times keep their offsets
    created_at  TEXT    NOT NULL,
    updated_at  TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS pipelines_project ON pipelines (project_id, id);

CREATE TABLE IF NOT EXISTS jobs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id     INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    pipeline_id    INTEGER NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
    user_id        INTEGER REFERENCES users (id) ON DELETE SET NULL,
    runner_id      INTEGER REFERENCES runners (id) ON DELETE SET NULL,
    name           TEXT    NOT NULL,
    stage          TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    failure_reason TEXT    NOT NULL,
    ref            TEXT    NOT NULL,
    tag            INTEGER NOT NULL CHECK (tag IN (0, 1)),
    protected      INTEGER NOT NULL CHECK (protected IN (0, 1)),
    allow_failure  INTEGER NOT NULL CHECK (allow_failure IN (0, 1)),
    tag_list       TEXT    NOT NULL, -- JSON, in the order given
    timeout        INTEGER NOT NULL,
    coverage       REAL,
    needs          TEXT    NOT NULL, -- JSON
    dependencies   TEXT    NOT NULL, -- JSON
    definition     TEXT    NOT NULL, -- JSON
    created_at     TEXT    NOT NULL,
    queued_at      TEXT,
    started_at     TEXT,
    finished_at    TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_project ON jobs (project_id, id);
CREATE INDEX IF NOT EXISTS jobs_project_status ON jobs (project_id, status, id);
CREATE INDEX IF NOT EXISTS jobs_pipeline ON jobs (pipeline_id, id);
CREATE INDEX IF NOT EXISTS jobs_user ON jobs (user_id);
CREATE INDEX IF NOT EXISTS jobs_runner ON jobs (runner_id, id);
CREATE INDEX IF NOT EXISTS jobs_runner_status ON jobs (runner_id, status, id);
CREATE INDEX IF NOT EXISTS jobs_status ON jobs (status, id);

-- One row. The root token is no foreign key: it says which token the last start
-- ensured, also when that token is gone.
CREATE TABLE IF NOT EXISTS instance (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    registration_token TEXT    NOT NULL,
    root_token_id      INTEGER NOT NULL,
    secret_key         TEXT    NOT NULL,
    secret_key_check   TEXT    NOT NULL
) STRICT;
INSERT INTO instance (id, registration_token, root_token_id, secret_key, secret_key_check)
VALUES (1, '', 0, '', '')
ON CONFLICT DO NOTHING;
