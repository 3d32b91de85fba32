-- One booking a transaction: the best single statement that leaves the rows that POST /v1/orders leaves, in the same tables.
-- It checks none of the rules. Variables of pgbench: turn (0), clients, accounts, bookings, first_account, first_showtime, round, guarded (1: with the
-- buyer's address, as wrk/guarded.lua has it).
-- After the last booking comes the seat 0, which does not exist: whoever goes that far fails instead of selling another hall's seats.
\set booking :client_id + :clients * :turn
\set turn :turn + 1
\set place (:booking * 7919) % 2000
\set showtime :first_showtime + :place
\set seat CASE WHEN :booking < :bookings THEN (:place % 200) * 200 + (:booking / 2000) * 2 + 1 ELSE 0 END
\set account :first_account + :booking % :accounts
\set address CASE WHEN :guarded = 1 THEN 167772160 + :booking % :accounts ELSE 0 END
WITH showtime AS (
    UPDATE showtimes
    SET seat_revision = seat_revision + 1
    WHERE id = :showtime
    RETURNING id, starts_at
), opened AS (
    INSERT INTO orders (
        id, account_id, showtime_id, state, seat_ids, seat_prices_fen,
        ticket_amount_fen, service_fee_fen, discount_fen, payable_fen, created_at, expires_at,
        channel, refund_policy_id, showtime_starts_at, address_block
    )
    SELECT
        ('0' || to_hex((extract(EPOCH FROM clock_timestamp()) * 1000)::bigint) || substr(md5(:booking::text), 1, 20))::uuid,
        :account, id, 'pending_payment', ARRAY[:seat, :seat + 1], '{4500,4500}',
        9000, 600, 0, 9600, now(), now() + INTERVAL '15 minutes',
        'online', 1, starts_at, nullif(:address::bigint, 0)
    FROM showtime
    RETURNING id, account_id, showtime_id
), claimed AS (
    INSERT INTO seat_claims (showtime_id, seat_id, order_id)
    SELECT showtime_id, seat_id, id
    FROM opened
    CROSS JOIN (VALUES (:seat::bigint), (:seat + 1)) AS wanted (seat_id)
), event AS (
    INSERT INTO order_events (order_id, at, to_state, cause, actor_account_id)
    SELECT id, now(), 'pending_payment', 'opened', account_id
    FROM opened
)
INSERT INTO idempotency_records (account_id, operation, key, request_sha256, status, location, body)
SELECT
    account_id, 'POST /v1/orders', 'round-' || :round || '-' || :booking,
    '\x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 201, '/v1/orders/' || id,
    convert_to(repeat('0123456789', 80) || '012345', 'UTF8')
FROM opened;
