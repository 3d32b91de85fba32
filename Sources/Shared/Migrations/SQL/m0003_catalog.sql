-- Movies, the companies behind them and the people in them. Only administrators write these.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE companies (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       TEXT        NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 200),
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE movies (
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The id in the catalogue that it was imported from.
    external_id       TEXT        UNIQUE CHECK (char_length(external_id) BETWEEN 1 AND 64),
    title             TEXT        NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    duration_min      INTEGER     NOT NULL CHECK (duration_min BETWEEN 1 AND 1000),
    release_date      DATE        NOT NULL,
    company_id        BIGINT      REFERENCES companies (id),
    formats           TEXT[]      NOT NULL CHECK (cardinality(formats) BETWEEN 1 AND 20),
    languages         TEXT[]      NOT NULL CHECK (cardinality(languages) BETWEEN 1 AND 50),
    genres            TEXT[]      NOT NULL DEFAULT '{}',
    minimum_price_fen BIGINT      NOT NULL CHECK (minimum_price_fen BETWEEN 0 AND 10000000),
    state             TEXT        NOT NULL CHECK (state IN ('coming', 'showing', 'ended')),
    -- What the last import said, by which the next one tells the file's news from an administrator's edits.
    imported          JSONB       CHECK (imported IS NULL OR external_id IS NOT NULL),
    deleted_at        TIMESTAMPTZ,
    created_at        TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    version           BIGINT      NOT NULL DEFAULT 1
);

CREATE INDEX movies_release_date_index ON movies (release_date DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX movies_title_index ON movies (title, id) WHERE deleted_at IS NULL;
CREATE INDEX movies_title_search_index ON movies USING gin (title gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX movies_company_id_index ON movies (company_id);

CREATE TABLE people (
    id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 100)
);

CREATE TABLE movie_people (
    movie_id  BIGINT  NOT NULL REFERENCES movies (id),
    -- Order of the credits, from 1.
    place     INTEGER NOT NULL CHECK (place >= 1),
    person_id BIGINT  NOT NULL REFERENCES people (id),
    role      TEXT    NOT NULL CHECK (role IN ('director', 'actor')),
    PRIMARY KEY (movie_id, place),
    UNIQUE (movie_id, person_id, role)
);

CREATE INDEX movie_people_person_id_index ON movie_people (person_id);
