-- Whose word it is that somebody is shut out: what the platform has decided no merchant undoes.

ALTER TABLE accounts
    -- The realm of whoever disabled the account. NULL while it isn't disabled, or where that was done by hand, which counts as the platform's.
    ADD COLUMN disabled_by TEXT CHECK (disabled_by IN ('cinema', 'admin')),
    ADD CONSTRAINT accounts_disabled_by_disabled_at_check CHECK (disabled_by IS NULL OR disabled_at IS NOT NULL);

-- Who it was until now, the audit trail knows: the last one that disabled the account. Where it doesn't, it was the platform.
UPDATE accounts
SET disabled_by = coalesce(
    (
        SELECT actors.realm
        FROM audit_events AS events
        JOIN accounts AS actors ON actors.id = events.actor_account_id
        WHERE events.subject = 'account:' || accounts.id
        AND events.action = 'account.disabled'
        AND actors.realm IN ('cinema', 'admin')
        ORDER BY events.id DESC
        LIMIT 1
    ),
    'admin'
)
WHERE disabled_at IS NOT NULL;
