-- What accounts need beyond a password: how sessions began, one-time codes, second factors, the counts that slow guessing down,
-- and ways to search accounts and the audit trail.

ALTER TABLE sessions
    -- How the session began, as `password` or `code`.
    ADD COLUMN method       TEXT        NOT NULL DEFAULT 'other' CHECK (char_length(method) BETWEEN 1 AND 32),
    ADD COLUMN address      TEXT,
    ADD COLUMN user_agent   TEXT        CHECK (char_length(user_agent) <= 200),
    -- Kept to ten minutes or so: writing it at every call would cost more than it tells.
    ADD COLUMN last_seen_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp();

-- Codes that were asked for, also those that were never sent because nobody has the number: both count towards the limits.
CREATE TABLE one_time_codes (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm            TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    purpose          TEXT        NOT NULL CHECK (char_length(purpose) BETWEEN 1 AND 32),
    -- Under a key that the database doesn't have: neither numbers nor codes can be told from what is stored.
    destination_hmac BYTEA       NOT NULL CHECK (octet_length(destination_hmac) = 32),
    code_hmac        BYTEA       NOT NULL CHECK (octet_length(code_hmac) = 32),
    -- Whose code it is; nobody's is right for nobody.
    account_id       BIGINT      REFERENCES accounts (id),
    address          TEXT        NOT NULL,
    tries            SMALLINT    NOT NULL DEFAULT 0 CHECK (tries >= 0),
    created_at       TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at       TIMESTAMPTZ NOT NULL,
    used_at          TIMESTAMPTZ,
    CHECK (expires_at > created_at)
);

CREATE INDEX one_time_codes_newest_index ON one_time_codes (destination_hmac, realm, purpose, id);
CREATE INDEX one_time_codes_destination_index ON one_time_codes (destination_hmac, created_at);
CREATE INDEX one_time_codes_address_index ON one_time_codes (address, created_at);
CREATE INDEX one_time_codes_created_at_index ON one_time_codes (created_at);

-- The second factor: the secret that a phone's application shares with us (RFC 6238).
CREATE TABLE totp_secrets (
    account_id    BIGINT      PRIMARY KEY REFERENCES accounts (id),
    -- AES-GCM under a key that the database doesn't have.
    sealed_secret BYTEA       NOT NULL,
    -- The last step whose code was taken: no code counts twice.
    last_step     BIGINT      NOT NULL DEFAULT 0,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- Counts from here on; until then the application may not have the secret at all.
    confirmed_at  TIMESTAMPTZ
);

-- Each is good once, for somebody who has lost the phone. 80 random bits, so a fast hash serves.
CREATE TABLE recovery_codes (
    account_id  BIGINT      NOT NULL REFERENCES accounts (id),
    code_sha256 BYTEA       NOT NULL CHECK (octet_length(code_sha256) = 32),
    used_at     TIMESTAMPTZ,
    PRIMARY KEY (account_id, code_sha256)
);

-- Wrong passwords and codes, by a hash of what they are counted for: people type passwords into the wrong field.
CREATE TABLE sign_in_counts (
    key      TEXT             PRIMARY KEY CHECK (char_length(key) = 64),
    failures INTEGER          NOT NULL DEFAULT 0 CHECK (failures >= 0),
    last_at  TIMESTAMPTZ      NOT NULL DEFAULT clock_timestamp(),
    next_at  TIMESTAMPTZ      NOT NULL DEFAULT clock_timestamp(),
    -- When this name last signed in from this address: it is known there.
    good_at  TIMESTAMPTZ
);

CREATE INDEX sign_in_counts_last_at_index ON sign_in_counts (last_at);

-- Names that begin with something, whatever the database's collation.
CREATE INDEX accounts_username_prefix_index ON accounts (username text_pattern_ops);
CREATE INDEX accounts_phone_index ON accounts (phone);
CREATE INDEX accounts_email_index ON accounts (email);
CREATE INDEX accounts_disabled_index ON accounts (id) WHERE disabled_at IS NOT NULL;

CREATE INDEX audit_events_action_index ON audit_events (action, id);
CREATE INDEX audit_events_at_index ON audit_events (at);
