-- Cities and administrative divisions, cinemas, halls and their seats.

CREATE EXTENSION IF NOT EXISTS cube;

CREATE TABLE cities (
    id        BIGINT PRIMARY KEY,
    -- Three cities are county-level ones inside another; the parent may be imported after its child.
    parent_id BIGINT REFERENCES cities (id) DEFERRABLE INITIALLY DEFERRED,
    name      TEXT   NOT NULL CHECK (char_length(name) BETWEEN 1 AND 50),
    -- Six digits, GB/T 2260.
    code      TEXT   NOT NULL UNIQUE CHECK (code ~ '^[0-9]{6}$'),
    pinyin    TEXT   NOT NULL,
    initial   TEXT   NOT NULL CHECK (initial ~ '^[A-Z]$'),
    CHECK (parent_id <> id)
);

CREATE INDEX cities_initial_pinyin_index ON cities (initial, pinyin, id);

-- Provinces, cities and districts of GB/T 2260, with the place of their seat of government.
CREATE TABLE administrative_divisions (
    code        TEXT             PRIMARY KEY CHECK (code ~ '^[0-9]{12}$'),
    name        TEXT             NOT NULL CHECK (char_length(name) BETWEEN 1 AND 50),
    level       TEXT             NOT NULL CHECK (level IN ('province', 'city', 'district')),
    longitude   DOUBLE PRECISION CHECK (longitude BETWEEN -180 AND 180),
    latitude    DOUBLE PRECISION CHECK (latitude BETWEEN -90 AND 90),
    CHECK ((longitude IS NULL) = (latitude IS NULL))
);

CREATE TABLE cinemas (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id      BIGINT           NOT NULL REFERENCES merchants (id),
    name             TEXT             NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    city_id          BIGINT           NOT NULL REFERENCES cities (id),
    district         TEXT             NOT NULL CHECK (char_length(district) <= 50),
    address          TEXT             NOT NULL CHECK (char_length(address) <= 200),
    latitude         DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude        DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    phone            TEXT             NOT NULL CHECK (char_length(phone) <= 32),
    -- Per ticket, paid by the buyer on top of the ticket price.
    service_fee_fen  BIGINT           NOT NULL CHECK (service_fee_fen BETWEEN 0 AND 100000),
    -- Seats that one person may hold of one showtime.
    seat_limit       INTEGER          NOT NULL DEFAULT 6 CHECK (seat_limit BETWEEN 1 AND 20),
    time_zone        TEXT             NOT NULL DEFAULT 'Asia/Shanghai',
    -- The hour at which a business day ends: a showtime before it belongs to the day before.
    day_ends_at_hour INTEGER          NOT NULL DEFAULT 6 CHECK (day_ends_at_hour BETWEEN 0 AND 12),
    trailers_min     INTEGER          NOT NULL DEFAULT 10 CHECK (trailers_min BETWEEN 0 AND 60),
    cleaning_min     INTEGER          NOT NULL DEFAULT 15 CHECK (cleaning_min BETWEEN 0 AND 120),
    deleted_at       TIMESTAMPTZ,
    created_at       TIMESTAMPTZ      NOT NULL DEFAULT clock_timestamp(),
    version          BIGINT           NOT NULL DEFAULT 1,
    -- Metres from the centre of a sphere of the earth's mean radius: the straight distance of two
    -- such points grows with the way along the ground, so an index on it answers "nearest first".
    position         CUBE             GENERATED ALWAYS AS (cube(ARRAY[
        6371008.8 * cos(radians(latitude)) * cos(radians(longitude)),
        6371008.8 * cos(radians(latitude)) * sin(radians(longitude)),
        6371008.8 * sin(radians(latitude))
    ])) STORED,
    UNIQUE (id, merchant_id)
);

CREATE INDEX cinemas_merchant_id_index ON cinemas (merchant_id, id);
CREATE INDEX cinemas_city_index ON cinemas (city_id, district, id) WHERE deleted_at IS NULL;
CREATE INDEX cinemas_position_index ON cinemas USING gist (position) WHERE deleted_at IS NULL;

CREATE TABLE halls (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cinema_id   BIGINT      NOT NULL REFERENCES cinemas (id),
    name        TEXT        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 50),
    formats     TEXT[]      NOT NULL CHECK (cardinality(formats) BETWEEN 1 AND 20),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version     BIGINT      NOT NULL DEFAULT 1,
    UNIQUE (cinema_id, name),
    UNIQUE (id, cinema_id)
);

CREATE INDEX halls_cinema_id_index ON halls (cinema_id, id);

-- A layout never changes: a new one is a new version, and a showtime keeps the one it was scheduled with.
CREATE TABLE hall_layouts (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hall_id    BIGINT      NOT NULL REFERENCES halls (id),
    version    INTEGER     NOT NULL CHECK (version >= 1),
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (hall_id, version),
    UNIQUE (id, hall_id)
);

CREATE TABLE seats (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layout_id     BIGINT  NOT NULL REFERENCES hall_layouts (id),
    -- Coordinates from 1; aisles are coordinates without a seat.
    row_number    INTEGER NOT NULL CHECK (row_number BETWEEN 1 AND 100),
    column_number INTEGER NOT NULL CHECK (column_number BETWEEN 1 AND 100),
    row_label     TEXT    NOT NULL CHECK (char_length(row_label) BETWEEN 1 AND 8),
    label         TEXT    NOT NULL CHECK (char_length(label) BETWEEN 1 AND 16),
    zone          TEXT    NOT NULL CHECK (char_length(zone) BETWEEN 1 AND 32),
    kind          TEXT    NOT NULL CHECK (kind IN ('standard', 'couple_left', 'couple_right', 'wheelchair', 'house', 'broken')),
    UNIQUE (layout_id, row_number, column_number),
    UNIQUE (layout_id, label)
);
