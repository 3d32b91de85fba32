-- Merchants, accounts of the three realms, their sessions, and the audit trail.

CREATE TABLE merchants (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        TEXT        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    verified_at TIMESTAMPTZ,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

-- Those that wait to be verified: few among many.
CREATE INDEX merchants_unverified_index ON merchants (id) WHERE verified_at IS NULL;

CREATE TABLE accounts (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm         TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    username      TEXT        NOT NULL CHECK (char_length(username) BETWEEN 3 AND 32),
    phone         TEXT        CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    email         TEXT        CHECK (char_length(email) <= 254 AND email LIKE '%_@_%'),
    password_hash TEXT        NOT NULL,
    -- The bit set of the account itself: read 1, write 2, modify 4, delete 8.
    permission    SMALLINT    NOT NULL CHECK (permission BETWEEN 0 AND 15),
    -- Of cinema accounts only: the merchant that they act for.
    merchant_id   BIGINT      REFERENCES merchants (id),
    disabled_at   TIMESTAMPTZ,
    deleted_at    TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version       BIGINT      NOT NULL DEFAULT 1,
    CHECK ((realm = 'cinema') = (merchant_id IS NOT NULL)),
    -- Stored normalised, so that one person cannot hold two spellings of one name.
    CHECK (username = lower(username)),
    CHECK (email = lower(email))
);

-- Names stay taken after a deletion: an old order must never seem to be a newcomer's.
CREATE UNIQUE INDEX accounts_realm_username_key ON accounts (realm, username);
CREATE UNIQUE INDEX accounts_realm_phone_key ON accounts (realm, phone);
CREATE UNIQUE INDEX accounts_realm_email_key ON accounts (realm, email);
CREATE INDEX accounts_realm_id_index ON accounts (realm, id);
CREATE INDEX accounts_merchant_id_index ON accounts (merchant_id);

CREATE TABLE sessions (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The token itself is never stored; it has 178 random bits, so a fast hash serves.
    token_sha256 BYTEA       NOT NULL UNIQUE CHECK (octet_length(token_sha256) = 32),
    account_id   BIGINT      NOT NULL REFERENCES accounts (id),
    realm        TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    created_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at   TIMESTAMPTZ NOT NULL,
    revoked_at   TIMESTAMPTZ,
    CHECK (expires_at > created_at)
);

CREATE INDEX sessions_account_id_index ON sessions (account_id) WHERE revoked_at IS NULL;

-- Who did what to whom, when and from where. Rows are only ever added.
CREATE TABLE audit_events (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at               TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    actor_account_id BIGINT      REFERENCES accounts (id),
    action           TEXT        NOT NULL CHECK (char_length(action) BETWEEN 1 AND 64),
    subject          TEXT        NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 128),
    address          TEXT,
    details          JSONB       NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_events_actor_index ON audit_events (actor_account_id, id);
CREATE INDEX audit_events_subject_index ON audit_events (subject, id);

CREATE FUNCTION refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER audit_events_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The first answer to a creating request, so that its repetition gets the same one.
-- Written in the transaction of the creation itself; kept 24 hours.
CREATE TABLE idempotency_records (
    account_id     BIGINT      NOT NULL REFERENCES accounts (id),
    operation      TEXT        NOT NULL,
    key            TEXT        NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
    request_sha256 BYTEA       NOT NULL CHECK (octet_length(request_sha256) = 32),
    status         SMALLINT    NOT NULL,
    location       TEXT,
    body           BYTEA       NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, operation, key)
);

CREATE INDEX idempotency_records_created_at_index ON idempotency_records (created_at);
