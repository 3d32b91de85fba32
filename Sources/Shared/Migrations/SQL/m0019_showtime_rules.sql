-- Showtimes before their movie's release, and ends that count the trailers. Showtimes are few beside orders: these statements read and write
-- some thousands of rows.

ALTER TABLE showtimes
    -- Shown before the release day of its movie, which its cinema has to say.
    ADD COLUMN preview BOOLEAN NOT NULL DEFAULT FALSE;

-- Those that were scheduled before it had to be said.
UPDATE showtimes
SET preview = TRUE,
    version = showtimes.version + 1
FROM cinemas, movies
WHERE cinemas.id = showtimes.cinema_id
    AND movies.id = showtimes.movie_id
    AND (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date < movies.release_date;

-- The movie's end is after the trailers. What has begun stays as it was announced; what the hall is taken for is right already.
UPDATE showtimes
SET ends_at = least(showtimes.ends_at + cinemas.trailers_min * INTERVAL '1 minute', showtimes.occupied_until),
    version = showtimes.version + 1
FROM cinemas
WHERE cinemas.id = showtimes.cinema_id
    AND cinemas.trailers_min > 0
    AND showtimes.ends_at < showtimes.occupied_until
    AND showtimes.starts_at > clock_timestamp();
