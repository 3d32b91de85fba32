-- Divisions with an identity and a history, the systems of coordinates, and what people want to know of a cinema.

-- A code names a division at a time only: 41 codes of GB/T 2260 went to another unit later. So each division has an id, and its days.
ALTER TABLE administrative_divisions
    DROP CONSTRAINT administrative_divisions_pkey,
    ADD COLUMN id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The first day; NULL where it was before what is known.
    ADD COLUMN valid_from DATE,
    -- The day from which on it is no longer there; NULL while it is.
    ADD COLUMN valid_to   DATE,
    -- As the position of cinemas, for "nearest first".
    ADD COLUMN position   CUBE   GENERATED ALWAYS AS (
        CASE
            WHEN latitude IS NOT NULL THEN cube(ARRAY[
                6371008.8 * cos(radians(latitude)) * cos(radians(longitude)),
                6371008.8 * cos(radians(latitude)) * sin(radians(longitude)),
                6371008.8 * sin(radians(latitude))
            ])
        END
    ) STORED,
    ADD CHECK (valid_from <= valid_to),
    ADD CONSTRAINT administrative_divisions_code_days EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&);

CREATE UNIQUE INDEX administrative_divisions_current_code_key ON administrative_divisions (code) WHERE valid_to IS NULL;
CREATE INDEX administrative_divisions_code_index ON administrative_divisions (code, id);
CREATE INDEX administrative_divisions_position_index ON administrative_divisions USING gist (position)
    WHERE level <> 'province' AND valid_to IS NULL AND position IS NOT NULL;

-- What a division became. Only one that is there can become something, so no chain of successors leads back to where it began.
CREATE TABLE division_successors (
    division_id  BIGINT NOT NULL REFERENCES administrative_divisions (id),
    successor_id BIGINT NOT NULL REFERENCES administrative_divisions (id),
    change       TEXT   NOT NULL CHECK (change IN ('renamed', 'recoded', 'merged', 'split')),
    PRIMARY KEY (division_id, successor_id),
    CHECK (division_id <> successor_id)
);

CREATE INDEX division_successors_successor_id_index ON division_successors (successor_id);

-- The division that a city is; NULL where the divisions that were imported don't have it.
ALTER TABLE cities ADD COLUMN division_id BIGINT REFERENCES administrative_divisions (id);
CREATE INDEX cities_division_id_index ON cities (division_id);
CREATE INDEX cities_name_index ON cities (name);

UPDATE cities
SET division_id = administrative_divisions.id
FROM administrative_divisions
WHERE administrative_divisions.code = cities.code || '000000';

ALTER TABLE cinemas
    -- The district that `district` names; NULL where the divisions have none of that name in the city.
    ADD COLUMN district_id     BIGINT REFERENCES administrative_divisions (id),
    -- What was given, where it wasn't WGS-84, which latitude and longitude are.
    ADD COLUMN given_system    TEXT NOT NULL DEFAULT 'wgs84' CHECK (given_system IN ('wgs84', 'gcj02', 'bd09')),
    ADD COLUMN given_latitude  DOUBLE PRECISION CHECK (given_latitude BETWEEN -90 AND 90),
    ADD COLUMN given_longitude DOUBLE PRECISION CHECK (given_longitude BETWEEN -180 AND 180),
    -- By weekday, and days that differ; NULL where they aren't known.
    ADD COLUMN opening_hours   JSONB CHECK (jsonb_typeof(opening_hours) = 'object'),
    -- Words of an enumeration.
    ADD COLUMN facilities      TEXT[] NOT NULL DEFAULT '{}' CHECK (cardinality(facilities) <= 100),
    -- How to find it.
    ADD COLUMN directions      TEXT NOT NULL DEFAULT '' CHECK (char_length(directions) <= 1000),
    ADD CHECK (num_nulls(given_latitude, given_longitude) = CASE given_system WHEN 'wgs84' THEN 2 ELSE 0 END);

CREATE INDEX cinemas_district_id_index ON cinemas (district_id, id);

UPDATE cinemas
SET district_id = administrative_divisions.id
FROM cities, administrative_divisions
WHERE cities.id = cinemas.city_id
    AND administrative_divisions.level = 'district'
    AND administrative_divisions.name = cinemas.district
    AND starts_with(
        administrative_divisions.code,
        CASE WHEN cities.code LIKE '%0000' THEN left(cities.code, 2) WHEN cities.code LIKE '%00' THEN left(cities.code, 4) ELSE cities.code END
    );

-- Cities and their divisions are kept by whoever looks after merchants and their cinemas.
INSERT INTO permissions (name, resource, bits)
VALUES ('cities: read, write, modify, delete', 'cities', 15)
ON CONFLICT DO NOTHING;

INSERT INTO user_group_permissions (user_group_id, permission_id)
SELECT user_groups.id, permissions.id
FROM user_groups
JOIN permissions ON permissions.resource = 'cities' AND permissions.bits = 15
WHERE user_groups.realm = 'admin'
    AND user_groups.name = 'merchant manager'
    AND user_groups.built_in
ON CONFLICT DO NOTHING;
