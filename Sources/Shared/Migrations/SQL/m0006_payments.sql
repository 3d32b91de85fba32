-- Attempts to pay an order, what the gateway told us, and money that goes back.

CREATE TABLE payments (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id     UUID        NOT NULL REFERENCES orders (id),
    gateway      TEXT        NOT NULL CHECK (char_length(gateway) BETWEEN 1 AND 32),
    method       TEXT        NOT NULL CHECK (char_length(method) BETWEEN 1 AND 32),
    -- Our number of the trade at the gateway.
    out_trade_no TEXT        NOT NULL UNIQUE CHECK (out_trade_no ~ '^[0-9A-Za-z_]{1,64}$'),
    amount_fen   BIGINT      NOT NULL CHECK (amount_fen > 0),
    state        TEXT        NOT NULL DEFAULT 'started' CHECK (state IN ('started', 'succeeded', 'closed')),
    -- The gateway's number of the trade, known once it succeeded.
    trade_no     TEXT        CHECK (char_length(trade_no) BETWEEN 1 AND 64),
    created_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- After this moment the gateway takes no money for it.
    expires_at   TIMESTAMPTZ NOT NULL,
    succeeded_at TIMESTAMPTZ,
    closed_at    TIMESTAMPTZ,
    UNIQUE (gateway, trade_no),
    CHECK ((state = 'succeeded') = (succeeded_at IS NOT NULL)),
    CHECK (state <> 'succeeded' OR trade_no IS NOT NULL)
);

CREATE INDEX payments_order_index ON payments (order_id, id);

-- Everything that the gateway posted with a good signature, and what we made of it. Rows are only ever added.
CREATE TABLE payment_notifications (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    gateway      TEXT        NOT NULL,
    notify_id    TEXT,
    out_trade_no TEXT        NOT NULL,
    trade_no     TEXT,
    trade_status TEXT        NOT NULL,
    amount_fen   BIGINT,
    outcome      TEXT        NOT NULL CHECK (char_length(outcome) BETWEEN 1 AND 64)
);

CREATE INDEX payment_notifications_out_trade_no_index ON payment_notifications (out_trade_no, id);

CREATE TABLE refunds (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id     BIGINT      NOT NULL REFERENCES payments (id),
    order_id       UUID        NOT NULL REFERENCES orders (id),
    -- What the gateway recognises a repeated request by: stored before it is first sent.
    request_number TEXT        NOT NULL UNIQUE CHECK (request_number ~ '^[0-9A-Za-z_]{1,64}$'),
    amount_fen     BIGINT      NOT NULL CHECK (amount_fen > 0),
    reason         TEXT        NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 64),
    state          TEXT        NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'succeeded')),
    requested_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    succeeded_at   TIMESTAMPTZ,
    CHECK ((state = 'succeeded') = (succeeded_at IS NOT NULL))
);

CREATE INDEX refunds_payment_index ON refunds (payment_id, id);
CREATE INDEX refunds_order_index ON refunds (order_id, id);
