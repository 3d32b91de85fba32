-- Takes all orders of the showtimes to come and what hangs on them away. Variables: first_showtime, last_showtime, and keeps_old: whether
-- there are orders of the past, which stay.
SET session_replication_role = replica;
\if :keeps_old
DELETE FROM order_events
WHERE order_id IN (SELECT id FROM orders WHERE showtime_id BETWEEN :first_showtime AND :last_showtime);
DELETE FROM seat_claims
WHERE showtime_id BETWEEN :first_showtime AND :last_showtime;
DELETE FROM orders
WHERE showtime_id BETWEEN :first_showtime AND :last_showtime;
TRUNCATE idempotency_records, outbox;
\else
TRUNCATE orders, idempotency_records, outbox CASCADE;
\endif
DELETE FROM showtime_figures
WHERE showtime_id BETWEEN :first_showtime AND :last_showtime;
UPDATE showtimes
SET seat_revision = 0
WHERE id BETWEEN :first_showtime AND :last_showtime
    AND seat_revision <> 0;
