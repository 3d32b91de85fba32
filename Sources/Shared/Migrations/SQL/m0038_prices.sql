-- What tickets cost after discounts, and who paid the rest: shares are stored with orders, tickets know three prices, and an order may cost nothing.

-- Whether the shares of an order's tickets fit each other, its prices and their sum, for its constraint.
CREATE FUNCTION seat_shares_fit(prices BIGINT[], discounts BIGINT[], others BIGINT[], total BIGINT) RETURNS BOOLEAN
    LANGUAGE sql IMMUTABLE AS $$
    SELECT cardinality(discounts) = cardinality(prices)
        AND cardinality(others) = cardinality(prices)
        AND (
            SELECT sum(share.discount) = total
                AND bool_and(coalesce(0 <= share.other AND share.other <= share.discount AND share.discount <= share.price, FALSE))
            FROM unnest(prices, discounts, others) AS share (price, discount, other)
        )
$$;

ALTER TABLE orders
    -- What is taken off each ticket, and the part of it that others than the merchant pay, in the order of seat_ids; NULL where nothing is taken off.
    -- Without defaults, so that no row is written anew.
    ADD COLUMN seat_discounts_fen BIGINT[],
    ADD COLUMN seat_others_fen    BIGINT[],
    -- Not looked up in the rows that are there: nothing was ever taken off before.
    ADD CONSTRAINT orders_seat_shares_check CHECK (
        CASE
            WHEN seat_discounts_fen IS NULL OR seat_others_fen IS NULL
                THEN discount_fen = 0 AND seat_discounts_fen IS NULL AND seat_others_fen IS NULL
            ELSE coalesce(discount_fen > 0 AND seat_shares_fit(seat_prices_fen, seat_discounts_fen, seat_others_fen, discount_fen), FALSE)
        END
    ) NOT VALID;

-- Each ticket's share of each discount, as it was computed when the order was opened: the settlement goes by it. Rows are only ever added.
CREATE TABLE order_discounts (
    order_id         UUID     NOT NULL REFERENCES orders (id),
    -- The ticket's place among orders.seat_ids, from 1: it stays when the ticket gets another seat. The seat is the one that was ordered.
    place            SMALLINT NOT NULL CHECK (place BETWEEN 1 AND 20),
    seat_id          BIGINT   NOT NULL REFERENCES seats (id),
    stage            TEXT     NOT NULL CHECK (stage IN ('member', 'ticket', 'order', 'points')),
    amount_fen       BIGINT   NOT NULL CHECK (amount_fen > 0),
    payer            TEXT     NOT NULL CHECK (payer IN ('platform', 'merchant', 'distributor')),
    -- The distributor that pays.
    company_id       BIGINT   REFERENCES companies (id),
    -- Where it comes from: a coupon, or the version of a template alone.
    coupon_id        BIGINT,
    template_id      BIGINT,
    template_version INTEGER,
    -- A stage takes something off a ticket once.
    PRIMARY KEY (order_id, place, stage),
    CHECK ((payer = 'distributor') = (company_id IS NOT NULL)),
    CHECK ((template_id IS NULL) = (template_version IS NULL)),
    CHECK (coupon_id IS NULL OR template_id IS NOT NULL)
);

CREATE TRIGGER order_discounts_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON order_discounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- price_fen is what the buyer paid for a ticket. With the discount it is the list price; with what others paid of the discount, it is what the
-- merchant is credited. Constant defaults write no row anew.
ALTER TABLE tickets
    ADD COLUMN discount_fen BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN others_fen   BIGINT NOT NULL DEFAULT 0,
    ADD CONSTRAINT tickets_shares_check CHECK (others_fen >= 0 AND others_fen <= discount_fen) NOT VALID;

-- An order that costs nothing is paid by a payment of 0 fen, of a method that moves no money. The rows that are there pass the stricter checks
-- that these replace.
ALTER TABLE payments
    DROP CONSTRAINT payments_amount_fen_check,
    ADD CONSTRAINT payments_amount_fen_check CHECK (amount_fen >= 0 AND (amount_fen = 0) = (method = 'none')) NOT VALID;

ALTER TABLE refunds
    DROP CONSTRAINT refunds_amount_fen_check,
    ADD CONSTRAINT refunds_amount_fen_check CHECK (amount_fen >= 0) NOT VALID;

-- An entry has a line for each distributor that paid a share, too.
ALTER TABLE ledger_entries
    DROP CONSTRAINT ledger_entries_accounts_check,
    ADD CONSTRAINT ledger_entries_accounts_check CHECK (cardinality(accounts) BETWEEN 2 AND 40) NOT VALID;
