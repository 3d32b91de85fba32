-- The state of a movie follows from its release and its showtimes, unless somebody pins it: then it stands in the column.

ALTER TABLE movies
    ALTER COLUMN state DROP NOT NULL,
    DROP CONSTRAINT movies_state_check,
    ADD CONSTRAINT movies_state_check CHECK (state IN ('coming', 'presale', 'showing', 'ended'));

-- What an import guessed, and nobody has edited. All others count as pinned.
UPDATE movies
SET state = NULL
WHERE external_id IS NOT NULL
    AND NOT EXISTS (
        SELECT
        FROM audit_events
        WHERE audit_events.subject = 'movie:' || movies.id
            AND audit_events.action = 'movie.changed'
    );
