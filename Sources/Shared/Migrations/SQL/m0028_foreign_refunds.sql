-- What went back in a gateway's own console can't go back once more: payments know it, and refunds know how much of them it covers.

ALTER TABLE payments
    -- What went back of it that nobody here had asked for.
    ADD COLUMN foreign_fen BIGINT NOT NULL DEFAULT 0,
    -- Not looked up in the rows that are there.
    ADD CONSTRAINT payments_foreign_check CHECK (foreign_fen >= 0) NOT VALID;

-- Few.
UPDATE payments
SET foreign_fen = noted.foreign_fen
FROM (
    SELECT payment_id, sum(foreign_fen) AS foreign_fen
    FROM order_attentions
    GROUP BY payment_id
) AS noted
WHERE payments.id = noted.payment_id;

ALTER TABLE refunds
    -- The part that the gateway doesn't send, because it went back without us.
    ADD COLUMN foreign_fen BIGINT NOT NULL DEFAULT 0,
    ADD CONSTRAINT refunds_foreign_check CHECK (foreign_fen BETWEEN 0 AND amount_fen) NOT VALID;
