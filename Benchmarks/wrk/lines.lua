-- Sends ready requests from a file: a line each of method, path, token, content type and body, separated by tabs; each once, then the
-- first again.
-- Arguments: the file, how many threads there are.

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    requests, step = {}, tonumber(arguments[2])
    local place = 0
    for line in io.lines(arguments[1]) do
        if place % step == number then
            local method, path, token, kind, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
            local headers = {}
            if token ~= "" then headers["Authorization"] = "Bearer " .. token end
            if kind ~= "" then headers["Content-Type"] = kind end
            requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
        end
        place = place + 1
    end
    turn = 0
end

function request()
    turn = turn + 1
    return requests[(turn - 1) % #requests + 1]
end

done = dofile(os.getenv("BENCH_WRK") .. "/done.lua")
