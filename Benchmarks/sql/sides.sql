-- What one booking of each side left, without ids, times and what is made of them; the service's line comes first. Round 0 is pgbench's.
-- What belongs together is compared here: rows of one order name the same order, person, showtime and seats.
WITH records AS (
    SELECT *, key LIKE 'round-0-%' AS is_of_pgbench
    FROM idempotency_records
    WHERE operation = 'POST /v1/orders'
), samples AS (
    SELECT DISTINCT ON (is_of_pgbench) *
    FROM records
    ORDER BY is_of_pgbench, created_at DESC
)
SELECT json_build_object(
    'average_body', (SELECT avg(octet_length(body)) FROM records WHERE records.is_of_pgbench = samples.is_of_pgbench),
    'record', to_jsonb(samples) - '{account_id,key,request_sha256,location,body,created_at,is_of_pgbench}'::text[],
    'record_fits', samples.account_id = orders.account_id AND octet_length(samples.request_sha256) = 32,
    'location', regexp_replace(samples.location, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', 'ID'),
    'order', to_jsonb(orders) - '{id,account_id,showtime_id,seat_ids,created_at,expires_at,showtime_starts_at,address_block}'::text[],
    'has_address', orders.address_block IS NOT NULL,
    'order_fits', orders.showtime_starts_at = showtimes.starts_at AND cardinality(orders.seat_ids) = 2,
    'order_lasts', orders.expires_at - orders.created_at,
    'events', (
        SELECT jsonb_agg(
            to_jsonb(order_events) - '{id,order_id,at,actor_account_id}'::text[]
            || jsonb_build_object('fits', order_events.at = orders.created_at AND order_events.actor_account_id = orders.account_id)
        )
        FROM order_events
        WHERE order_events.order_id = orders.id
    ),
    'claims_fit', (
        SELECT array_agg(seat_id ORDER BY seat_id) = orders.seat_ids AND bool_and(seat_claims.showtime_id = orders.showtime_id)
        FROM seat_claims
        WHERE seat_claims.order_id = orders.id
    )
)
FROM samples
JOIN orders ON orders.id = replace(samples.location, '/v1/orders/', '')::uuid
JOIN showtimes ON showtimes.id = orders.showtime_id
ORDER BY samples.is_of_pgbench;
