-- What goes back and why: refund policies, refunds by ticket, sale at the counter, entry.

-- What a cinema promises about giving money back. A policy never changes: a new one is a new version, and an order keeps the one that its
-- buyer agreed to.
CREATE TABLE refund_policies (
    id                    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- NULL: the platform's own, for cinemas that have set none.
    cinema_id             BIGINT      REFERENCES cinemas (id),
    version               INTEGER     NOT NULL CHECK (version > 0),
    -- Step by step, the earliest first: at least so many minutes before the start so many hundredths of the ticket price are kept.
    -- After the last step nothing goes back; without steps nothing ever does.
    minutes_before_start  INTEGER[]   NOT NULL CHECK (cardinality(minutes_before_start) <= 10 AND 0 <= ALL (minutes_before_start)),
    fee_percents          INTEGER[]   NOT NULL CHECK (0 <= ALL (fee_percents) AND 99 >= ALL (fee_percents)),
    refunds_service_fee   BOOLEAN     NOT NULL,
    created_at            TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    created_by_account_id BIGINT      REFERENCES accounts (id),
    UNIQUE NULLS NOT DISTINCT (cinema_id, version),
    CHECK (cardinality(minutes_before_start) = cardinality(fee_percents)),
    CHECK (cinema_id IS NULL OR created_by_account_id IS NOT NULL)
);

-- Everything goes back until half an hour before the start. Another policy of the platform's is another row.
INSERT INTO refund_policies (cinema_id, version, minutes_before_start, fee_percents, refunds_service_fee)
VALUES (NULL, 1, '{30}', '{0}', TRUE);

CREATE TRIGGER refund_policies_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_policies
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE cinemas
    -- The one in force; without one the platform's newest holds.
    ADD COLUMN refund_policy_id BIGINT REFERENCES refund_policies (id);

ALTER TABLE orders
    -- At the counter a clerk orders for a walk-in buyer: then account_id is the clerk's.
    ADD COLUMN channel            TEXT     NOT NULL DEFAULT 'online' CHECK (channel IN ('online', 'counter')),
    ADD COLUMN buyer_phone        TEXT     CHECK (buyer_phone ~ '^\+[1-9][0-9]{6,14}$'),
    -- What the buyer agreed to; NULL only in orders that are older than policies, for which the platform's first holds.
    ADD COLUMN refund_policy_id   BIGINT   REFERENCES refund_policies (id),
    -- When the showtime was to start as the buyer ordered: late money doesn't buy another time.
    ADD COLUMN showtime_starts_at TIMESTAMPTZ,
    -- The payment that won.
    ADD COLUMN paid_by_payment_id BIGINT   REFERENCES payments (id),
    -- Those of seat_ids whose tickets went back.
    ADD COLUMN refunded_seat_ids  BIGINT[] NOT NULL DEFAULT '{}',
    ADD CHECK (channel = 'counter' OR buyer_phone IS NULL),
    ADD CHECK (refunded_seat_ids <@ seat_ids);

UPDATE orders
SET showtime_starts_at = showtimes.starts_at,
    -- Of payments that came, the one whose money didn't go back for having come late or twice.
    paid_by_payment_id = (
        SELECT payments.id
        FROM payments
        WHERE payments.order_id = orders.id
            AND payments.state = 'succeeded'
            AND NOT EXISTS (
                SELECT
                FROM refunds
                WHERE refunds.payment_id = payments.id
                    AND refunds.reason <> 'showtime_cancelled'
            )
        ORDER BY payments.id
        LIMIT 1
    )
FROM showtimes
WHERE showtimes.id = orders.showtime_id;

-- Those whose money is on its way: few, looked for by the platform's people.
CREATE INDEX orders_refunding_index ON orders (id) WHERE state = 'refunding';

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
    ADD COLUMN note                    TEXT   CHECK (char_length(note) BETWEEN 1 AND 200),
    -- The gateway refuses it, and a person has to look; other refunds of the payment need not wait for it.
    ADD COLUMN refused_at              TIMESTAMPTZ;

-- The tickets that a refund is for. A ticket's money goes back once, whoever asks: hence the primary key.
CREATE TABLE refund_tickets (
    ticket_id       BIGINT PRIMARY KEY REFERENCES tickets (id),
    refund_id       BIGINT NOT NULL REFERENCES refunds (id),
    price_fen       BIGINT NOT NULL CHECK (price_fen >= 0),
    -- The part of the service fee that goes back.
    service_fee_fen BIGINT NOT NULL CHECK (service_fee_fen >= 0),
    fee_fen         BIGINT NOT NULL CHECK (fee_fen BETWEEN 0 AND price_fen)
);

INSERT INTO refund_tickets (ticket_id, refund_id, price_fen, service_fee_fen, fee_fen)
SELECT tickets.id, refunds.id, tickets.price_fen, tickets.service_fee_fen, 0
FROM refunds
JOIN tickets ON tickets.order_id = refunds.order_id
WHERE refunds.reason = 'showtime_cancelled';

CREATE INDEX refund_tickets_refund_index ON refund_tickets (refund_id, ticket_id);

CREATE TRIGGER refund_tickets_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_tickets
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
