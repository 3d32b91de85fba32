-- What each showtime has sold, in one row: rankings add these rows up, so that they cost as much as there are showtimes, not tickets.

-- Nobody issues or voids a ticket until the rows below are filled and commits with them.
LOCK TABLE tickets IN SHARE ROW EXCLUSIVE MODE;

-- Made with a showtime's first ticket, and changed by the statements that issue and void tickets, under the lock of the showtime.
CREATE TABLE showtime_figures (
    showtime_id     BIGINT  PRIMARY KEY REFERENCES showtimes (id),
    -- The showtime's own, which never change once it has sold. They need no references of their own: its row has them.
    business_day    DATE    NOT NULL,
    movie_id        BIGINT  NOT NULL,
    cinema_id       BIGINT  NOT NULL,
    -- Where the cinema was at the first sale: what was earned in a city stays there when a cinema moves.
    city_id         BIGINT  NOT NULL REFERENCES cities (id),
    -- Tickets that count, and orders that have one.
    tickets         INTEGER NOT NULL CHECK (tickets >= 0),
    orders          INTEGER NOT NULL CHECK (orders BETWEEN 0 AND tickets),
    -- Prices of these tickets, and the fees for them.
    box_office_fen  BIGINT  NOT NULL CHECK (box_office_fen >= 0),
    service_fee_fen BIGINT  NOT NULL CHECK (service_fee_fen >= 0)
) WITH (fillfactor = 60);

CREATE INDEX showtime_figures_business_day_index ON showtime_figures (business_day);
CREATE INDEX showtime_figures_cinema_index ON showtime_figures (cinema_id);

-- Reads every ticket once: seconds for some millions of them.
INSERT INTO showtime_figures (
    showtime_id, business_day, movie_id, cinema_id, city_id, tickets, orders, box_office_fen, service_fee_fen
)
SELECT
    showtimes.id, showtimes.business_day, showtimes.movie_id, showtimes.cinema_id, cinemas.city_id,
    count(*), count(DISTINCT tickets.order_id), sum(tickets.price_fen), sum(tickets.service_fee_fen)
FROM tickets
JOIN orders ON orders.id = tickets.order_id
JOIN showtimes ON showtimes.id = tickets.showtime_id
JOIN cinemas ON cinemas.id = showtimes.cinema_id
WHERE tickets.state <> 'refunded'
    AND orders.state IN ('paid', 'collected')
GROUP BY showtimes.id, cinemas.city_id;
