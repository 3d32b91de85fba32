-- The world of `make bench`: 2,000 showtimes of 200 seats, 100,000 people who are signed in. Into an empty, migrated database.
-- Variables of psql: accounts, password_hash, merchant_token, administrator_token; on standard input the SHA-256 of the people's tokens in
-- hexadecimal, one a line, by account.

INSERT INTO cities (id, name, code, pinyin, initial)
VALUES (1, '北京', '110100', 'BEIJING', 'B')
ON CONFLICT DO NOTHING;

INSERT INTO merchants (name, verified_at)
VALUES ('Bench', now());

INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
SELECT 1, 'Cinema ' || number, 1, '海淀区', number || ' Street', 39.9 + number * 0.01, 116.4, '010', 300
FROM generate_series(1, 20) AS number;

INSERT INTO halls (cinema_id, name, formats)
SELECT 1 + (number - 1) / 10, 'Hall ' || number, '{2D}'
FROM generate_series(1, 200) AS number;

INSERT INTO hall_layouts (hall_id, version)
SELECT id, 1
FROM halls
ORDER BY id;

INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
SELECT layout.id, place / 20 + 1, place % 20 + 1, chr(65 + place / 20), chr(65 + place / 20) || (place % 20 + 1), 'standard', 'standard'
FROM hall_layouts AS layout
CROSS JOIN generate_series(0, 199) AS place
ORDER BY layout.id, place;

INSERT INTO movies (title, duration_min, release_date, formats, languages, minimum_price_fen, pinned_state)
SELECT 'Movie ' || number, 100, DATE '2026-01-01' + number, '{2D}', '{Mandarin}', 3000, 'showing'
FROM generate_series(1, 200) AS number;

INSERT INTO screening_rights (merchant_id, movie_id, valid_from, valid_to, state, decided_at)
SELECT 1, id, CURRENT_DATE - 1000, CURRENT_DATE + 1000, 'granted', now()
FROM movies
ORDER BY id;

-- Ten showtimes a hall, three hours apart, from tomorrow on. Numbered so that neighbours in number are in different halls.
INSERT INTO showtimes (
    merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id, starts_at, ends_at, occupied_until, business_day,
    format, language, service_fee_fen
)
SELECT
    1, halls.cinema_id, halls.id, layout.id, halls.id, halls.id,
    beginning, beginning + INTERVAL '110 minutes', beginning + INTERVAL '125 minutes', beginning::date, '2D', 'Mandarin', 300
FROM generate_series(0, 9) AS turn
CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) + INTERVAL '1 day' + turn * INTERVAL '3 hours') AS time (beginning)
CROSS JOIN halls
JOIN hall_layouts AS layout ON layout.hall_id = halls.id
ORDER BY turn, halls.id;

INSERT INTO showtime_prices (showtime_id, zone, price_fen)
SELECT id, 'standard', 4500
FROM showtimes;

INSERT INTO accounts (realm, username, phone, password_hash, permission)
SELECT 'client', 'buyer' || number, '+86138' || lpad(number::text, 8, '0'), :'password_hash', 7
FROM generate_series(1, :accounts) AS number;

CREATE TEMPORARY TABLE token_hashes (number BIGINT GENERATED ALWAYS AS IDENTITY, sha256 TEXT);
\copy token_hashes (sha256) FROM pstdin

INSERT INTO sessions (token_sha256, account_id, realm, method, expires_at)
SELECT decode(token_hashes.sha256, 'hex'), accounts.id, 'client', 'password', now() + INTERVAL '30 days'
FROM token_hashes
JOIN accounts ON accounts.username = 'buyer' || token_hashes.number
ORDER BY token_hashes.number;

INSERT INTO accounts (realm, username, password_hash, permission, merchant_id)
VALUES
    ('cinema', 'merchant', :'password_hash', 15, 1),
    ('admin', 'administrator', :'password_hash', 15, NULL);

INSERT INTO sessions (token_sha256, account_id, realm, method, expires_at)
SELECT sha256(staff.token::bytea), accounts.id, accounts.realm, 'password', now() + INTERVAL '30 days'
FROM (VALUES ('merchant', :'merchant_token'), ('administrator', :'administrator_token')) AS staff (username, token)
JOIN accounts ON accounts.username = staff.username;
