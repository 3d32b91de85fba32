-- The unpaid orders of one network for a showtime: few, counted with each booking. In a migration of its own, so that nobody waits for the
-- ALTER TABLE before it. It is empty at first, but reads all orders once: bookings wait meanwhile, reads don't.
CREATE INDEX orders_unpaid_address_index ON orders (showtime_id, address_block)
WHERE state IN ('pending_payment', 'paid_unconfirmed') AND address_block IS NOT NULL;
