-- The state of a movie follows from its release and its showtimes, unless somebody pins it.

ALTER TABLE movies
    -- NULL where the state follows.
    ADD COLUMN pinned_state TEXT CHECK (pinned_state IN ('coming', 'presale', 'showing', 'ended')),
    -- Programs of before read and write this column until they are restarted. Those of now use it no more.
    ALTER COLUMN state SET DEFAULT 'coming';
