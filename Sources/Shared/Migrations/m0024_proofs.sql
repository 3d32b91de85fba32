-- Passwords are hashed by Argon2id from here on. Those that scrypt hashed are looked for while there are any: few among many, later none.
-- Building the index holds up changes of accounts for a moment; it reads the table once.
CREATE INDEX accounts_scrypt_index ON accounts (id) WHERE password_hash LIKE '$scrypt$%' AND deleted_at IS NULL;
