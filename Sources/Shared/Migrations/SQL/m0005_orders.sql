-- Orders, the seats that they claim, and the tickets that paid ones become. Nothing here but claims is ever deleted.

CREATE TABLE orders (
    id                UUID        PRIMARY KEY,
    account_id        BIGINT      NOT NULL REFERENCES accounts (id),
    showtime_id       BIGINT      NOT NULL REFERENCES showtimes (id),
    state             TEXT        NOT NULL CHECK (state IN (
        'pending_payment', 'paid_unconfirmed', 'paid', 'collected', 'cancelled', 'expired', 'refunding', 'refunded'
    )),
    -- The seats and, in the same order, their prices: fixed when the order is opened.
    seat_ids          BIGINT[]    NOT NULL CHECK (cardinality(seat_ids) BETWEEN 1 AND 20),
    seat_prices_fen   BIGINT[]    NOT NULL,
    ticket_amount_fen BIGINT      NOT NULL CHECK (ticket_amount_fen >= 0),
    service_fee_fen   BIGINT      NOT NULL CHECK (service_fee_fen >= 0),
    discount_fen      BIGINT      NOT NULL CHECK (discount_fen BETWEEN 0 AND ticket_amount_fen),
    payable_fen       BIGINT      NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL,
    expires_at        TIMESTAMPTZ NOT NULL,
    paid_at           TIMESTAMPTZ,
    -- Eight characters without look-alikes, made when the order is paid.
    collection_code   TEXT        UNIQUE CHECK (collection_code ~ '^[2-9A-HJ-NP-Z]{8}$'),
    version           BIGINT      NOT NULL DEFAULT 1,
    CHECK (cardinality(seat_ids) = cardinality(seat_prices_fen)),
    CHECK (payable_fen = ticket_amount_fen + service_fee_fen - discount_fen),
    CHECK (state NOT IN ('paid', 'collected') OR (paid_at IS NOT NULL AND collection_code IS NOT NULL))
) WITH (fillfactor = 80);

-- Ids grow with time, so lists are in their order.
CREATE INDEX orders_account_index ON orders (account_id, id);
CREATE INDEX orders_showtime_index ON orders (showtime_id, id);
-- The unpaid ones: few, looked at by the limits and by the sweeper.
CREATE INDEX orders_unpaid_expiry_index ON orders (expires_at) WHERE state IN ('pending_payment', 'paid_unconfirmed');
CREATE INDEX orders_unpaid_account_index ON orders (account_id) WHERE state IN ('pending_payment', 'paid_unconfirmed');
-- What a person holds of a showtime beside that: written when an order is paid, not when it is opened.
CREATE INDEX orders_paid_account_index ON orders (account_id, showtime_id) WHERE state IN ('paid', 'collected');

-- One row for a seat that cannot be sold now. The primary key is the last guard of the first promise.
CREATE TABLE seat_claims (
    showtime_id BIGINT NOT NULL,
    seat_id     BIGINT NOT NULL REFERENCES seats (id),
    order_id    UUID   NOT NULL REFERENCES orders (id),
    PRIMARY KEY (showtime_id, seat_id)
);

CREATE TABLE order_events (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id         UUID        NOT NULL REFERENCES orders (id),
    at               TIMESTAMPTZ NOT NULL,
    from_state       TEXT,
    to_state         TEXT        NOT NULL,
    cause            TEXT        NOT NULL CHECK (char_length(cause) BETWEEN 1 AND 64),
    -- NULL where no person acted: the gateway, or time.
    actor_account_id BIGINT      REFERENCES accounts (id)
);

CREATE INDEX order_events_order_index ON order_events (order_id, id);

CREATE TRIGGER order_events_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE tickets (
    id                      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id                UUID        NOT NULL REFERENCES orders (id),
    showtime_id             BIGINT      NOT NULL REFERENCES showtimes (id),
    seat_id                 BIGINT      NOT NULL REFERENCES seats (id),
    price_fen               BIGINT      NOT NULL CHECK (price_fen >= 0),
    service_fee_fen         BIGINT      NOT NULL CHECK (service_fee_fen >= 0),
    state                   TEXT        NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'collected', 'refunded')),
    issued_at               TIMESTAMPTZ NOT NULL,
    collected_at            TIMESTAMPTZ,
    collected_by_account_id BIGINT      REFERENCES accounts (id),
    UNIQUE (order_id, seat_id),
    CHECK (state <> 'collected' OR (collected_at IS NOT NULL AND collected_by_account_id IS NOT NULL))
);

-- However an order came to its tickets, a seat of a showtime has one that counts.
CREATE UNIQUE INDEX tickets_showtime_seat_key ON tickets (showtime_id, seat_id) WHERE state <> 'refunded';
