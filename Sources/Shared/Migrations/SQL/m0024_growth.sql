-- What sessions need to be forgotten, and which roles of the database serve which service.

-- Building these keeps sign-ins and sign-outs waiting, some seconds for each million sessions; reading them goes on. Neither column changes with
-- the use of a session, which would make each use cost more.
CREATE INDEX sessions_expires_at_index ON sessions (expires_at);
CREATE INDEX sessions_revoked_at_index ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- By which a session is looked for when it is deleted; rows of both are deleted after a day, so these tables are small.
CREATE INDEX app_tickets_session_id_index ON app_tickets (session_id);
CREATE INDEX qr_logins_scanned_by_session_id_index ON qr_logins (scanned_by_session_id) WHERE scanned_by_session_id IS NOT NULL;

-- The roles that `AdminService grant` was told of, to which `migrate` gives what new tables need. Roles belong to the cluster: a role that a
-- copy of the database doesn't find where it is restored is passed over.
CREATE TABLE database_roles (
    name    TEXT PRIMARY KEY CHECK (char_length(name) BETWEEN 1 AND 63),
    service TEXT NOT NULL CHECK (char_length(service) BETWEEN 1 AND 32)
);
