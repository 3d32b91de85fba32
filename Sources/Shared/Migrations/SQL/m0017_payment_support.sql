-- What payment support needs: refused notices with their reasons, money of a wrong amount, trades that wait to be closed, questions to the
-- gateway, and orders whose money went back without us.

ALTER TABLE payment_notifications
    -- NULL in what was refused: it couldn't be read, or proves nothing.
    ALTER COLUMN out_trade_no DROP NOT NULL,
    ALTER COLUMN trade_status DROP NOT NULL,
    -- Whether it is signed by the gateway. Anybody can post the others.
    ADD COLUMN is_proven    BOOLEAN NOT NULL DEFAULT TRUE,
    -- The parameter for which it was refused, where it was one.
    ADD COLUMN detail       TEXT,
    -- Of what was refused for its form: the header Content-Type, and the body, which is recorded once. These rows are deleted after a while.
    ADD COLUMN content_type TEXT,
    ADD COLUMN body_sha256  BYTEA,
    ADD COLUMN body_start   TEXT,
    -- Not looked up in the rows that are there: they have no bodies, and had to have the other two.
    ADD CONSTRAINT payment_notifications_refused_check CHECK (
        CASE
            WHEN body_sha256 IS NULL THEN out_trade_no IS NOT NULL AND trade_status IS NOT NULL
            ELSE octet_length(body_sha256) = 32 AND char_length(content_type) <= 200 AND char_length(body_start) <= 2000
        END
    ) NOT VALID;

-- Empty at first; making them reads the table once.
CREATE UNIQUE INDEX payment_notifications_refused_key ON payment_notifications (gateway, outcome, body_sha256)
    WHERE body_sha256 IS NOT NULL;
CREATE INDEX payment_notifications_refused_index ON payment_notifications (gateway, outcome, received_at) WHERE body_sha256 IS NOT NULL;

ALTER TABLE payments
    -- The amount that came instead of the wanted one and was sent back by an administrator's decision.
    ADD COLUMN wrong_amount_fen     BIGINT,
    -- When somebody at the counter wanted the trade closed.
    ADD COLUMN closing_requested_at TIMESTAMPTZ,
    -- When the gateway said that it doesn't know the trade: it is closed at its own end.
    ADD COLUMN never_opened_at      TIMESTAMPTZ,
    -- How many times the gateway was asked without anybody claiming to have paid.
    ADD COLUMN questions            SMALLINT NOT NULL DEFAULT 0;

-- Orders with which something happened that a person has to decide about.
CREATE TABLE order_attentions (
    id                    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id              UUID        NOT NULL REFERENCES orders (id),
    payment_id            BIGINT      NOT NULL REFERENCES payments (id),
    kind                  TEXT        NOT NULL CHECK (kind IN ('refunded_at_gateway')),
    -- What went back that nobody here had asked for.
    foreign_fen           BIGINT      NOT NULL CHECK (foreign_fen > 0),
    noted_at              TIMESTAMPTZ NOT NULL,
    decided_at            TIMESTAMPTZ,
    decided_by_account_id BIGINT      REFERENCES accounts (id),
    -- Why, in the words of whoever decided.
    note                  TEXT        CHECK (char_length(note) BETWEEN 1 AND 200),
    CHECK (num_nulls(decided_at, decided_by_account_id, note) IN (0, 3))
);

-- One of a payment at a time; and what was noted of a payment before.
CREATE UNIQUE INDEX order_attentions_open_key ON order_attentions (order_id, payment_id) WHERE decided_at IS NULL;
CREATE INDEX order_attentions_payment_index ON order_attentions (payment_id);

-- Who settles differences with the gateway sends wrong money back, too.
INSERT INTO permissions (name, resource, bits)
VALUES ('payments: read, modify', 'payments', 5)
ON CONFLICT DO NOTHING;

INSERT INTO user_group_permissions (user_group_id, permission_id)
SELECT user_groups.id, permissions.id
FROM user_groups
JOIN permissions ON permissions.resource = 'payments' AND permissions.bits = 5
WHERE user_groups.realm = 'admin'
    AND user_groups.name = 'finance'
    AND user_groups.built_in
ON CONFLICT DO NOTHING;
