-- The load of scripts/benchmarks/load.py, for wrk: METHOD PATH BODY KEY POSTS SEED.
-- In PATH and BODY, POST_ID becomes the id of a random post, and NEW_TEXT a text that no request has sent before.

local method, path, body, posts, seed, headers, constant
local count = 0

local function spell(template, id, text)
  return (template:gsub("POST_ID", id):gsub("NEW_TEXT", text))
end

function init(args)
  method, path, body, posts, seed = args[1], args[2], args[3], tonumber(args[5]), tonumber(args[6])
  headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. args[4] }
  math.randomseed(seed)
  if not (path .. body):find("POST_ID") then
    constant = wrk.format(method, path, headers, body)
  end
end

function request()
  if constant then
    return constant
  end
  count = count + 1
  local number = math.random(posts)
  local id = string.format("%08x-0000-7000-8000-%012x", number, number)
  local text = string.format("A post of the usual length, changed in round %d for the %d. time", seed, count)
  return wrk.format(method, spell(path, id, text), headers, spell(body, id, text))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
