-- Orders of days past: paid, collected, of seats that nobody asks for any more. Variables: orders, first_account, accounts.
-- A hundred showtimes that are over hold them all.

INSERT INTO showtimes (
    merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id, starts_at, ends_at, occupied_until, business_day,
    format, language, service_fee_fen
)
SELECT
    1, halls.cinema_id, halls.id, layout.id, halls.id, halls.id,
    now() - INTERVAL '30 days', now() - INTERVAL '30 days' + INTERVAL '110 minutes', now() - INTERVAL '30 days' + INTERVAL '125 minutes',
    (now() - INTERVAL '30 days')::date, '2D', 'Mandarin', 300
FROM halls
JOIN hall_layouts AS layout ON layout.hall_id = halls.id
WHERE halls.id <= 100
    AND NOT EXISTS (SELECT FROM showtimes WHERE showtimes.hall_id = halls.id AND showtimes.starts_at < now());

SET session_replication_role = replica;

CREATE TEMPORARY TABLE old_orders AS
SELECT
    gen_random_uuid() AS id,
    :first_account + number % :accounts AS account_id,
    past.id AS showtime_id,
    (past.layout_id - 1) * 200 + number % 199 + 1 AS seat_id,
    past.starts_at,
    number
FROM generate_series(1, :orders) AS number
JOIN (
    SELECT id, layout_id, starts_at, row_number() OVER (ORDER BY id) - 1 AS place
    FROM showtimes
    WHERE starts_at < now()
) AS past ON past.place = number % 100;

INSERT INTO orders (
    id, account_id, showtime_id, state, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, discount_fen, payable_fen,
    created_at, expires_at, paid_at, collection_code, channel, refund_policy_id, showtime_starts_at
)
SELECT
    id, account_id, showtime_id, 'collected', ARRAY[seat_id, seat_id + 1], '{4500,4500}', 9000, 600, 0, 9600,
    starts_at - INTERVAL '1 day', starts_at - INTERVAL '23 hours', starts_at - INTERVAL '1 day',
    translate(upper(lpad(to_hex(number + 1048576 * 256), 8, '2')), '01', 'XY'), 'online', 1, starts_at
FROM old_orders;

INSERT INTO order_events (order_id, at, to_state, cause, actor_account_id)
SELECT id, starts_at - INTERVAL '1 day', 'pending_payment', 'opened', account_id
FROM old_orders
UNION ALL
SELECT id, starts_at - INTERVAL '1 day', 'paid', 'payment_confirmed', NULL
FROM old_orders;

-- A seat has one ticket that counts: those of the first order that had it. The others' went back.
INSERT INTO tickets (order_id, showtime_id, seat_id, price_fen, service_fee_fen, state, issued_at, collected_at, collected_by_account_id)
SELECT
    old_orders.id, showtime_id, seat.id, 4500, 300,
    CASE WHEN row_number() OVER (PARTITION BY showtime_id, seat.id ORDER BY number) = 1 THEN 'collected' ELSE 'refunded' END,
    starts_at, starts_at, account_id
FROM old_orders
CROSS JOIN LATERAL (VALUES (seat_id), (seat_id + 1)) AS seat (id);
