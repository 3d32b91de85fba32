-- Pictures: what was uploaded, in the widths in which it is shown, and what it is shown of.

CREATE TABLE pictures (
    -- Of the bytes as they were uploaded, which aren't kept.
    sha256       BYTEA       PRIMARY KEY CHECK (octet_length(sha256) = 32),
    format       TEXT        NOT NULL CHECK (format IN ('jpeg', 'png', 'webp')),
    byte_count   INTEGER     NOT NULL CHECK (byte_count > 0),
    -- As it is looked at, in pixels.
    width        INTEGER     NOT NULL CHECK (width BETWEEN 1 AND 16383),
    height       INTEGER     NOT NULL CHECK (height BETWEEN 1 AND 16383),
    -- Whose quota counts it: of whoever uploaded it first; NULL for the platform.
    merchant_id  BIGINT      REFERENCES merchants (id),
    uploaded_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- Since when nothing shows it; NULL while something does.
    unused_since TIMESTAMPTZ
);

CREATE INDEX pictures_merchant_id_index ON pictures (merchant_id);
CREATE INDEX pictures_unused_index ON pictures (unused_since) WHERE unused_since IS NOT NULL;

-- WebP.
CREATE TABLE picture_renditions (
    sha256  BYTEA   NOT NULL REFERENCES pictures (sha256) ON DELETE CASCADE,
    width   INTEGER NOT NULL CHECK (width BETWEEN 1 AND 1280),
    height  INTEGER NOT NULL CHECK (height BETWEEN 1 AND 2560),
    content BYTEA   NOT NULL CHECK (octet_length(content) > 0),
    PRIMARY KEY (sha256, width)
);

-- It can't be compressed further.
ALTER TABLE picture_renditions ALTER COLUMN content SET STORAGE EXTERNAL;

-- Several kinds of things have pictures, so no key says that the thing is there. Of these only people are ever deleted, and their rows here
-- in the same transaction; others are marked.
CREATE TABLE shown_pictures (
    subject_kind TEXT     NOT NULL,
    subject_id   BIGINT   NOT NULL CHECK (subject_id > 0),
    role         TEXT     NOT NULL,
    -- From 1, in the order in which they are shown.
    place        SMALLINT NOT NULL CHECK (place BETWEEN 1 AND 100),
    sha256       BYTEA    NOT NULL REFERENCES pictures (sha256),
    PRIMARY KEY (subject_kind, subject_id, role, place),
    UNIQUE (subject_kind, subject_id, role, sha256),
    CHECK (
        CASE subject_kind
            WHEN 'movie' THEN role IN ('poster', 'still')
            WHEN 'person' THEN role = 'portrait'
            WHEN 'cinema' THEN role = 'photo'
            WHEN 'hall' THEN role = 'photo'
            ELSE FALSE
        END
    ),
    CHECK (role NOT IN ('poster', 'portrait') OR place = 1)
);

CREATE INDEX shown_pictures_sha256_index ON shown_pictures (sha256);

-- Who edits movies, cinemas and halls uploads pictures for them.
INSERT INTO permissions (name, resource, bits)
VALUES ('images: write', 'images', 2)
ON CONFLICT DO NOTHING;

INSERT INTO user_group_permissions (user_group_id, permission_id)
SELECT user_groups.id, permissions.id
FROM user_groups
JOIN permissions ON permissions.resource = 'images' AND permissions.bits = 2
WHERE user_groups.name IN ('scheduler', 'catalogue editor', 'merchant manager')
    AND user_groups.built_in
ON CONFLICT DO NOTHING;
