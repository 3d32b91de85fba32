-- A gateway tells the sum of all refunds of a payment. While one of ours is on its way, nobody knows whether the sum counts it. When the
-- gateway refuses ours for good, the sum that was told before says what went back in its console.

ALTER TABLE payments
    -- The highest that was told.
    ADD COLUMN told_refunded_fen BIGINT NOT NULL DEFAULT 0,
    -- Not looked up in the rows that are there.
    ADD CONSTRAINT payments_told_refunded_check CHECK (told_refunded_fen >= 0) NOT VALID;
