-- What a page about a movie tells, people as entities that may share a name, and all the companies of a movie.

ALTER TABLE movies
    ADD COLUMN original_title TEXT   CHECK (char_length(original_title) BETWEEN 1 AND 200),
    ADD COLUMN other_titles   TEXT[] NOT NULL DEFAULT '{}' CHECK (cardinality(other_titles) <= 20),
    ADD COLUMN synopsis       TEXT   CHECK (char_length(synopsis) BETWEEN 1 AND 5000),
    ADD COLUMN countries      TEXT[] NOT NULL DEFAULT '{}' CHECK (cardinality(countries) <= 50),
    -- What the audience should know beforehand.
    ADD COLUMN content_notice TEXT   CHECK (char_length(content_notice) BETWEEN 1 AND 500),
    -- The first day of showings before the release.
    ADD COLUMN preview_date   DATE   CHECK (preview_date <= release_date),
    ADD COLUMN trailers       TEXT[] NOT NULL DEFAULT '{}' CHECK (cardinality(trailers) <= 20),
    -- Of the national platform: country, medium, number and year of the licence.
    ADD COLUMN film_code      TEXT   CHECK (char_length(film_code) = 12),
    ADD COLUMN eidr           TEXT   CHECK (char_length(eidr) = 34);

CREATE UNIQUE INDEX movies_film_code_key ON movies (film_code) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX movies_eidr_key ON movies (eidr) WHERE deleted_at IS NULL;

-- Two people may have one name.
ALTER TABLE people
    DROP CONSTRAINT people_name_key,
    ADD COLUMN other_names TEXT[]      NOT NULL DEFAULT '{}' CHECK (cardinality(other_names) <= 20),
    ADD COLUMN biography   TEXT        CHECK (char_length(biography) BETWEEN 1 AND 2000),
    ADD COLUMN created_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN version     BIGINT      NOT NULL DEFAULT 1;

CREATE INDEX people_name_index ON people (name, id);
CREATE INDEX people_folded_name_index ON people (folded_name(name));

ALTER TABLE movie_people
    DROP CONSTRAINT movie_people_role_check,
    ADD CONSTRAINT movie_people_role_check
        CHECK (role IN ('director', 'writer', 'producer', 'actor', 'composer', 'cinematographer', 'editor')),
    -- Whom an actor plays.
    ADD COLUMN character TEXT CHECK (char_length(character) BETWEEN 1 AND 200);

CREATE TABLE movie_companies (
    movie_id   BIGINT  NOT NULL REFERENCES movies (id),
    -- In the order in which they are named, from 1.
    place      INTEGER NOT NULL CHECK (place >= 1),
    company_id BIGINT  NOT NULL REFERENCES companies (id),
    role       TEXT    NOT NULL CHECK (role IN ('production', 'distribution')),
    PRIMARY KEY (movie_id, place),
    UNIQUE (movie_id, company_id, role)
);

CREATE INDEX movie_companies_company_id_index ON movie_companies (company_id);

-- The one company of before has made its movie.
INSERT INTO movie_companies (movie_id, place, company_id, role)
SELECT id, 1, company_id, 'production'
FROM movies
WHERE company_id IS NOT NULL;

-- People are a resource of their own. Owners and super-admins have it already.
INSERT INTO permissions (name, resource, bits)
VALUES ('people: read', 'people', 1), ('people: read, write, modify, delete', 'people', 15)
ON CONFLICT DO NOTHING;

INSERT INTO user_group_permissions (user_group_id, permission_id)
SELECT user_groups.id, permissions.id
FROM user_groups
JOIN permissions
    ON permissions.resource = 'people'
    AND permissions.bits = CASE user_groups.name WHEN 'catalogue editor' THEN 15 ELSE 1 END
WHERE user_groups.built_in
    AND user_groups.name IN ('moviegoer', 'scheduler', 'box-office clerk', 'catalogue editor', 'merchant manager', 'support')
ON CONFLICT DO NOTHING;
