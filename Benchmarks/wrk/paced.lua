-- booking.lua at a pace. Arguments: as booking.lua's, and how many bookings a second on 16 connections.
dofile(os.getenv("BENCH_WRK") .. "/booking.lua")

local begin = init

function init(arguments)
    begin(arguments)
    -- Each of the 16 connections waits so long between two requests, in milliseconds.
    pause = 16 * 1000 / tonumber(arguments[7])
end

function delay()
    return math.random(0, 2 * pause)
end
