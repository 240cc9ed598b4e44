-- The paused runners of a type: few, and in the order of lists.
CREATE INDEX IF NOT EXISTS runners_paused ON runners (runner_type, id) WHERE active = FALSE;
