-- booking.lua, but every buyer comes from an address of its own, the same as in sql/booking.pgbench.sql: 10.0.0.0 and so many further.
-- Arguments: as booking.lua's.
dofile(os.getenv("BENCH_WRK") .. "/booking.lua")

function more_headers(turn)
    local buyer = turn % #tokens
    return string.format(
        "X-Forwarded-For: 10.%d.%d.%d\r\n", math.floor(buyer / 65536), math.floor(buyer / 256) % 256, buyer % 256)
end
