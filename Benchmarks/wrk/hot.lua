-- booking.lua, but of one showtime after the other: all who buy at a moment buy of the same.
-- Arguments: as booking.lua's; with a seventh, `one`, everybody wants the first showtime, whose seats are soon gone.
dofile(os.getenv("BENCH_WRK") .. "/booking.lua")

local begin = init

function init(arguments)
    begin(arguments)
    one = arguments[7] == "one"
end

function place_and_pair(turn)
    return one and 0 or math.floor(turn / 100), turn % 100
end
