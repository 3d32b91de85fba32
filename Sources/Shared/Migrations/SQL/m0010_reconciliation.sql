-- Days of our books compared with the gateways' bills, what administrators look at, and deliveries that took a process with them.

ALTER TABLE payments
    -- The day whose bill names it. Our clock and the gateway's day can differ around midnight.
    ADD COLUMN bill_day DATE;

ALTER TABLE refunds
    ADD COLUMN bill_day DATE;

-- What a day's bill should name.
CREATE INDEX payments_succeeded_index ON payments (gateway, succeeded_at, id) WHERE state = 'succeeded';
CREATE INDEX refunds_succeeded_index ON refunds (succeeded_at, id) WHERE state = 'succeeded';

-- For administrators' lists, newest first.
CREATE INDEX payments_state_index ON payments (state, id);
CREATE INDEX payment_notifications_outcome_index ON payment_notifications (outcome, id);

-- Whether a gateway's day was compared, and what came of it.
CREATE TABLE reconciliations (
    id                   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway              TEXT        NOT NULL CHECK (char_length(gateway) BETWEEN 1 AND 32),
    -- The gateway's day: Beijing time.
    day                  DATE        NOT NULL,
    state                TEXT        NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'done', 'failed')),
    requested_at         TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    finished_at          TIMESTAMPTZ,
    -- Both sides, as of the last time that it was done.
    our_payments         BIGINT,
    our_payments_fen     BIGINT,
    our_refunds          BIGINT,
    our_refunds_fen      BIGINT,
    gateway_payments     BIGINT,
    gateway_payments_fen BIGINT,
    gateway_refunds      BIGINT,
    gateway_refunds_fen  BIGINT,
    differences          BIGINT,
    failure              TEXT        CHECK (char_length(failure) BETWEEN 1 AND 200),
    UNIQUE (gateway, day),
    CHECK ((state = 'requested') = (finished_at IS NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK (
        state <> 'done'
        OR num_nulls(
            our_payments, our_payments_fen, our_refunds, our_refunds_fen,
            gateway_payments, gateway_payments_fen, gateway_refunds, gateway_refunds_fen, differences
        ) = 0
    )
);

-- Where our books and a bill disagree. Rows are never deleted; somebody looks into each.
CREATE TABLE reconciliation_differences (
    id                     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reconciliation_id      BIGINT      NOT NULL REFERENCES reconciliations (id),
    kind                   TEXT        NOT NULL CHECK (
        kind IN ('missing_at_gateway', 'missing_here', 'amount_differs', 'unexpected_state', 'repeated_line')
    ),
    -- Which movement of money it is about.
    line                   TEXT        NOT NULL CHECK (line IN ('payment', 'refund')),
    out_trade_no           TEXT        NOT NULL,
    trade_no               TEXT,
    request_number         TEXT,
    our_fen                BIGINT,
    gateway_fen            BIGINT,
    -- The start of the last transaction that found it.
    found_at               TIMESTAMPTZ NOT NULL DEFAULT now(),
    resolved_at            TIMESTAMPTZ,
    -- NULL where a later bill or a repetition resolved it.
    resolved_by_account_id BIGINT      REFERENCES accounts (id),
    note                   TEXT        CHECK (char_length(note) BETWEEN 1 AND 500),
    -- A repetition finds the same differences again.
    CONSTRAINT reconciliation_differences_key
        UNIQUE NULLS NOT DISTINCT (reconciliation_id, kind, line, out_trade_no, trade_no, request_number),
    CHECK ((resolved_at IS NULL) = (note IS NULL)),
    CHECK (resolved_at IS NOT NULL OR resolved_by_account_id IS NULL)
);

CREATE INDEX reconciliation_differences_list_index ON reconciliation_differences (reconciliation_id, id);
CREATE INDEX reconciliation_differences_unresolved_index ON reconciliation_differences (reconciliation_id) WHERE resolved_at IS NULL;
-- Looked through when a later bill names what was missing.
CREATE INDEX reconciliation_differences_missing_index ON reconciliation_differences (out_trade_no)
    WHERE resolved_at IS NULL AND kind = 'missing_at_gateway';

ALTER TABLE outbox
    -- Set while a delivery is under way. Still set when the lease has run out, it tells that the process ended in the middle of it.
    ADD COLUMN leased_at TIMESTAMPTZ;

-- For administrators' lists, newest first: of a kind, those that wait, and those that were given up, of all kinds or of one.
CREATE INDEX outbox_kind_index ON outbox (kind, id);
CREATE INDEX outbox_waiting_index ON outbox (id) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead_list_index ON outbox (id) WHERE dead_at IS NOT NULL;
CREATE INDEX outbox_dead_kind_index ON outbox (kind, id) WHERE dead_at IS NOT NULL;
