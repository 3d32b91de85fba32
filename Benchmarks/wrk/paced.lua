-- booking.lua at a pace, by the clock: who is late because an answer was slow asks at once.
-- Arguments: as booking.lua's, and how many bookings a second.
dofile(os.getenv("BENCH_WRK") .. "/booking.lua")

local ffi = require("ffi")
ffi.cdef([[
    typedef struct { long seconds; long nanoseconds; } timespec;
    int clock_gettime(int clock, timespec *time);
]])
local CLOCK_MONOTONIC = 1
local time = ffi.new("timespec")

-- Milliseconds since some moment.
local function now()
    ffi.C.clock_gettime(CLOCK_MONOTONIC, time)
    return tonumber(time.seconds) * 1000 + tonumber(time.nanoseconds) / 1000000
end

local begin = init

function init(arguments)
    begin(arguments)
    pause = 1000 / tonumber(arguments[7])
    due = now()
end

-- How many milliseconds a connection waits before its next request.
function delay()
    due = due + pause
    return math.max(0, math.floor(due - now()))
end
