import { createHash } from 'node:crypto';

/** A script of the server, and the name that it knows it by. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

const script = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') });

/** KEYS: meta. ARGV: an epoch that is known to have been given. Answers a number above every epoch before. */
export const NEXT_EPOCH: Script = script(`
local stored = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '') or 0
local epoch = math.max(stored, tonumber(ARGV[1])) + 1
redis.call('HSET', KEYS[1], 'epoch', string.format('%.0f', epoch))
return epoch
`);

/** KEYS: all of the task. Everything goes but the epoch: numbers given before must stay below those to come. */
export const DROP: Script = script(`
local epoch = redis.call('HGET', KEYS[1], 'epoch')
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if epoch then redis.call('HSET', KEYS[1], 'epoch', epoch) end
return 'dropped'
`);

/** Entries that one call may carry, and as many again that it may bring from one slot to the other. */
export const ENTRIES_PER_CALL = 1_000;

/**
 * One step of a save: all of it, when it is small.
 *
 * The older slot becomes the newest. It is first made equal to the newest (\`catch up\`), then takes the changes, then the
 * last step says that it is the newest. Until then the newest is not touched: a save that ends in the middle leaves it as
 * it was. What holds after every step, wherever a save was broken off: outside of the fields that \`behind\` lists, the
 * slots are equal; with \`apart\` they have nothing in common. So catching up costs as much as the save before, and a
 * copy of everything is needed only behind a whole save, or where a key was lost.
 *
 * KEYS: meta, slot 0, slot 1, behind.
 * ARGV: token of this save; mode; last; epoch; offset; base or nothing; key id of the field names; header;
 * number of entries; field, value, ...; fields to take away.
 * Mode \`begin\`: the first step, which checks the fences; \`go\`: a later one; \`catch-up\`: carries no changes.
 * Answers \`saved\`, \`next\` (send more changes), \`again\` (nothing taken: catch up), \`ready\` (caught up), or why it is
 * refused: \`fenced\`, \`stale\`, \`base\`.
 */
export const SAVE: Script = script(`
local meta, behind = KEYS[1], KEYS[4]
local token, mode, last, epoch, offset, base, naming, header =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local SLICE = 2000

local function get(field) return redis.call('HGET', meta, field) end
-- What is no number is damaged, and counts as not there.
local function number(field, otherwise) return tonumber(get(field) or '') or otherwise end
local function set(...) redis.call('HSET', meta, ...) end
local function size(key) return redis.call('HLEN', key) end
local function put(key, list, first, final)
  for at = first, final, SLICE do
    redis.call('HSET', key, unpack(list, at, math.min(at + SLICE - 1, final)))
  end
end
local function take(key, list, first, final)
  for at = first, final, SLICE do
    redis.call('HDEL', key, unpack(list, at, math.min(at + SLICE - 1, final)))
  end
end

local newest = get('newest')
if newest ~= '0' and newest ~= '1' then newest = false end
local target = newest == '0' and '1' or '0'
local from, to = KEYS[2 + tonumber(newest or '1')], KEYS[2 + tonumber(target)]
local whole = base == ''

if number('epoch', 0) > tonumber(epoch) then return 'fenced' end
if mode == 'begin' then
  if newest and number(newest .. ':offset', -1) > tonumber(offset) then return 'stale' end
  if not whole then
    local intact = newest and get(newest .. ':offset') == base and get(newest .. ':naming') == naming
    if not intact or size(from) ~= number(newest .. ':count', -1) then return 'base' end
  end
  set('epoch', epoch, 'writing', token, 'caught', whole and '1' or '0')
  redis.call('HDEL', meta, target .. ':header')
  local kept = get('apart') == '0' and size(to) == number(target .. ':count', -1)
    and size(behind) == number('behind', -1)
  if whole or not kept then
    set('apart', '1', 'cursor', '0', 'behind', '0', target .. ':count', '0')
    redis.call('UNLINK', to, behind)
  end
elseif get('writing') ~= token then
  return 'fenced'
end

if get('caught') == '0' then
  if get('apart') == '1' then
    local cursor, copied = get('cursor'), 0
    repeat
      local page = redis.call('HSCAN', from, cursor, 'COUNT', 500)
      cursor = page[1]
      put(to, page[2], 1, #page[2])
      copied = copied + #page[2] / 2
    until cursor == '0' or copied >= 500
    set('cursor', cursor, target .. ':count', size(to))
    if cursor ~= '0' then return 'again' end
    -- A cursor is one server's own: behind a restart or a fail-over it passes entries over. And what is copied may be evicted.
    local count = number(newest .. ':count', -1)
    if size(from) ~= count then return 'base' end
    if size(to) ~= count then
      set(target .. ':count', '0')
      redis.call('UNLINK', to)
      return 'again'
    end
    set('apart', '0')
  else
    local left = number('behind', 0)
    if left > 0 then
      local names = cmsgpack.unpack(redis.call('HGET', behind, tostring(left)))
      local values = redis.call('HMGET', from, unpack(names))
      local held, gone = {}, {}
      for i, name in ipairs(names) do
        if values[i] then
          held[#held + 1] = name
          held[#held + 1] = values[i]
        else
          gone[#gone + 1] = name
        end
      end
      put(to, held, 1, #held)
      take(to, gone, 1, #gone)
      redis.call('HDEL', behind, tostring(left))
      set('behind', left - 1, target .. ':count', size(to))
      if left > 1 then return 'again' end
    end
  end
  set('caught', '1')
end
if mode == 'catch-up' then return 'ready' end

local first = 10
local final = first + 2 * tonumber(ARGV[9]) - 1
if not whole and #ARGV >= first then
  local names = {}
  for at = first, final, 2 do names[#names + 1] = ARGV[at] end
  for at = final + 1, #ARGV do names[#names + 1] = ARGV[at] end
  local lists = number('behind', 0) + 1
  redis.call('HSET', behind, tostring(lists), cmsgpack.pack(names))
  set('behind', lists)
end
put(to, ARGV, first, final)
take(to, ARGV, final + 1, #ARGV)
set(target .. ':count', size(to))
if last ~= '1' then return 'next' end
set(target .. ':header', header, target .. ':offset', offset, target .. ':naming', naming, 'newest', target)
redis.call('HDEL', meta, 'writing')
return 'saved'
`);
