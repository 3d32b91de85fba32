-- Seats held for nothing: whose network an unpaid order comes from, who lets orders lapse, and which challenges are used up.

-- NULL for orders from the counter, and for those that were opened while RATE_LIMITS_ENABLED was off. A number as AddressBlock.number makes
-- it: an address of version 4, or the first 64 bits of one of version 6. Without a default, so that no row is written anew.
ALTER TABLE orders ADD COLUMN address_block BIGINT;

-- One row for each thing by which the buyer of an order is known that lapsed unpaid: account:ID, phone:NUMBER, email:ADDRESS, block:NUMBER.
-- Kept for a day.
CREATE TABLE lapsed_holds (
    holder    TEXT        NOT NULL CHECK (holder ~ '^(account|phone|email|block):'),
    lapsed_at TIMESTAMPTZ NOT NULL,
    order_id  UUID        NOT NULL,
    PRIMARY KEY (holder, lapsed_at, order_id)
);

CREATE INDEX lapsed_holds_lapsed_at_index ON lapsed_holds (lapsed_at);

-- Each opens one order. Kept until nobody could answer it any more.
CREATE TABLE used_challenges (
    id         TEXT        PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX used_challenges_expires_at_index ON used_challenges (expires_at);
