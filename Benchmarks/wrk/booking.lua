-- POST /v1/orders, two seats each, every booking another one: the same ones in the same order as sql/booking.pgbench.sql.
-- Arguments: file of tokens (one a line, by account), first showtime, round, first booking, threads, bookings at most.

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    tokens = {}
    for line in io.lines(arguments[1]) do tokens[#tokens + 1] = line end
    first_showtime, round = tonumber(arguments[2]), arguments[3]
    booking, step, last = tonumber(arguments[4]) + number, tonumber(arguments[5]), tonumber(arguments[6])
    host = wrk.headers["Host"]
end

-- Which showtime, and which two neighbouring seats of it, a booking is about.
function place_and_pair(turn)
    return (turn * 7919) % 2000, math.floor(turn / 2000)
end

-- Header lines beside the usual ones.
function more_headers(turn)
    return ""
end

function request()
    local turn = booking % last
    booking = booking + step
    local place, pair = place_and_pair(turn)
    local seat = (place % 200) * 200 + pair * 2 + 1
    local body = string.format('{"showtime_id":%d,"seat_ids":[%d,%d]}', first_showtime + place, seat, seat + 1)
    return string.format(
        'POST /v1/orders HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nIdempotency-Key: "round-%s-%d"\r\n'
            .. 'Content-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s',
        host, tokens[turn % #tokens + 1], round, turn, more_headers(turn), #body, body)
end

done = dofile(os.getenv("BENCH_WRK") .. "/done.lua")
