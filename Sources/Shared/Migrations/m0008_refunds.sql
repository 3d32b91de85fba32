-- What goes back and why: refund policies, refunds by ticket, sale at the counter, entry.

-- What a cinema promises about giving money back. A policy never changes: a new one is a new version, and an order keeps the one that its
-- buyer agreed to.
CREATE TABLE refund_policies (
    id                    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cinema_id             BIGINT      NOT NULL REFERENCES cinemas (id),
    version               INTEGER     NOT NULL CHECK (version > 0),
    -- Step by step, the earliest first: at least so many minutes before the start so many hundredths of the ticket price are kept.
    -- After the last step nothing goes back; without steps nothing ever does.
    minutes_before_start  INTEGER[]   NOT NULL CHECK (cardinality(minutes_before_start) <= 10 AND 0 <= ALL (minutes_before_start)),
    fee_percents          INTEGER[]   NOT NULL CHECK (0 <= ALL (fee_percents) AND 99 >= ALL (fee_percents)),
    refunds_service_fee   BOOLEAN     NOT NULL,
    created_at            TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    created_by_account_id BIGINT      NOT NULL REFERENCES accounts (id),
    UNIQUE (cinema_id, version),
    CHECK (cardinality(minutes_before_start) = cardinality(fee_percents))
);

CREATE TRIGGER refund_policies_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_policies
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE cinemas
    -- The one in force; without one the platform's own policy holds.
    ADD COLUMN refund_policy_id BIGINT REFERENCES refund_policies (id);

ALTER TABLE orders
    -- At the counter a clerk orders for a walk-in buyer: then account_id is the clerk's.
    ADD COLUMN channel            TEXT     NOT NULL DEFAULT 'online' CHECK (channel IN ('online', 'counter')),
    ADD COLUMN buyer_phone        TEXT     CHECK (buyer_phone ~ '^\+[1-9][0-9]{6,14}$'),
    -- What the buyer agreed to; NULL is the platform's own policy.
    ADD COLUMN refund_policy_id   BIGINT   REFERENCES refund_policies (id),
    -- The payment that won.
    ADD COLUMN paid_by_payment_id BIGINT   REFERENCES payments (id),
    -- Those of seat_ids whose tickets went back.
    ADD COLUMN refunded_seat_ids  BIGINT[] NOT NULL DEFAULT '{}',
    ADD CHECK (channel = 'counter' OR buyer_phone IS NULL),
    ADD CHECK (refunded_seat_ids <@ seat_ids);

-- People at the counter know the last four digits.
CREATE INDEX accounts_phone_tail_index ON accounts (right(phone, 4)) WHERE phone IS NOT NULL;
CREATE INDEX orders_buyer_phone_tail_index ON orders (right(buyer_phone, 4)) WHERE buyer_phone IS NOT NULL;

ALTER TABLE order_events
    -- Why, in the words of the person who did it.
    ADD COLUMN note TEXT CHECK (char_length(note) BETWEEN 1 AND 200);

ALTER TABLE tickets
    ADD COLUMN version               BIGINT      NOT NULL DEFAULT 1,
    ADD COLUMN collection_place      TEXT        CHECK (char_length(collection_place) BETWEEN 1 AND 64),
    ADD COLUMN entered_at            TIMESTAMPTZ,
    ADD COLUMN entered_by_account_id BIGINT      REFERENCES accounts (id),
    ADD COLUMN entry_place           TEXT        CHECK (char_length(entry_place) BETWEEN 1 AND 64),
    ADD CHECK ((entered_at IS NULL) = (entered_by_account_id IS NULL));

CREATE INDEX tickets_showtime_index ON tickets (showtime_id, id);

ALTER TABLE refunds
    -- What the cinema keeps of the tickets' price.
    ADD COLUMN fee_fen                 BIGINT NOT NULL DEFAULT 0 CHECK (fee_fen >= 0),
    -- NULL where no person asked: late and duplicate money.
    ADD COLUMN requested_by_account_id BIGINT REFERENCES accounts (id),
    ADD COLUMN note                    TEXT   CHECK (char_length(note) BETWEEN 1 AND 200);

-- The tickets that a refund is for. A ticket's money goes back once, whoever asks: hence the primary key.
CREATE TABLE refund_tickets (
    ticket_id       BIGINT PRIMARY KEY REFERENCES tickets (id),
    refund_id       BIGINT NOT NULL REFERENCES refunds (id),
    price_fen       BIGINT NOT NULL CHECK (price_fen >= 0),
    -- The part of the service fee that goes back.
    service_fee_fen BIGINT NOT NULL CHECK (service_fee_fen >= 0),
    fee_fen         BIGINT NOT NULL CHECK (fee_fen BETWEEN 0 AND price_fen)
);

CREATE INDEX refund_tickets_refund_index ON refund_tickets (refund_id, ticket_id);

CREATE TRIGGER refund_tickets_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_tickets
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
