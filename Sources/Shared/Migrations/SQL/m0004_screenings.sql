-- Screening rights and showtimes.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE screening_rights (
    id                    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id           BIGINT      NOT NULL REFERENCES merchants (id),
    movie_id              BIGINT      NOT NULL REFERENCES movies (id),
    -- First and last day, in the cinema's time zone; both may be past.
    valid_from            DATE        NOT NULL,
    valid_to              DATE        NOT NULL,
    state                 TEXT        NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'granted', 'refused', 'revoked')),
    requested_at          TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    decided_at            TIMESTAMPTZ,
    decided_by_account_id BIGINT      REFERENCES accounts (id),
    CHECK (valid_from <= valid_to),
    CHECK ((state = 'requested') = (decided_at IS NULL))
);

CREATE INDEX screening_rights_merchant_movie_index ON screening_rights (merchant_id, movie_id, id);
CREATE INDEX screening_rights_state_index ON screening_rights (state, id);

CREATE TABLE showtimes (
    id                 BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id        BIGINT      NOT NULL,
    cinema_id          BIGINT      NOT NULL,
    hall_id            BIGINT      NOT NULL,
    layout_id          BIGINT      NOT NULL,
    movie_id           BIGINT      NOT NULL REFERENCES movies (id),
    screening_right_id BIGINT      NOT NULL REFERENCES screening_rights (id),
    starts_at          TIMESTAMPTZ NOT NULL,
    -- The movie's end, and the end of trailers and cleaning: until then nothing else may start in the hall.
    ends_at            TIMESTAMPTZ NOT NULL,
    occupied_until     TIMESTAMPTZ NOT NULL,
    -- The day that its money is counted for.
    business_day       DATE        NOT NULL,
    format             TEXT        NOT NULL CHECK (char_length(format) BETWEEN 1 AND 20),
    language           TEXT        NOT NULL CHECK (char_length(language) BETWEEN 1 AND 50),
    -- Per ticket, as the cinema asked when the showtime was scheduled.
    service_fee_fen    BIGINT      NOT NULL CHECK (service_fee_fen >= 0),
    -- Refuse an order that leaves a single seat between others.
    refuses_orphans    BOOLEAN     NOT NULL DEFAULT FALSE,
    sale_opens_at      TIMESTAMPTZ,
    sale_closes_at     TIMESTAMPTZ,
    closed_at          TIMESTAMPTZ,
    cancelled_at       TIMESTAMPTZ,
    created_at         TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version            BIGINT      NOT NULL DEFAULT 1,
    -- Grows with every change of a seat; the seat map's ETag.
    seat_revision      BIGINT      NOT NULL DEFAULT 0,
    FOREIGN KEY (cinema_id, merchant_id) REFERENCES cinemas (id, merchant_id),
    FOREIGN KEY (hall_id, cinema_id) REFERENCES halls (id, cinema_id),
    FOREIGN KEY (layout_id, hall_id) REFERENCES hall_layouts (id, hall_id),
    CHECK (starts_at < ends_at AND ends_at <= occupied_until),
    CHECK (sale_opens_at < sale_closes_at),
    -- Two showtimes of a hall never overlap, the identical slot included.
    CONSTRAINT showtimes_hall_occupied EXCLUDE USING gist (
        hall_id WITH =,
        tstzrange(starts_at, occupied_until) WITH &&
    ) WHERE (cancelled_at IS NULL)
) WITH (fillfactor = 60);

CREATE INDEX showtimes_cinema_index ON showtimes (cinema_id, starts_at, id);
CREATE INDEX showtimes_movie_index ON showtimes (movie_id, starts_at, id);
CREATE INDEX showtimes_starts_at_index ON showtimes (starts_at, id);
CREATE INDEX showtimes_merchant_index ON showtimes (merchant_id, starts_at, id);
CREATE INDEX showtimes_business_day_index ON showtimes (business_day, movie_id);

CREATE TABLE showtime_prices (
    showtime_id BIGINT NOT NULL REFERENCES showtimes (id),
    zone        TEXT   NOT NULL CHECK (char_length(zone) BETWEEN 1 AND 32),
    price_fen   BIGINT NOT NULL CHECK (price_fen BETWEEN 1 AND 10000000),
    PRIMARY KEY (showtime_id, zone)
);
