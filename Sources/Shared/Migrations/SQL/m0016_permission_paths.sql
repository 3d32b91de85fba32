-- The paths by which permissions reach accounts, in two halves: what was given to accounts themselves, and what user groups hold. Who looks
-- many accounts up at once reads what a group holds once for all its members. `permission_paths` stays the one truth, put together of both.

CREATE VIEW account_permission_paths AS
SELECT given.account_id, permissions.resource, permissions.bits, permissions.id AS permission_id, NULL::bigint AS permission_group_id
FROM account_permissions AS given
JOIN permissions ON permissions.id = given.permission_id
UNION ALL
SELECT given.account_id, permissions.resource, permissions.bits, permissions.id, given.permission_group_id
FROM account_permission_groups AS given
JOIN permission_group_permissions AS grouped ON grouped.permission_group_id = given.permission_group_id
JOIN permissions ON permissions.id = grouped.permission_id;

CREATE VIEW user_group_permission_paths AS
SELECT given.user_group_id, permissions.resource, permissions.bits, permissions.id AS permission_id, NULL::bigint AS permission_group_id
FROM user_group_permissions AS given
JOIN permissions ON permissions.id = given.permission_id
UNION ALL
SELECT given.user_group_id, permissions.resource, permissions.bits, permissions.id, given.permission_group_id
FROM user_group_permission_groups AS given
JOIN permission_group_permissions AS grouped ON grouped.permission_group_id = given.permission_group_id
JOIN permissions ON permissions.id = grouped.permission_id;

CREATE OR REPLACE VIEW permission_paths AS
SELECT account_id, resource, bits, permission_id, permission_group_id, NULL::bigint AS user_group_id
FROM account_permission_paths
UNION ALL
SELECT members.account_id, paths.resource, paths.bits, paths.permission_id, paths.permission_group_id, members.user_group_id
FROM user_group_members AS members
JOIN user_group_permission_paths AS paths ON paths.user_group_id = members.user_group_id;
