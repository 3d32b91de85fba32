-- Passwords are hashed by Argon2id from here on. Those that scrypt hashed are looked for while there are any: few among many, later none.
-- Building the index holds up changes of accounts for a moment; it reads the table once.
CREATE INDEX accounts_scrypt_index ON accounts (id) WHERE password_hash LIKE '$scrypt$%' AND deleted_at IS NULL;

-- A session that another one answers for, by a QR code or an app's ticket, ends with it. Those of before stand for themselves, so
-- that the reference needn't be checked for them; building the index reads the table once.
ALTER TABLE sessions ADD COLUMN parent_session_id BIGINT;
ALTER TABLE sessions
    ADD CONSTRAINT sessions_parent_session_id_fkey FOREIGN KEY (parent_session_id) REFERENCES sessions (id) ON DELETE SET NULL NOT VALID;
CREATE INDEX sessions_parent_session_id_index ON sessions (parent_session_id) WHERE parent_session_id IS NOT NULL;

-- Whether somebody else set the password, as a manager does for a new member: it signs nobody in until its owner has replaced it.
ALTER TABLE accounts ADD COLUMN password_set_by_other BOOLEAN NOT NULL DEFAULT FALSE;

-- Codes are counted for those who asked: an address where the account signs in has an allowance of its own, beside all strangers'.
ALTER TABLE one_time_codes ADD COLUMN known BOOLEAN NOT NULL DEFAULT FALSE;

-- Wrong codes in a row; with a hundred the second factor takes no more until somebody opens it again.
ALTER TABLE totp_secrets ADD COLUMN wrong_codes INTEGER NOT NULL DEFAULT 0 CHECK (wrong_codes >= 0);
