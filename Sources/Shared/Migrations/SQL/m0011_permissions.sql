-- What accounts may do, as many tables. What an account may do to a resource is the union of all that reaches it by these tables,
-- masked by its own field accounts.permission. Groups belong to one realm, and keys of several columns keep realms and merchants apart.

ALTER TABLE accounts
    ADD CONSTRAINT accounts_id_realm_key UNIQUE (id, realm),
    ADD CONSTRAINT accounts_id_merchant_id_key UNIQUE (id, merchant_id);

CREATE TABLE permissions (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       TEXT        NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 100),
    -- As endpoints name it; '*' is every resource, those of later versions too.
    resource   TEXT        NOT NULL CHECK (resource ~ '^(\*|[a-z][a-z_]{0,62})$'),
    -- The sum of read 1, write 2, modify 4 and delete 8.
    bits       SMALLINT    NOT NULL CHECK (bits BETWEEN 1 AND 15),
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version    BIGINT      NOT NULL DEFAULT 1,
    UNIQUE (resource, bits)
);

CREATE TABLE account_permissions (
    account_id    BIGINT NOT NULL REFERENCES accounts (id),
    permission_id BIGINT NOT NULL REFERENCES permissions (id),
    PRIMARY KEY (account_id, permission_id)
);

CREATE INDEX account_permissions_permission_id_index ON account_permissions (permission_id);

CREATE TABLE permission_groups (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm      TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    name       TEXT        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version    BIGINT      NOT NULL DEFAULT 1,
    UNIQUE (realm, name),
    UNIQUE (id, realm)
);

CREATE TABLE permission_group_permissions (
    permission_group_id BIGINT NOT NULL REFERENCES permission_groups (id) ON DELETE CASCADE,
    permission_id       BIGINT NOT NULL REFERENCES permissions (id),
    PRIMARY KEY (permission_group_id, permission_id)
);

CREATE INDEX permission_group_permissions_permission_id_index ON permission_group_permissions (permission_id);

CREATE TABLE account_permission_groups (
    account_id          BIGINT NOT NULL,
    permission_group_id BIGINT NOT NULL,
    realm               TEXT   NOT NULL,
    PRIMARY KEY (account_id, permission_group_id),
    FOREIGN KEY (account_id, realm) REFERENCES accounts (id, realm),
    FOREIGN KEY (permission_group_id, realm) REFERENCES permission_groups (id, realm)
);

CREATE INDEX account_permission_groups_permission_group_id_index ON account_permission_groups (permission_group_id);

CREATE TABLE user_groups (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    realm       TEXT        NOT NULL CHECK (realm IN ('client', 'cinema', 'admin')),
    -- Of the cinema realm only: the one merchant whose people may be in it; NULL is the platform's, for everybody of the realm.
    merchant_id BIGINT      REFERENCES merchants (id),
    -- The same without NULL, for keys.
    owner_id    BIGINT      NOT NULL GENERATED ALWAYS AS (coalesce(merchant_id, 0)) STORED,
    name        TEXT        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    -- Comes with the program; it can be neither changed nor deleted.
    built_in    BOOLEAN     NOT NULL DEFAULT FALSE,
    -- What a new account of the realm is a member of.
    is_default  BOOLEAN     NOT NULL DEFAULT FALSE,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version     BIGINT      NOT NULL DEFAULT 1,
    CHECK (merchant_id IS NULL OR realm = 'cinema'),
    CHECK (NOT is_default OR (built_in AND merchant_id IS NULL)),
    UNIQUE (realm, owner_id, name),
    UNIQUE (id, realm),
    UNIQUE (id, realm, owner_id)
);

CREATE UNIQUE INDEX user_groups_default_key ON user_groups (realm) WHERE is_default;
CREATE INDEX user_groups_merchant_id_index ON user_groups (merchant_id);

CREATE TABLE user_group_members (
    account_id    BIGINT NOT NULL,
    user_group_id BIGINT NOT NULL,
    realm         TEXT   NOT NULL,
    owner_id      BIGINT NOT NULL,
    -- The merchant that the account must belong to; NULL, which no key checks, in the platform's groups.
    merchant_id   BIGINT GENERATED ALWAYS AS (nullif(owner_id, 0)) STORED,
    PRIMARY KEY (account_id, user_group_id),
    FOREIGN KEY (account_id, realm) REFERENCES accounts (id, realm),
    FOREIGN KEY (account_id, merchant_id) REFERENCES accounts (id, merchant_id),
    FOREIGN KEY (user_group_id, realm, owner_id) REFERENCES user_groups (id, realm, owner_id)
);

CREATE INDEX user_group_members_user_group_id_index ON user_group_members (user_group_id, account_id);

CREATE TABLE user_group_permissions (
    user_group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    permission_id BIGINT NOT NULL REFERENCES permissions (id),
    PRIMARY KEY (user_group_id, permission_id)
);

CREATE INDEX user_group_permissions_permission_id_index ON user_group_permissions (permission_id);

CREATE TABLE user_group_permission_groups (
    user_group_id       BIGINT NOT NULL,
    permission_group_id BIGINT NOT NULL,
    realm               TEXT   NOT NULL,
    PRIMARY KEY (user_group_id, permission_group_id),
    FOREIGN KEY (user_group_id, realm) REFERENCES user_groups (id, realm) ON DELETE CASCADE,
    FOREIGN KEY (permission_group_id, realm) REFERENCES permission_groups (id, realm)
);

CREATE INDEX user_group_permission_groups_permission_group_id_index ON user_group_permission_groups (permission_group_id);

-- The cinemas of its merchant that an account is limited to. Without a row it is limited to none and reaches all of them.
CREATE TABLE account_cinemas (
    account_id  BIGINT NOT NULL,
    cinema_id   BIGINT NOT NULL,
    merchant_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, cinema_id),
    FOREIGN KEY (account_id, merchant_id) REFERENCES accounts (id, merchant_id),
    FOREIGN KEY (cinema_id, merchant_id) REFERENCES cinemas (id, merchant_id)
);

CREATE INDEX account_cinemas_cinema_id_index ON account_cinemas (cinema_id);

-- Every permission that reaches an account, once for each way that it comes: the one query behind every check and every explanation.
CREATE VIEW permission_paths AS
SELECT
    given.account_id, permissions.resource, permissions.bits, permissions.id AS permission_id,
    NULL::bigint AS permission_group_id, NULL::bigint AS user_group_id
FROM account_permissions AS given
JOIN permissions ON permissions.id = given.permission_id
UNION ALL
SELECT given.account_id, permissions.resource, permissions.bits, permissions.id, given.permission_group_id, NULL
FROM account_permission_groups AS given
JOIN permission_group_permissions AS grouped ON grouped.permission_group_id = given.permission_group_id
JOIN permissions ON permissions.id = grouped.permission_id
UNION ALL
SELECT members.account_id, permissions.resource, permissions.bits, permissions.id, NULL, members.user_group_id
FROM user_group_members AS members
JOIN user_group_permissions AS given ON given.user_group_id = members.user_group_id
JOIN permissions ON permissions.id = given.permission_id
UNION ALL
SELECT members.account_id, permissions.resource, permissions.bits, permissions.id, given.permission_group_id, members.user_group_id
FROM user_group_members AS members
JOIN user_group_permission_groups AS given ON given.user_group_id = members.user_group_id
JOIN permission_group_permissions AS grouped ON grouped.permission_group_id = given.permission_group_id
JOIN permissions ON permissions.id = grouped.permission_id;

-- The built-in groups. An owner and a super-admin have every resource, so that a later one reaches them without anybody's doing.
INSERT INTO user_groups (realm, name, built_in, is_default)
VALUES
    ('client', 'moviegoer', TRUE, TRUE),
    ('cinema', 'cinema owner', TRUE, TRUE),
    ('cinema', 'scheduler', TRUE, FALSE),
    ('cinema', 'box-office clerk', TRUE, FALSE),
    ('cinema', 'usher', TRUE, FALSE),
    ('admin', 'super-admin', TRUE, TRUE),
    ('admin', 'catalogue editor', TRUE, FALSE),
    ('admin', 'merchant manager', TRUE, FALSE),
    ('admin', 'finance', TRUE, FALSE),
    ('admin', 'support', TRUE, FALSE);

CREATE TEMPORARY TABLE built_in_permissions (group_name TEXT, resource TEXT, bits SMALLINT) ON COMMIT DROP;

INSERT INTO built_in_permissions (group_name, resource, bits)
VALUES
    ('moviegoer', 'movies', 1), ('moviegoer', 'companies', 1), ('moviegoer', 'cities', 1), ('moviegoer', 'cinemas', 1),
    ('moviegoer', 'halls', 1), ('moviegoer', 'showtimes', 1), ('moviegoer', 'rankings', 1), ('moviegoer', 'orders', 7),
    ('moviegoer', 'payments', 7), ('moviegoer', 'tickets', 7), ('moviegoer', 'accounts', 5), ('moviegoer', 'sessions', 15),
    ('cinema owner', '*', 15),
    ('scheduler', 'movies', 1), ('scheduler', 'cities', 1), ('scheduler', 'screening_rights', 3), ('scheduler', 'cinemas', 1),
    ('scheduler', 'halls', 7), ('scheduler', 'showtimes', 15), ('scheduler', 'orders', 1), ('scheduler', 'tickets', 1),
    ('box-office clerk', 'movies', 1), ('box-office clerk', 'cinemas', 1), ('box-office clerk', 'halls', 1),
    ('box-office clerk', 'showtimes', 1), ('box-office clerk', 'orders', 7), ('box-office clerk', 'payments', 3),
    ('box-office clerk', 'tickets', 7),
    ('usher', 'cinemas', 1), ('usher', 'halls', 1), ('usher', 'showtimes', 1), ('usher', 'tickets', 3),
    ('super-admin', '*', 15),
    ('catalogue editor', 'movies', 15), ('catalogue editor', 'companies', 15), ('catalogue editor', 'cities', 1),
    ('catalogue editor', 'rankings', 1),
    ('merchant manager', 'merchants', 7), ('merchant manager', 'screening_rights', 7), ('merchant manager', 'movies', 1),
    ('merchant manager', 'cities', 1), ('merchant manager', 'cinemas', 15), ('merchant manager', 'halls', 7),
    ('merchant manager', 'showtimes', 15), ('merchant manager', 'accounts', 1), ('merchant manager', 'rankings', 1),
    ('finance', 'merchants', 1), ('finance', 'orders', 1), ('finance', 'payments', 1), ('finance', 'ledger', 1),
    ('finance', 'reconciliations', 7), ('finance', 'outbox_messages', 1), ('finance', 'rankings', 1),
    ('support', 'accounts', 5), ('support', 'merchants', 1), ('support', 'movies', 1), ('support', 'cinemas', 1),
    ('support', 'halls', 1), ('support', 'showtimes', 1), ('support', 'orders', 13), ('support', 'payments', 1), ('support', 'tickets', 5),
    ('support', 'sessions', 9), ('support', 'audit_events', 1);

INSERT INTO permissions (name, resource, bits)
SELECT
    CASE resource WHEN '*' THEN 'everything' ELSE replace(resource, '_', ' ') END || ': ' || concat_ws(
        ', ',
        CASE WHEN bits & 1 > 0 THEN 'read' END,
        CASE WHEN bits & 2 > 0 THEN 'write' END,
        CASE WHEN bits & 4 > 0 THEN 'modify' END,
        CASE WHEN bits & 8 > 0 THEN 'delete' END
    ),
    resource,
    bits
FROM (SELECT DISTINCT resource, bits FROM built_in_permissions) AS wanted
ORDER BY resource, bits;

INSERT INTO user_group_permissions (user_group_id, permission_id)
SELECT user_groups.id, permissions.id
FROM built_in_permissions AS wanted
JOIN user_groups ON user_groups.name = wanted.group_name
JOIN permissions ON permissions.resource = wanted.resource AND permissions.bits = wanted.bits;

-- A new account is a member of its realm's default group, whoever makes it and by whatever way; whoever wants another group moves it in
-- the same transaction.
CREATE FUNCTION join_default_group() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO user_group_members (account_id, user_group_id, realm, owner_id)
    SELECT NEW.id, id, realm, owner_id
    FROM user_groups
    WHERE realm = NEW.realm
    AND is_default;
    RETURN NULL;
END
$$;

CREATE TRIGGER accounts_join_default_group
    AFTER INSERT ON accounts
    FOR EACH ROW EXECUTE FUNCTION join_default_group();

INSERT INTO user_group_members (account_id, user_group_id, realm, owner_id)
SELECT accounts.id, user_groups.id, user_groups.realm, user_groups.owner_id
FROM accounts
JOIN user_groups ON user_groups.realm = accounts.realm AND user_groups.is_default;

-- Small tables that hardly change are seldom looked at by autovacuum, and every booking reads them: the planner should know them.
ANALYZE permissions, user_groups, user_group_permissions;
