-- Phone numbers and e-mail addresses that their owners have proved to have, codes that belong to the request for them, and sessions that
-- end when nobody uses them.

ALTER TABLE accounts
    -- Since when it is proved, by a code that was sent there. Accounts from before have none: what they signed up with was never tried,
    -- and what was changed by a code can't be told from it. They sign in by password as ever, and prove it then.
    ADD COLUMN phone_verified_at TIMESTAMPTZ,
    ADD COLUMN email_verified_at TIMESTAMPTZ,
    ADD CONSTRAINT accounts_phone_verified_check CHECK (phone IS NOT NULL OR phone_verified_at IS NULL),
    ADD CONSTRAINT accounts_email_verified_check CHECK (email IS NOT NULL OR email_verified_at IS NULL);

ALTER TABLE one_time_codes
    -- By what the one who asked for it is known: nobody else's tries count against it. Codes from before have none and are worth nothing;
    -- they would have lived for five minutes.
    ADD COLUMN request_sha256 BYTEA UNIQUE CHECK (octet_length(request_sha256) = 32);

-- What was sent is counted for each purpose; a code is found by its request.
CREATE INDEX one_time_codes_purpose_index ON one_time_codes (destination_hmac, purpose, created_at);
DROP INDEX one_time_codes_newest_index;
DROP INDEX one_time_codes_destination_index;

-- When a session ends unless it is used before: how long that is depends on the realm, and is a setting. Moved on together with last_seen_at,
-- so that it needs no write of its own. Sessions from before get it with their next use.
ALTER TABLE sessions ADD COLUMN idle_expires_at TIMESTAMPTZ;
UPDATE sessions SET idle_expires_at = expires_at;
ALTER TABLE sessions
    ALTER COLUMN idle_expires_at SET NOT NULL,
    -- The shortest usual one, for whoever doesn't say.
    ALTER COLUMN idle_expires_at SET DEFAULT clock_timestamp() + INTERVAL '1 hour';
