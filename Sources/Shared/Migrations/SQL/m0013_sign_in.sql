-- Further ways of signing in: by a QR code that a signed-in phone approves, by a ticket from another app, and by other houses' accounts.

CREATE TABLE qr_logins (
    id                    UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    realm                 TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    -- Of what the picture says. Neither it nor the device's own secret is stored.
    qr_sha256             BYTEA       NOT NULL UNIQUE CHECK (octet_length(qr_sha256) = 32),
    poll_sha256           BYTEA       NOT NULL CHECK (octet_length(poll_sha256) = 32),
    -- The number that the device shows, and those that the phone offers, which hold it.
    match_number          SMALLINT    NOT NULL CHECK (match_number BETWEEN 10 AND 99),
    offered_numbers       SMALLINT[]  NOT NULL,
    state                 TEXT        NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'scanned', 'approved', 'denied', 'consumed')),
    user_agent            TEXT        CHECK (char_length(user_agent) <= 300),
    address               TEXT,
    created_at            TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at            TIMESTAMPTZ NOT NULL,
    scanned_by_account_id BIGINT      REFERENCES accounts (id),
    scanned_by_session_id BIGINT      REFERENCES sessions (id),
    decided_at            TIMESTAMPTZ,
    consumed_at           TIMESTAMPTZ,
    CHECK (match_number = ANY (offered_numbers)),
    CHECK ((scanned_by_account_id IS NULL) = (scanned_by_session_id IS NULL)),
    CHECK ((state = 'new') = (scanned_by_account_id IS NULL)),
    CHECK ((state IN ('new', 'scanned')) = (decided_at IS NULL)),
    CHECK ((state = 'consumed') = (consumed_at IS NOT NULL))
);

CREATE INDEX qr_logins_expires_at_index ON qr_logins (expires_at);

-- The apps that may hand a signed-in person on to each other.
CREATE TABLE apps (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          TEXT        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    realm         TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    secret_sha256 BYTEA       NOT NULL CHECK (octet_length(secret_sha256) = 32),
    enabled       BOOLEAN     NOT NULL DEFAULT TRUE,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version       BIGINT      NOT NULL DEFAULT 1,
    CONSTRAINT apps_realm_name_key UNIQUE (realm, name)
);

CREATE TABLE app_tickets (
    ticket_sha256 BYTEA PRIMARY KEY CHECK (octet_length(ticket_sha256) = 32),
    -- The only app that can use it.
    app_id        BIGINT      NOT NULL REFERENCES apps (id),
    account_id    BIGINT      NOT NULL REFERENCES accounts (id),
    -- The session that asked for it; the ticket is worth nothing once that has ended.
    session_id    BIGINT      NOT NULL REFERENCES sessions (id),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at    TIMESTAMPTZ NOT NULL,
    used_at       TIMESTAMPTZ
);

CREATE INDEX app_tickets_expires_at_index ON app_tickets (expires_at);

-- Sign-ins at other houses that have begun. What goes to them is derived from the browser's secret, of which only the hash is here.
CREATE TABLE third_party_logins (
    state_sha256   BYTEA PRIMARY KEY CHECK (octet_length(state_sha256) = 32),
    browser_sha256 BYTEA       NOT NULL CHECK (octet_length(browser_sha256) = 32),
    provider       TEXT        NOT NULL CHECK (char_length(provider) BETWEEN 1 AND 32),
    created_at     TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at     TIMESTAMPTZ NOT NULL,
    used_at        TIMESTAMPTZ
);

CREATE INDEX third_party_logins_expires_at_index ON third_party_logins (expires_at);

-- Which people of other houses are which of our accounts.
CREATE TABLE account_identities (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id BIGINT      NOT NULL REFERENCES accounts (id),
    realm      TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    -- What they are known by: never an e-mail address, which can change hands.
    issuer     TEXT        NOT NULL CHECK (char_length(issuer) BETWEEN 1 AND 500),
    subject    TEXT        NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 255),
    provider   TEXT        NOT NULL CHECK (char_length(provider) BETWEEN 1 AND 32),
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT account_identities_key UNIQUE (realm, issuer, subject)
);

CREATE INDEX account_identities_account_id_index ON account_identities (account_id, id);
