-- Orders of days past: paid and collected, with their claims, events and tickets, a hundred in each showtime, whose 200 seats they fill.
-- Their payments are left out: bookings and rankings look at none. Variables: orders, first_account, accounts.

-- The halls' showtimes of the past, three hours apart, the earliest first.
INSERT INTO showtimes (
    merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id, starts_at, ends_at, occupied_until, business_day,
    format, language, service_fee_fen, seat_revision
)
SELECT
    1, halls.cinema_id, halls.id, layout.id, halls.id, halls.id,
    beginning, beginning + INTERVAL '110 minutes', beginning + INTERVAL '125 minutes', beginning::date, '2D', 'Mandarin', 300, 100
FROM generate_series(0, (:orders + 99) / 100 - 1) AS turn
JOIN halls ON halls.id = turn % 200 + 1
JOIN hall_layouts AS layout ON layout.hall_id = halls.id
CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) - INTERVAL '1 day' - turn / 200 * INTERVAL '3 hours') AS time (beginning)
ORDER BY turn DESC;

INSERT INTO showtime_prices (showtime_id, zone, price_fen)
SELECT id, 'standard', 4500
FROM showtimes
WHERE starts_at < now();

-- References are right by construction; to look each of them up would take most of the time.
SET session_replication_role = replica;

CREATE TEMPORARY TABLE old_orders AS
SELECT
    ('0' || to_hex((extract(EPOCH FROM past.ordered_at) * 1000)::bigint) || substr(md5(number::text), 1, 20))::uuid AS id,
    :first_account + number % :accounts AS account_id,
    past.id AS showtime_id,
    (past.layout_id - 1) * 200 + number % 100 * 2 + 1 AS seat_id,
    past.starts_at,
    past.ordered_at,
    past.ordered_at + INTERVAL '1 minute' AS paid_at,
    past.starts_at - INTERVAL '10 minutes' AS collected_at,
    (SELECT id FROM accounts WHERE realm = 'cinema' AND username = 'merchant') AS clerk_id,
    number
FROM generate_series(0, :orders - 1) AS number
JOIN (
    SELECT id, layout_id, starts_at, starts_at - INTERVAL '1 day' AS ordered_at, row_number() OVER (ORDER BY id) - 1 AS place
    FROM showtimes
    WHERE starts_at < now()
) AS past ON past.place = number / 100
ORDER BY number;

INSERT INTO orders (
    id, account_id, showtime_id, state, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, discount_fen, payable_fen,
    created_at, expires_at, paid_at, collection_code, channel, refund_policy_id, showtime_starts_at, version
)
SELECT
    id, account_id, showtime_id, 'collected', ARRAY[seat_id, seat_id + 1], '{4500,4500}', 9000, 600, 0, 9600,
    ordered_at, ordered_at + INTERVAL '15 minutes', paid_at,
    translate(upper(lpad(to_hex(number + 1048576 * 256), 8, '2')), '01', 'XY'), 'online', 1, starts_at, 3
FROM old_orders;

INSERT INTO seat_claims (showtime_id, seat_id, order_id)
SELECT showtime_id, seat.id, old_orders.id
FROM old_orders
CROSS JOIN LATERAL (VALUES (seat_id), (seat_id + 1)) AS seat (id);

INSERT INTO order_events (order_id, at, from_state, to_state, cause, actor_account_id)
SELECT old_orders.id, event.at, event.from_state, event.to_state, event.cause, event.actor_account_id
FROM old_orders
CROSS JOIN LATERAL (
    VALUES
        (ordered_at, NULL, 'pending_payment', 'opened', account_id),
        (paid_at, 'pending_payment', 'paid', 'payment_confirmed', NULL),
        (collected_at, 'paid', 'collected', 'collected', clerk_id)
) AS event (at, from_state, to_state, cause, actor_account_id);

INSERT INTO tickets (
    order_id, showtime_id, seat_id, price_fen, service_fee_fen, state, issued_at, collected_at, collected_by_account_id, version
)
SELECT old_orders.id, showtime_id, seat.id, 4500, 300, 'collected', paid_at, collected_at, clerk_id, 2
FROM old_orders
CROSS JOIN LATERAL (VALUES (seat_id), (seat_id + 1)) AS seat (id);

-- What the showtimes have sold, as the services would have added it up.
INSERT INTO showtime_figures (
    showtime_id, business_day, movie_id, cinema_id, city_id, tickets, orders, box_office_fen, service_fee_fen
)
SELECT
    showtimes.id, showtimes.business_day, showtimes.movie_id, showtimes.cinema_id, cinemas.city_id,
    count(*), count(DISTINCT tickets.order_id), sum(tickets.price_fen), sum(tickets.service_fee_fen)
FROM tickets
JOIN showtimes ON showtimes.id = tickets.showtime_id
JOIN cinemas ON cinemas.id = showtimes.cinema_id
WHERE showtimes.starts_at < now()
GROUP BY showtimes.id, cinemas.city_id;
