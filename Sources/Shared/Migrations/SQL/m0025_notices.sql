-- What gateways said for us is kept for ever; what was posted to their addresses and refused is kept for some weeks, in a table of its own. And
-- money that went back in a gateway's own console is entered in the ledger.

-- Notices that were believed and notices that were refused are one list, newest first, so they have numbers of one sequence. A function, since
-- whoever adds a row with an identity needs no right on its sequence, and whoever takes a number of another table's does.
CREATE FUNCTION next_notification_id() RETURNS BIGINT LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    RETURN nextval('payment_notifications_id_seq'::regclass);

CREATE TABLE refused_notices (
    id           BIGINT      PRIMARY KEY DEFAULT next_notification_id(),
    received_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    gateway      TEXT        NOT NULL,
    -- As it says itself; NULL where that can't be read.
    out_trade_no TEXT,
    -- Why it was refused.
    outcome      TEXT        NOT NULL CHECK (char_length(outcome) BETWEEN 1 AND 64),
    -- Whether it is signed by the gateway. Anybody can post the others.
    is_proven    BOOLEAN     NOT NULL,
    -- The parameter for which it was refused, where it was one.
    detail       TEXT,
    -- The header Content-Type.
    content_type TEXT        CHECK (char_length(content_type) <= 200),
    -- A body is recorded once for a reason.
    body_sha256  BYTEA       NOT NULL CHECK (octet_length(body_sha256) = 32),
    body_start   TEXT        NOT NULL CHECK (char_length(body_start) <= 2000),
    UNIQUE (gateway, outcome, body_sha256)
);

CREATE INDEX refused_notices_out_trade_no_index ON refused_notices (out_trade_no, id);
CREATE INDEX refused_notices_outcome_index ON refused_notices (outcome, id);
-- How many of a kind came in a day, and which are old.
CREATE INDEX refused_notices_received_at_index ON refused_notices (received_at, gateway, outcome);

-- Few, and found by their index.
WITH moved AS (
    DELETE FROM payment_notifications
    WHERE body_sha256 IS NOT NULL
    RETURNING id, received_at, gateway, out_trade_no, outcome, is_proven, detail, content_type, body_sha256, body_start
)
INSERT INTO refused_notices (id, received_at, gateway, out_trade_no, outcome, is_proven, detail, content_type, body_sha256, body_start)
SELECT id, received_at, gateway, out_trade_no, outcome, is_proven, detail, content_type, body_sha256, coalesce(body_start, '')
FROM moved;

DROP INDEX payment_notifications_refused_key;
DROP INDEX payment_notifications_refused_index;

-- What is_proven to body_start were for has moved; nobody fills them any more.
ALTER TABLE payment_notifications
    ADD CONSTRAINT payment_notifications_believed_check CHECK (
        is_proven AND out_trade_no IS NOT NULL AND trade_status IS NOT NULL AND body_sha256 IS NULL
    ) NOT VALID;

CREATE TRIGGER payment_notifications_are_only_added
    BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_notifications
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Checks of what is added from here on; the rows that are there pass the stricter ones that these replace.
ALTER TABLE ledger_entries
    DROP CONSTRAINT ledger_entries_kind_check,
    DROP CONSTRAINT ledger_entries_check1,
    ADD CONSTRAINT ledger_entries_kind_check
        CHECK (kind IN ('payment', 'refund_requested', 'refund_paid', 'foreign_refund')) NOT VALID,
    ADD CONSTRAINT ledger_entries_refund_check
        CHECK ((kind IN ('refund_requested', 'refund_paid')) = (refund_id IS NOT NULL)) NOT VALID;

-- Of a payment there can be several foreign refunds. Building it keeps entries waiting, some seconds for each million; reading them goes on.
DROP INDEX ledger_entries_payment_key;
CREATE UNIQUE INDEX ledger_entries_payment_key ON ledger_entries (payment_id) WHERE kind = 'payment';

-- Those that were noticed before, of payments whose money is in the books.
INSERT INTO ledger_entries (at, kind, order_id, payment_id, accounts, amounts_fen)
SELECT
    order_attentions.noted_at,
    'foreign_refund',
    order_attentions.order_id,
    payments.id,
    ARRAY['gateway:' || payments.gateway, 'refunds:foreign'],
    ARRAY[-order_attentions.foreign_fen, order_attentions.foreign_fen]
FROM order_attentions
JOIN payments ON payments.id = order_attentions.payment_id
WHERE payments.state = 'succeeded'
    OR payments.wrong_amount_fen IS NOT NULL
ORDER BY order_attentions.id;
