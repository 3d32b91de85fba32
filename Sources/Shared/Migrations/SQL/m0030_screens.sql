-- What the screens of frontends are read by. Showtimes and their figures are few beside orders: these take a moment.

-- Which movies a cinema shows.
CREATE INDEX showtimes_cinema_movie_index ON showtimes (cinema_id, movie_id, starts_at);

-- How many tickets of a movie are sold, in a city and everywhere.
CREATE INDEX showtime_figures_movie_index ON showtime_figures (movie_id, business_day);
CREATE INDEX showtime_figures_city_index ON showtime_figures (city_id, movie_id, business_day);

-- Where the buyer's browser comes back to from the gateway; NULL for the page that the gateway's settings name.
ALTER TABLE payments
    ADD COLUMN return_url TEXT,
    -- Not looked up in the rows that are there.
    ADD CONSTRAINT payments_return_url_check CHECK (char_length(return_url) BETWEEN 1 AND 256) NOT VALID;
