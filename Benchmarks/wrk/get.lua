-- GET of paths that differ in a number. Arguments: the path with one %d (or none), the first number, how many numbers there are.

local threads = 0

function setup(thread)
    thread:set("turn", threads)
    threads = threads + 1
end

function init(arguments)
    path, first, count = arguments[1], tonumber(arguments[2]), tonumber(arguments[3])
end

function request()
    turn = turn + 7919
    return wrk.format("GET", string.format(path, first + turn % count))
end

done = dofile(os.getenv("BENCH_WRK") .. "/done.lua")
