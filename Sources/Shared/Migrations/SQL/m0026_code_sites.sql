-- Codes are counted for the site of an asker, too: whoever has a /48 of version 6 has 65,536 networks that are counted one by one. NULL for
-- addresses of version 4. Without a default, so that no row is written anew; rows are kept for two days, so the index is small.
ALTER TABLE one_time_codes ADD COLUMN site TEXT;

CREATE INDEX one_time_codes_site_index ON one_time_codes (site, created_at) WHERE site IS NOT NULL;
