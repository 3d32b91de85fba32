-- The ledger: where every fen came from and where it went. Rows are only ever added.

-- The sum of an entry's amounts, for its constraint.
CREATE FUNCTION ledger_sum(BIGINT[]) RETURNS NUMERIC LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT sum(amount) FROM unnest($1) AS amount
$$;

CREATE TABLE ledger_entries (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          TIMESTAMPTZ NOT NULL,
    kind        TEXT        NOT NULL CHECK (kind IN ('payment', 'refund_requested', 'refund_paid')),
    order_id    UUID        NOT NULL REFERENCES orders (id),
    payment_id  BIGINT      NOT NULL REFERENCES payments (id),
    refund_id   BIGINT      REFERENCES refunds (id),
    -- The lines, account by account: what is owed to us and what we have is positive, what we owe is negative.
    accounts    TEXT[]      NOT NULL CHECK (cardinality(accounts) BETWEEN 2 AND 8),
    amounts_fen BIGINT[]    NOT NULL CHECK (0 <> ALL (amounts_fen)),
    CHECK (cardinality(accounts) = cardinality(amounts_fen)),
    -- Double entry: no fen appears or vanishes.
    CONSTRAINT ledger_entries_balance CHECK (ledger_sum(amounts_fen) = 0),
    CHECK ((kind = 'payment') = (refund_id IS NULL))
);

-- What came and went before there was a ledger.
INSERT INTO ledger_entries (at, kind, order_id, payment_id, accounts, amounts_fen)
SELECT
    payments.succeeded_at,
    'payment',
    orders.id,
    payments.id,
    CASE
        WHEN payments.id IS DISTINCT FROM orders.paid_by_payment_id THEN ARRAY['gateway:' || payments.gateway, 'buyers:unallocated']
        WHEN orders.service_fee_fen = 0 THEN
            ARRAY['gateway:' || payments.gateway, 'merchant:' || showtimes.merchant_id || ':tickets']
        ELSE ARRAY[
            'gateway:' || payments.gateway, 'merchant:' || showtimes.merchant_id || ':tickets',
            'merchant:' || showtimes.merchant_id || ':service_fees'
        ]
    END,
    CASE
        WHEN payments.id IS DISTINCT FROM orders.paid_by_payment_id THEN ARRAY[payments.amount_fen, -payments.amount_fen]
        WHEN orders.service_fee_fen = 0 THEN ARRAY[payments.amount_fen, -payments.amount_fen]
        ELSE ARRAY[payments.amount_fen, orders.service_fee_fen - payments.amount_fen, -orders.service_fee_fen]
    END
FROM payments
JOIN orders ON orders.id = payments.order_id
JOIN showtimes ON showtimes.id = orders.showtime_id
WHERE payments.state = 'succeeded'
ORDER BY payments.id;

INSERT INTO ledger_entries (at, kind, order_id, payment_id, refund_id, accounts, amounts_fen)
SELECT
    refunds.requested_at,
    'refund_requested',
    refunds.order_id,
    refunds.payment_id,
    refunds.id,
    CASE
        WHEN refunds.reason <> 'showtime_cancelled' THEN ARRAY['buyers:unallocated', 'refunds:payable']
        WHEN orders.service_fee_fen = 0 THEN ARRAY['merchant:' || showtimes.merchant_id || ':tickets', 'refunds:payable']
        ELSE ARRAY[
            'merchant:' || showtimes.merchant_id || ':tickets', 'merchant:' || showtimes.merchant_id || ':service_fees', 'refunds:payable'
        ]
    END,
    CASE
        WHEN refunds.reason <> 'showtime_cancelled' OR orders.service_fee_fen = 0 THEN ARRAY[refunds.amount_fen, -refunds.amount_fen]
        ELSE ARRAY[refunds.amount_fen - orders.service_fee_fen, orders.service_fee_fen, -refunds.amount_fen]
    END
FROM refunds
JOIN orders ON orders.id = refunds.order_id
JOIN showtimes ON showtimes.id = orders.showtime_id
ORDER BY refunds.id;

INSERT INTO ledger_entries (at, kind, order_id, payment_id, refund_id, accounts, amounts_fen)
SELECT
    refunds.succeeded_at,
    'refund_paid',
    refunds.order_id,
    refunds.payment_id,
    refunds.id,
    ARRAY['refunds:payable', 'gateway:' || payments.gateway],
    ARRAY[refunds.amount_fen, -refunds.amount_fen]
FROM refunds
JOIN payments ON payments.id = refunds.payment_id
WHERE refunds.state = 'succeeded'
ORDER BY refunds.id;

-- Whatever is repeated, a payment and each step of a refund are posted once.
CREATE UNIQUE INDEX ledger_entries_payment_key ON ledger_entries (payment_id) WHERE refund_id IS NULL;
CREATE UNIQUE INDEX ledger_entries_refund_key ON ledger_entries (refund_id, kind) WHERE refund_id IS NOT NULL;
CREATE INDEX ledger_entries_order_index ON ledger_entries (order_id, id);

CREATE TRIGGER ledger_entries_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A line a row, for sums.
CREATE VIEW ledger_lines AS
SELECT entries.id AS entry_id, entries.at, entries.kind, entries.order_id, entries.payment_id, entries.refund_id, line.account, line.amount_fen
FROM ledger_entries AS entries
CROSS JOIN LATERAL unnest(entries.accounts, entries.amounts_fen) AS line (account, amount_fen);
