-- The states of before count as pinned, but for those that an import guessed and nobody has edited. This stands by itself, so that the table
-- isn't locked against readers meanwhile.

UPDATE movies
SET pinned_state = state
WHERE external_id IS NULL
    OR EXISTS (
        SELECT
        FROM audit_events
        WHERE audit_events.subject = 'movie:' || movies.id
            AND audit_events.action = 'movie.changed'
    );
