-- Work that goes on behind the requests: deliveries to the outside and jobs that one process does at a time.

-- Written with the change of state that it follows from, delivered afterwards by a worker, at least once.
CREATE TABLE outbox (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            TEXT        NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 64),
    payload         JSONB       NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    attempts        INTEGER     NOT NULL DEFAULT 0,
    -- Attempts that broke down, as against those that were told to come again.
    failures        INTEGER     NOT NULL DEFAULT 0,
    last_error      TEXT,
    done_at         TIMESTAMPTZ,
    -- Given up: a person has to look.
    dead_at         TIMESTAMPTZ
);

CREATE INDEX outbox_due_index ON outbox (next_attempt_at, id) WHERE done_at IS NULL AND dead_at IS NULL;
-- Delivered ones are forgotten after a while; those that were given up are counted.
CREATE INDEX outbox_done_index ON outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_dead_index ON outbox (dead_at) WHERE dead_at IS NOT NULL;

-- A job's holder renews its lease; when it stops doing so, another process takes the job over.
CREATE TABLE leases (
    name       TEXT        PRIMARY KEY,
    holder     TEXT        NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
