-- Names are in one spelling (NFC), hold nothing that nobody sees, and those that must differ do so in what people see: by NFKC and letter
-- case. What is here already is brought into that form. These tables are small; the statements below read and write them whole.

-- What a name is compared by. ICU's rules rather than the database's own, which under the locale C know no letters but a to z.
CREATE FUNCTION folded_name(name TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN normalize(lower(upper(normalize(name, NFKC) COLLATE "und-x-icu")), NFKC);

-- A pattern of LIKE for folded names that hold a text, in which `%`, `_` and `\` mean themselves.
CREATE FUNCTION folded_part(part TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '%' || regexp_replace(folded_name(part), '([\\%_])', '\\\1', 'g') || '%';

-- A name of before as it has to be written now. What was nothing but blanks gets a name all the same.
CREATE FUNCTION pg_temp.visible_name(name TEXT, longest INTEGER) RETURNS TEXT
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    blanks    CONSTANT TEXT := U&'\0009\000A\000B\000C\000D\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A'
        || U&'\2028\2029\202F\205F\3000';
    invisible CONSTANT TEXT := '[\u0001-\u001F\u007F-\u009F\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160'
        || '\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB'
        || '\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]';
    visible   TEXT;
BEGIN
    visible := btrim(regexp_replace(normalize(name, NFC), invisible, '', 'g'), blanks);
    visible := btrim(left(normalize(visible, NFC), longest), blanks);
    RETURN CASE visible WHEN '' THEN '?' ELSE visible END;
END
$$;

-- Numbers all but the first of those rows of a table that have one name within a scope: `Hall 1 (2)`.
CREATE FUNCTION pg_temp.part_twins(relation TEXT, scope TEXT, condition TEXT, longest INTEGER) RETURNS VOID
    LANGUAGE plpgsql
AS $$
DECLARE
    twin      RECORD;
    number    INTEGER;
    candidate TEXT;
    is_taken  BOOLEAN;
BEGIN
    FOR twin IN EXECUTE format(
        'SELECT id, name FROM ('
        '    SELECT id, name, row_number() OVER (PARTITION BY %s, folded_name(name) ORDER BY id) AS place FROM %I WHERE %s'
        ') AS named WHERE place > 1 ORDER BY id', scope, relation, condition)
    LOOP
        number := 1;
        LOOP
            number := number + 1;
            candidate := rtrim(left(twin.name, longest - 8)) || ' (' || number || ')';
            EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE folded_name(name) = folded_name($1))', relation)
                INTO is_taken
                USING candidate;
            EXIT WHEN NOT is_taken;
        END LOOP;
        EXECUTE format('UPDATE %I SET name = $1 WHERE id = $2', relation) USING candidate, twin.id;
    END LOOP;
END
$$;

-- Never unique: merchants, movies, people. A person whose name is there twice by now stays apart.
UPDATE merchants
SET name = pg_temp.visible_name(name, 100)
WHERE name <> pg_temp.visible_name(name, 100);

UPDATE movies
SET title = pg_temp.visible_name(title, 200), version = version + 1
WHERE title <> pg_temp.visible_name(title, 200);

UPDATE people
SET name = renamed.name
FROM (
    SELECT min(id) AS id, pg_temp.visible_name(name, 100) AS name
    FROM people
    GROUP BY pg_temp.visible_name(name, 100)
) AS renamed
WHERE people.id = renamed.id
    AND people.name <> renamed.name
    AND NOT EXISTS (SELECT FROM people AS others WHERE others.name = renamed.name);

-- Unique: companies, halls of a cinema, cinemas of a merchant in a city, permission groups and user groups. (So are usernames and e-mail
-- addresses, which have one spelling each.)
ALTER TABLE companies DROP CONSTRAINT companies_name_key;
ALTER TABLE halls DROP CONSTRAINT halls_cinema_id_name_key;
ALTER TABLE permission_groups DROP CONSTRAINT permission_groups_realm_name_key;
ALTER TABLE user_groups DROP CONSTRAINT user_groups_realm_owner_id_name_key;

UPDATE companies
SET name = pg_temp.visible_name(name, 200)
WHERE name <> pg_temp.visible_name(name, 200);

UPDATE cinemas
SET name = pg_temp.visible_name(name, 100), version = version + 1
WHERE name <> pg_temp.visible_name(name, 100);

UPDATE halls
SET name = pg_temp.visible_name(name, 50), version = version + 1
WHERE name <> pg_temp.visible_name(name, 50);

UPDATE permission_groups
SET name = pg_temp.visible_name(name, 100), version = version + 1
WHERE name <> pg_temp.visible_name(name, 100);

UPDATE user_groups
SET name = pg_temp.visible_name(name, 100), version = version + 1
WHERE name <> pg_temp.visible_name(name, 100);

SELECT pg_temp.part_twins('companies', 'TRUE', 'TRUE', 200);
SELECT pg_temp.part_twins('cinemas', 'merchant_id, city_id', 'deleted_at IS NULL', 100);
SELECT pg_temp.part_twins('halls', 'cinema_id', 'TRUE', 50);
SELECT pg_temp.part_twins('permission_groups', 'realm', 'TRUE', 100);
SELECT pg_temp.part_twins('user_groups', 'realm, owner_id', 'TRUE', 100);

-- The list of companies is in the order of their names.
CREATE INDEX companies_name_index ON companies (name);
CREATE UNIQUE INDEX companies_name_key ON companies (folded_name(name));
CREATE UNIQUE INDEX cinemas_merchant_id_city_id_name_key ON cinemas (merchant_id, city_id, folded_name(name)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX halls_cinema_id_name_key ON halls (cinema_id, folded_name(name));
CREATE UNIQUE INDEX permission_groups_realm_name_key ON permission_groups (realm, folded_name(name));
CREATE UNIQUE INDEX user_groups_realm_owner_id_name_key ON user_groups (realm, owner_id, folded_name(name));

-- Titles are searched as names are compared.
ALTER TABLE movies ADD COLUMN folded_title TEXT NOT NULL GENERATED ALWAYS AS (folded_name(title)) STORED;
CREATE INDEX movies_folded_title_index ON movies USING gin (folded_title gin_trgm_ops) WHERE deleted_at IS NULL;
DROP INDEX movies_title_search_index;

DROP FUNCTION pg_temp.visible_name(TEXT, INTEGER);
DROP FUNCTION pg_temp.part_twins(TEXT, TEXT, TEXT, INTEGER);
