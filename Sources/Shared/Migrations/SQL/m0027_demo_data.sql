-- What AdminService generate-demo-data has made, by its seed: a second run with the same one changes nothing.
CREATE TABLE demo_data_runs (
    seed        BIGINT      PRIMARY KEY CHECK (seed BETWEEN 0 AND 4294967295),
    cinemas     INTEGER     NOT NULL CHECK (cinemas > 0),
    orders      INTEGER     NOT NULL CHECK (orders > 0),
    -- The first day of its week, in Beijing time.
    day         DATE        NOT NULL,
    -- Of all tables together.
    row_count   BIGINT      NOT NULL CHECK (row_count > 0),
    finished_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

-- Orders name the payment that won, and payments their order. Whoever loads many at once looks at one of the two afterwards; for everybody else
-- nothing changes. Only the catalogue is written.
ALTER TABLE orders ALTER CONSTRAINT orders_paid_by_payment_id_fkey DEFERRABLE INITIALLY IMMEDIATE;
