// The coder of DCT coefficients (see ../coefficient-block.ts for the memory and the model, ../coefficient-plain.ts for
// the plain twin). Every function reads its arguments from the parameter block at address 0. Whole numbers only.

// @ts-ignore: decorator
@inline function int(word: i32): i32 {
  return load<i32>(<usize>word << 2);
}
// @ts-ignore: decorator
@inline function put(word: i32, value: i32): void {
  store<i32>(<usize>word << 2, value);
}

// Words of the parameter block.
// @ts-ignore: decorator
@inline const PLANES = 0;
// @ts-ignore: decorator
@inline const ROW = 1;
// @ts-ignore: decorator
@inline const FIRST_ROW = 2;
// @ts-ignore: decorator
@inline const OPS = 3;
// @ts-ignore: decorator
@inline const OP_COUNT = 4;
// @ts-ignore: decorator
@inline const OUT = 5;
// @ts-ignore: decorator
@inline const IN = 6;
// @ts-ignore: decorator
@inline const IN_END = 7;
// @ts-ignore: decorator
@inline const STATE = 8;
// @ts-ignore: decorator
@inline const WRONG = 9;
// @ts-ignore: decorator
@inline const PLANE_WORDS = 16;

// Fixed places, in bytes; the same numbers stand in ../coefficient-block.ts.
// @ts-ignore: decorator
@inline const SUMS: usize = 512;
// @ts-ignore: decorator
@inline const SEEN: usize = 1024;
// @ts-ignore: decorator
@inline const SCRATCH: usize = 1408;
// @ts-ignore: decorator
@inline const RAMP: usize = 1440;
// @ts-ignore: decorator
@inline const PLACES: usize = 1456;
// @ts-ignore: decorator
@inline const MOST: usize = 1472;
// @ts-ignore: decorator
@inline const NEAR_LEVELS: usize = 1488;
// @ts-ignore: decorator
@inline const NEARS: usize = 1552;
// @ts-ignore: decorator
@inline const AHEAD: usize = 1680;
// @ts-ignore: decorator
@inline const BEHIND: usize = 1696;
// @ts-ignore: decorator
@inline const RATES: usize = 2048;
// @ts-ignore: decorator
@inline const LEVELS: usize = 2304;
// @ts-ignore: decorator
@inline const TOKENS: usize = 3328;
// @ts-ignore: decorator
@inline const BASES: usize = 7424;
// @ts-ignore: decorator
@inline const EXTRAS: usize = 7488;
// @ts-ignore: decorator
@inline const ORDER: usize = 7504;
// @ts-ignore: decorator
@inline const SHARES: usize = 7568;
// @ts-ignore: decorator
@inline const NOTHING: usize = 10816;
// @ts-ignore: decorator
@inline const RIGHT: usize = 10944;

// Contexts of one set, counted in contexts of 16 bytes; then a byte for each of them, bits of 4 bytes and weights of 8.
// @ts-ignore: decorator
@inline const COUNT_A = 0;
// @ts-ignore: decorator
@inline const COUNT_B = 128;
// @ts-ignore: decorator
@inline const COUNT_C = 256;
// @ts-ignore: decorator
@inline const REST_A = 2304;
// @ts-ignore: decorator
@inline const REST_B = 2360;
// @ts-ignore: decorator
@inline const REST_C = 2808;
// @ts-ignore: decorator
@inline const INNER_A = 2864;
// @ts-ignore: decorator
@inline const INNER_B = 12272;
// @ts-ignore: decorator
@inline const INNER_C = 19328;
// @ts-ignore: decorator
@inline const EDGE_A = 24032;
// @ts-ignore: decorator
@inline const EDGE_B = 26720;
// @ts-ignore: decorator
@inline const EDGE_C = 41056;
// @ts-ignore: decorator
@inline const DC_A = 46432;
// @ts-ignore: decorator
@inline const DC_B = 46944;
// @ts-ignore: decorator
@inline const DC_C = 47072;
// @ts-ignore: decorator
@inline const INNER_OVER_A = 47584;
// @ts-ignore: decorator
@inline const INNER_OVER_B = 47648;
// @ts-ignore: decorator
@inline const INNER_OVER_C = 47744;
// @ts-ignore: decorator
@inline const EDGE_OVER_A = 47776;
// @ts-ignore: decorator
@inline const EDGE_OVER_B = 48112;
// @ts-ignore: decorator
@inline const EDGE_OVER_C = 48336;
// @ts-ignore: decorator
@inline const DC_OVER_A = 48448;
// @ts-ignore: decorator
@inline const DC_OVER_B = 48480;
// @ts-ignore: decorator
@inline const DC_OVER_C = 48496;
// @ts-ignore: decorator
@inline const CONTEXTS: usize = 48512;
// @ts-ignore: decorator
@inline const COUNTS: usize = CONTEXTS * 16;
// @ts-ignore: decorator
@inline const BITS: usize = COUNTS + CONTEXTS;
// @ts-ignore: decorator
@inline const EDGE_SIGN = 0;
// @ts-ignore: decorator
@inline const DC_SIGN = 2048;
// @ts-ignore: decorator
@inline const INNER_TOP = 2176;
// @ts-ignore: decorator
@inline const EDGE_TOP = 3200;
// @ts-ignore: decorator
@inline const DC_TOP = 3712;
// @ts-ignore: decorator
@inline const SAID_SIGN = 4224;
// @ts-ignore: decorator
@inline const SAID_EDGE = 4320;
// @ts-ignore: decorator
@inline const SAID_DC = 5472;
// @ts-ignore: decorator
@inline const WEIGHTS: usize = BITS + 5600 * 4;
// @ts-ignore: decorator
@inline const COUNT_W = 0;
// @ts-ignore: decorator
@inline const REST_W = 1;
// @ts-ignore: decorator
@inline const INNER_W = 8;
// @ts-ignore: decorator
@inline const EDGE_W = 106;
// @ts-ignore: decorator
@inline const DC_W = 218;
// @ts-ignore: decorator
@inline const INNER_OVER_W = 250;
// @ts-ignore: decorator
@inline const EDGE_OVER_W = 254;
// @ts-ignore: decorator
@inline const DC_OVER_W = 268;

/** Operations after which a block ends a chunk. */
// @ts-ignore: decorator
@inline const CHUNK_OPS = 49152;

let set: usize = 0;
let state: u32 = 0;
let input: usize = 0;
let ops: usize = 0;

// @ts-ignore: decorator
@inline function level(value: i32, most: i32): i32 {
  return min<i32>(<i32>load<u8>(LEVELS + <usize>min<i32>(value, 1023)), most);
}

// @ts-ignore: decorator
@inline function magnitude(block: usize, at: i32): i32 {
  return abs<i32>(<i32>load<i16>(block + (<usize>at << 1)));
}

// @ts-ignore: decorator
@inline function refill(): void {
  if (state < 65536) {
    state = (state << 16) | <u32>load<u16>(input);
    input += 2;
  }
}

/** One symbol of 0 to 7 by three contexts, whose probabilities are mixed by the weights. */
function symbol(decode: bool, weight: i32, a: i32, b: i32, c: i32, given: i32): i32 {
  const at0 = set + (<usize>a << 4);
  const at1 = set + (<usize>b << 4);
  const at2 = set + (<usize>c << 4);
  const weights = set + WEIGHTS + (<usize>weight << 3);
  const w0 = load<i32>(weights);
  const w1 = load<i32>(weights, 4);
  const w2 = 32736 - w0 - w1;
  const chances0 = v128.load(at0);
  const chances1 = v128.load(at1);
  const chances2 = v128.load(at2);
  let mixed = i16x8.add(
    i16x8.add(
      i16x8.q15mulr_sat_s(chances0, i16x8.splat(<i16>w0)),
      i16x8.q15mulr_sat_s(chances1, i16x8.splat(<i16>w1)),
    ),
    i16x8.add(
      i16x8.q15mulr_sat_s(chances2, i16x8.splat(<i16>w2)),
      v128.load(RAMP),
    ),
  );
  // 32768 as a number without a sign, in front of all slots.
  mixed = i16x8.replace_lane(mixed, 0, -32768);
  v128.store(SCRATCH, mixed);
  let s = given;
  if (decode) {
    const slot = state & 32767;
    s = popcnt<i32>(i16x8.bitmask(i16x8.gt_s(mixed, i16x8.splat(<i16>slot))));
    const under = <u32>load<u16>(SCRATCH + (<usize>s << 1), 2);
    const over = <u32>load<u16>(SCRATCH + (<usize>s << 1));
    state = (over - under) * (state >> 15) + slot - under;
    refill();
  } else {
    const under = <u32>load<u16>(SCRATCH + (<usize>s << 1), 2);
    const over = <u32>load<u16>(SCRATCH + (<usize>s << 1));
    store<u32>(ops, (under << 16) | (over - under));
  }
  ops += 4;
  const step = <usize>s << 1;
  const last = s == 7 ? 0 : -1;
  const p0 = <i32>load<u16>(at0 + step) - (<i32>load<u16>(at0 + step, 2) & last);
  const p1 = <i32>load<u16>(at1 + step) - (<i32>load<u16>(at1 + step, 2) & last);
  const p2 = <i32>load<u16>(at2 + step) - (<i32>load<u16>(at2 + step, 2) & last);
  const all = ((w0 * p0 + w1 * p1 + w2 * p2) >> 15) | 1;
  // A thirty-second to a sixty-fourth of what each was better than the mixture, by the mixture's own chance.
  const down = 37 - clz<i32>(all);
  const next0 = min<i32>(max<i32>(w0 + (((p0 - all) * w0) >> down), 256), 31744);
  const next1 = max<i32>(w1 + (((p1 - all) * w1) >> down), 256);
  store<i32>(weights, next0);
  store<i32>(weights, min<i32>(next1, 32480 - next0), 4);
  const goal = v128.and(
    i16x8.le_s(v128.load(PLACES), i16x8.splat(<i16>s)),
    v128.load(MOST),
  );
  learn(at0, <usize>a, chances0, goal);
  learn(at1, <usize>b, chances1, goal);
  learn(at2, <usize>c, chances2, goal);
  return s;
}

// @ts-ignore: decorator
@inline function learn(at: usize, context: usize, chances: v128, goal: v128): void {
  const times = set + COUNTS + context;
  const count = <i32>load<u8>(times);
  const rate = <i32>load<u8>(RATES + <usize>count);
  v128.store(at, i16x8.add(chances, i16x8.shr_s(i16x8.sub(goal, chances), rate)));
  store<u8>(times, count + <i32>(count < 255));
}

/** The escape of a token: which range the magnitude is in, then its place there. */
// @ts-ignore: decorator
@inline function over(decode: bool, weight: i32, a: i32, b: i32, c: i32, bits: i32, given: i32): i32 {
  const range = symbol(decode, weight, a, b, c, decode ? 0 : <i32>load<u8>(TOKENS + <usize>given) - 7);
  return rest(decode, range, bits + range * 32, given);
}

/** One bit by one context. */
// @ts-ignore: decorator
@inline function bit(decode: bool, context: i32, given: i32): i32 {
  const at = set + BITS + (<usize>context << 2);
  const chance = <i32>load<u16>(at);
  const count = <i32>load<u16>(at, 2);
  const zero = min<i32>(max<i32>(chance >> 1, 64), 32704);
  let value = given;
  if (decode) {
    const slot = <i32>(state & 32767);
    value = <i32>(slot >= zero);
    const under = value == 0 ? 0 : zero;
    const width = value == 0 ? zero : 32768 - zero;
    state = <u32>width * (state >> 15) + <u32>(slot - under);
    refill();
  } else {
    store<u32>(ops, value == 0 ? <u32>zero : (<u32>zero << 16) | <u32>(32768 - zero));
  }
  ops += 4;
  const rate = min<i32>(7, 2 + (count >> 1));
  store<u16>(at, value == 0 ? chance + ((65535 - chance) >> rate) : chance - (chance >> rate));
  store<u16>(at, min<i32>(count + 1, 30), 2);
  return value;
}

/** 1 to 12 bits of which nothing is known. */
// @ts-ignore: decorator
@inline function plain(decode: bool, size: i32, given: i32): i32 {
  let value = given;
  if (decode) {
    value = <i32>(state & ((1 << size) - 1));
    state >>= size;
    refill();
  } else {
    store<u32>(ops, (<u32>value << 16) | 0x8000 | <u32>size);
  }
  ops += 4;
  return value;
}

/** What a range leaves open of a magnitude, its top bit by a context. */
// @ts-ignore: decorator
@inline function rest(decode: bool, range: i32, context: i32, given: i32): i32 {
  const base = load<i32>(BASES + (<usize>range << 2));
  const size = <i32>load<u8>(EXTRAS + <usize>range) - 1;
  const over = given - base;
  const top = bit(decode, context, (over >> size) & 1);
  let value = base + (top << size);
  if (size > 0) value += plain(decode, size, over & ((1 << size) - 1));
  return value;
}

/** Adds a coefficient, in units of the transform, to the sums of its row and its column. */
// @ts-ignore: decorator
@inline function addUp(u: i32, v: i32, value: i32): void {
  const row = SUMS + (<usize>v << 2);
  const column = SUMS + 64 + (<usize>u << 2);
  store<i32>(row, load<i32>(row) + value);
  store<i32>(row, load<i32>(row, 32) + ((u & 1) != 0 ? -value : value), 32);
  store<i32>(column, load<i32>(column) + value);
  store<i32>(column, load<i32>(column, 32) + ((v & 1) != 0 ? -value : value), 32);
}

/** Codes all blocks of the MCU row. */
function codeRow(decode: bool): void {
  const planes = int(PLANES);
  const row = int(ROW);
  state = <u32>int(STATE);
  input = <usize>int(IN);
  ops = <usize>int(OPS) + (<usize>int(OP_COUNT) << 2);
  for (let plane = 0; plane < planes; plane++) {
    const words = 16 + plane * PLANE_WORDS;
    const wide = int(words);
    const v = int(words + 2);
    set = <usize>int(words + 8);
    for (let y = row * v; y < row * v + v; y++) {
      memory.fill(RIGHT, 0, 32);
      for (let x = 0; x < wide; x++) {
        codeBlock(decode, plane, x, y);
        if (ops >= <usize>int(OPS) + CHUNK_OPS * 4) endChunk(decode);
        if (decode && input > <usize>int(IN_END)) {
          put(WRONG, 1);
          return;
        }
      }
    }
  }
  put(STATE, state);
  put(IN, <i32>input);
  put(OP_COUNT, <i32>((ops - <usize>int(OPS)) >> 2));
}

// @ts-ignore: decorator
@inline function endChunk(decode: bool): void {
  if (decode) {
    if (state != 65536) put(WRONG, 1);
    state = load<u32>(input);
    input += 4;
  } else {
    put(OP_COUNT, <i32>((ops - <usize>int(OPS)) >> 2));
    flush();
  }
  ops = <usize>int(OPS);
}

// What the parts of a block share.
let block: usize = 0;
let left: usize = 0;
let above: usize = 0;
let corner: usize = 0;
let next: usize = 0;
let quant: usize = 0;
let hasLeft: bool = false;
let hasAbove: bool = false;
let count = 0;
/** What a sibling says about this block, in quarters of a step; 0 without one. */
let said: usize = 0;

function codeBlock(decode: bool, plane: i32, x: i32, y: i32): void {
  const words = 16 + plane * PLANE_WORDS;
  const wide = int(words);
  const stride = <usize>wide << 7;
  const number = y * wide + x;
  block = <usize>int(words + 3) + (<usize>number << 7);
  quant = <usize>int(words + 6);
  said = <usize>int(words + 10);
  if (said != 0) said += <usize>number << 7;
  hasLeft = x > 0;
  hasAbove = y > int(FIRST_ROW) * int(words + 2);
  left = hasLeft ? block - 128 : hasAbove ? block - stride : NOTHING;
  above = hasAbove ? block - stride : left;
  corner = hasLeft && hasAbove ? block - stride - 128 : above;
  next = hasAbove && x + 1 < wide ? block - stride + 128 : above;
  const counts = <usize>int(words + 4) + <usize>number;
  let nLeft: i32 = hasLeft ? load<u8>(counts - 1) : 0;
  const nAbove: i32 = hasAbove ? load<u8>(counts - <usize>wide) : nLeft;
  if (!hasLeft) nLeft = nAbove;
  const nCorner: i32 = hasLeft && hasAbove ? load<u8>(counts - <usize>wide - 1) : nAbove;
  const nNext: i32 = hasAbove && x + 1 < wide ? load<u8>(counts - <usize>wide + 1) : nAbove;
  let other: usize = NOTHING;
  let reference = (nCorner + nNext + 1) >> 1;
  if (plane > 0) {
    const from = 16 + int(words + 9) * PLANE_WORDS;
    const ox = min<i32>(int(from) - 1, (x * int(from + 1)) / int(words + 1));
    const oy = (y * int(from + 2)) / int(words + 2);
    const at = oy * int(from) + ox;
    other = <usize>int(from + 3) + (<usize>at << 7);
    reference = load<u8>(<usize>int(from + 4) + <usize>at);
  }
  if (said != 0) reference = countSaid();
  const mean = (2 * nLeft + 2 * nAbove + nNext + nCorner + 3) / 6;
  lookAround();
  if (!decode) count = countInner();
  codeCount(decode, plane, mean, nLeft, nAbove, reference);
  store<u8>(counts, count);
  for (let at: usize = 0; at < 128; at += 16) v128.store(SUMS + at, i64x2.splat(0));
  if (count > 0) codeInner(decode, plane, plane >= 2 ? other : NOTHING);
  const bottom = <usize>int(words + 5) + (<usize>x << 5);
  codeEdge(decode, 0, RIGHT, hasLeft);
  codeEdge(decode, 1, bottom, hasAbove);
  codeDc(decode, plane, bottom);
}

/** Levels of four numbers: two for each doubling, read off the exponent and the first bit of the fraction. */
// @ts-ignore: decorator
@inline function levels(values: v128): v128 {
  return i32x4.sub(i32x4.shr_u(f32x4.convert_i32x4_s(values), 22), i32x4.splat(253));
}

/** For all 64 places what the blocks around have there, and its level up to 15. */
function lookAround(): void {
  for (let row: usize = 0; row < 128; row += 16) {
    const sides = i16x8.add(
      i16x8.abs(v128.load(left + row)),
      i16x8.abs(v128.load(above + row)),
    );
    const corners = i16x8.add(
      i16x8.abs(v128.load(corner + row)),
      i16x8.abs(v128.load(next + row)),
    );
    const near = i16x8.add(i16x8.add(sides, sides), corners);
    v128.store(NEARS + row, near);
    let level = i16x8.narrow_i32x4_s(
      levels(i32x4.extend_low_i16x8_s(near)),
      levels(i32x4.extend_high_i16x8_s(near)),
    );
    level = i16x8.min_s(i16x8.max_s(level, i64x2.splat(0)), i16x8.splat(15));
    v128.store64_lane(NEAR_LEVELS + (row >> 1), i8x16.narrow_i16x8_u(level, level), 0);
  }
}

/** How large the eight guesses across an edge are, in levels from 1 to 23, and which are negative. */
// @ts-ignore: decorator
@inline function lookAhead(beyond: usize, sums: usize, ratios: usize): void {
  const low = i32x4.sub(v128.load(beyond), v128.load(sums));
  const high = i32x4.sub(v128.load(beyond, 16), v128.load(sums, 16));
  let level = i16x8.narrow_i32x4_s(
    levels(i32x4.shr_s(i32x4.mul(i32x4.abs(low), v128.load(ratios)), 10)),
    levels(i32x4.shr_s(i32x4.mul(i32x4.abs(high), v128.load(ratios, 16)), 10)),
  );
  level = i16x8.min_s(i16x8.max_s(level, i64x2.splat(0)), i16x8.splat(22));
  level = i16x8.add(level, i16x8.splat(1));
  v128.store64_lane(AHEAD, i8x16.narrow_i16x8_u(level, level), 0);
  const behind = i16x8.shr_u(i16x8.narrow_i32x4_s(low, high), 15);
  v128.store64_lane(BEHIND, i8x16.narrow_i16x8_u(behind, behind), 0);
}

function countInner(): i32 {
  let found = 0;
  const zero = i16x8.splat(0);
  for (let v: usize = 16; v < 128; v += 16) {
    found += popcnt<i32>(i16x8.bitmask(i16x8.eq(v128.load(block + v), zero)) | 1);
  }
  return 56 - found;
}

/** How many of the inner coefficients are half a step or more by what the sibling says. */
function countSaid(): i32 {
  let found = 0;
  const least = i16x8.splat(1);
  for (let v: usize = 16; v < 128; v += 16) {
    found += popcnt<i32>(i16x8.bitmask(i16x8.gt_s(i16x8.abs(v128.load(said + v)), least)) & 254);
  }
  return found;
}

// @ts-ignore: decorator
@inline function codeCount(
  decode: bool,
  plane: i32,
  mean: i32,
  nLeft: i32,
  nAbove: i32,
  reference: i32,
): void {
  const late = plane >= 2 ? 1 : 0;
  const high = symbol(
    decode,
    COUNT_W,
    COUNT_A + mean + 64 * late,
    COUNT_B + (nLeft >> 3) * 8 + (nAbove >> 3) + 64 * late,
    COUNT_C + reference * 8 + (mean >> 3) + 512 * plane,
    count >> 3,
  );
  // More than 49 comes only from damaged bytes.
  const safe = min<i32>(high, 6);
  const low = symbol(
    decode,
    REST_W + safe,
    REST_A + safe * 8 + (mean >> 3),
    REST_B + safe * 64 + (said != 0 ? reference : mean),
    REST_C + safe * 8 + ((plane > 0 || said != 0 ? reference : nAbove) >> 3),
    count & 7,
  );
  if (decode) count = min<i32>(safe * 8 + low, 49);
}

/** The 49 coefficients that are not in the first row or column. */
function codeInner(decode: bool, plane: i32, other: usize): void {
  for (let at: usize = 64; at < 320; at += 32) {
    v128.store(SEEN + at, i64x2.splat(0));
    v128.store(SEEN + at, i64x2.splat(0), 16);
  }
  let open = count;
  for (let i = 0; open > 0 && i < 49; i++) {
    const k = <i32>load<u8>(ORDER + <usize>i);
    const u = k & 7;
    const v = k >> 3;
    const near = <i32>load<u16>(NEARS + (<usize>k << 1));
    // Sixteen places a row, two rows and two columns of zeros before the first.
    const seen = SEEN + (<usize>((v + 1) * 16 + u + 1) << 1);
    const own =
      2 * (<i32>load<u16>(seen - 2) + <i32>load<u16>(seen - 32)) +
      <i32>load<u16>(seen - 34) +
      <i32>load<u16>(seen - 4) +
      <i32>load<u16>(seen - 64) +
      <i32>load<u16>(seen + 30) +
      <i32>load<u16>(seen - 30);
    const part = <i32>load<u8>(SHARES + <usize>((49 - i) * 64 + open));
    let tint = other == NOTHING ? 0 : min<i32>(3, magnitude(other, k));
    let around = <i32>load<u8>(NEAR_LEVELS + <usize>k);
    let beside = level(own, 11);
    if (said != 0) {
      around = level(near + own, 15);
      beside = level(magnitude(said, k), 11);
      tint = beside < 2 ? 0 : beside < 5 ? 1 : beside < 7 ? 2 : 3;
    }
    const at = block + (<usize>k << 1);
    let value = decode ? 0 : <i32>load<i16>(at);
    let size = abs<i32>(value);
    const token = symbol(
      decode,
      INNER_W + i * 2 + (open < 3 ? 0 : 1),
      INNER_A + (i * 16 + around) * 12 + part,
      INNER_B + (i * 12 + beside) * 12 + part,
      INNER_C + (i * 24 + level(near + own, 23)) * 4 + tint,
      min<i32>(size, 7),
    );
    if (token == 0) continue;
    open -= 1;
    if (decode) size = token;
    if (token == 7) {
      const all = level(near + own, 23);
      size = over(
        decode,
        INNER_OVER_W + min<i32>(plane, 3),
        INNER_OVER_A + i,
        INNER_OVER_B + all * 4 + min<i32>(plane, 3),
        INNER_OVER_C + part,
        INNER_TOP + min<i32>(i, 31),
        size,
      );
    }
    const sign =
      said == 0
        ? plain(decode, 1, <i32>(value < 0))
        : bit(decode, SAID_SIGN + saidSide(k) * 4 + min<i32>(3, token - 1), <i32>(value < 0));
    if (decode) {
      size = min<i32>(size, 2047);
      value = sign != 0 ? -size : size;
      store<i16>(at, <i16>value);
    }
    store<u16>(seen, <u16>size);
    addUp(u, v, value * load<i32>(quant + (<usize>k << 2)));
  }
}

/** Which sign the sibling expects, and how surely: 0 to 23. */
// @ts-ignore: decorator
@inline function saidSide(k: i32): i32 {
  const value = <i32>load<i16>(said + (<usize>k << 1));
  return level(abs<i32>(value), 11) * 2 + <i32>(value < 0);
}

/** Seven coefficients of the first column (`way` 0) or row (1), predicted across the edge to the block beside it. */
function codeEdge(decode: bool, way: i32, beyond: usize, hasSide: bool): void {
  const step = way == 0 ? 8 : 1;
  const across = way == 0 ? 1 : 8;
  const sums = SUMS + (<usize>way << 6);
  const full = min<i32>(7, (count + 6) / 7);
  if (hasSide) lookAhead(beyond, sums, way == 0 ? quant + 512 : quant + 256);
  else {
    store<u64>(AHEAD, 0);
    store<u64>(BEHIND, 0);
  }
  for (let i = 1; i < 8; i++) {
    const k = i * step;
    const ahead = <i32>load<u8>(AHEAD + <usize>i);
    const near = <i32>load<u8>(NEAR_LEVELS + <usize>k);
    let own = 2 * magnitude(block, k + across) + magnitude(block, k + 2 * across);
    if (i > 1) own += 2 * magnitude(block, k - step) + magnitude(block, k - step + across);
    const place = way * 7 + i - 1;
    let beside = ahead;
    let along = near;
    let ownLevel = level(own, 7);
    if (said != 0) {
      beside = level(magnitude(said, k), 23);
      along = min<i32>(beside, 15);
      ownLevel = min<i32>(beside >> 1, 7);
    }
    const at = block + (<usize>k << 1);
    let value = decode ? 0 : <i32>load<i16>(at);
    let size = abs<i32>(value);
    const token = symbol(
      decode,
      EDGE_W + place * 8 + full,
      EDGE_A + (place * 8 + full) * 24 + beside,
      EDGE_B + ((place * 8 + full) * 16 + near) * 8 + ownLevel,
      EDGE_C + (place * 16 + along) * 24 + ahead,
      min<i32>(size, 7),
    );
    if (token == 0) continue;
    if (decode) size = token;
    const behind = <i32>load<u8>(BEHIND + <usize>i);
    const side = (place * 24 + ahead) * 2 + behind;
    let signs = EDGE_SIGN + side * 3;
    if (said != 0) signs = SAID_EDGE + (saidSide(k) * 16 + min<i32>(7, ahead >> 1) * 2 + behind) * 3;
    const sign = bit(decode, signs + min<i32>(2, token - 1), <i32>(value < 0));
    if (token == 7) {
      size = over(
        decode,
        EDGE_OVER_W + place,
        EDGE_OVER_A + place * 24 + ahead,
        EDGE_OVER_B + place * 16 + near,
        EDGE_OVER_C + place * 8 + ownLevel,
        EDGE_TOP + ahead,
        size,
      );
    }
    if (decode) {
      size = min<i32>(size, 2047);
      value = sign != 0 ? -size : size;
      store<i16>(at, <i16>value);
    }
    const sum = value * load<i32>(quant + (<usize>k << 2));
    addEdge(SUMS + (<usize>way << 6), SUMS + 64 - (<usize>way << 6), i, sum);
  }
}

/** Adds an edge coefficient to its own line, where it does not vary along the sum, and to the first line across. */
// @ts-ignore: decorator
@inline function addEdge(own: usize, first: usize, i: i32, value: i32): void {
  const line = own + (<usize>i << 2);
  store<i32>(line, load<i32>(line) + half(value));
  store<i32>(line, load<i32>(line, 32) + half(value), 32);
  store<i32>(first, load<i32>(first) + value);
  store<i32>(first, load<i32>(first, 32) + ((i & 1) != 0 ? -value : value), 32);
}

/** The root of 1/2: what the lowest cosine weighs beside the others (T.81 A.3.3). */
// @ts-ignore: decorator
@inline function half(value: i32): i32 {
  return (value * 181) >> 8;
}

/** The lowest coefficient, predicted from the sums across both edges. */
function codeDc(decode: bool, plane: i32, bottom: usize): void {
  const q = load<i32>(quant);
  const ratio = load<i32>(quant, 256);
  const fromLeft = limit(load<i32>(RIGHT) - load<i32>(SUMS), ratio);
  const fromAbove = limit(load<i32>(bottom) - load<i32>(SUMS, 64), ratio);
  let unlikeLeft = 0;
  let unlikeAbove = 0;
  for (let i: usize = 4; i < 32; i += 4) {
    unlikeLeft += abs<i32>(load<i32>(RIGHT + i) - load<i32>(SUMS + i));
    unlikeAbove += abs<i32>(load<i32>(bottom + i) - load<i32>(SUMS + i, 64));
  }
  unlikeLeft = min<i32>(max<i32>(unlikeLeft, 0), 0xfffffff);
  unlikeAbove = min<i32>(max<i32>(unlikeAbove, 0), 0xfffffff);
  let quarters = 0;
  let spread = 0;
  let whole = 0;
  let least = 0;
  if (hasLeft && hasAbove) {
    quarters = blend(fromLeft, fromAbove, unlikeLeft + (q >> 1) + 2, unlikeAbove + (q >> 1) + 2);
    spread = 1 + level((2 * abs<i32>(fromLeft - fromAbove)) >> 3, 22);
    whole = (unlikeLeft + unlikeAbove) / q;
    least = (2 * min<i32>(unlikeLeft, unlikeAbove)) / q;
  } else if (hasLeft || hasAbove) {
    quarters = hasLeft ? fromLeft : fromAbove;
    const unlike = hasLeft ? unlikeLeft : unlikeAbove;
    whole = (2 * unlike) / q;
    least = whole;
    spread = 1 + level(whole, 22);
  }
  const guess = (quarters + 2) >> 2;
  const part = quarters - 4 * guess + 2;
  const full = level(count, 15);
  const wholeLevel = level(whole, 15);
  let first = DC_A + spread * 16 + wholeLevel;
  let third = DC_C + spread * 16 + full;
  let signs = DC_SIGN + spread * 4 + part;
  if (said != 0) {
    const off = saidDc() - quarters;
    const far = level(abs<i32>(off), 15);
    const side = far * 2 + <i32>(off < 0);
    first = DC_A + spread * 16 + far;
    third = DC_C + side * 16 + wholeLevel;
    signs = SAID_DC + side * 4 + part;
  }
  let value = decode ? 0 : <i32>load<i16>(block);
  let size = abs<i32>(value - guess);
  const token = symbol(
    decode,
    DC_W + spread,
    first,
    DC_B + (min<i32>(plane, 3) * 16 + level(least, 15)) * 2 + (part < 2 ? 1 : 0),
    third,
    min<i32>(size, 7),
  );
  let offset = 0;
  if (token != 0) {
    if (decode) size = token;
    const sign = bit(decode, signs, <i32>(value < guess));
    if (token == 7) {
      size = over(
        decode,
        DC_OVER_W,
        DC_OVER_A + spread,
        DC_OVER_B + wholeLevel,
        DC_OVER_C + full,
        DC_TOP + spread,
        size,
      );
    }
    offset = sign != 0 ? -size : size;
  }
  if (decode) {
    value = min<i32>(max<i32>(guess + offset, -2047), 2047);
    store<i16>(block, <i16>value);
  }
  const own = half(value * q);
  store<i32>(SUMS, load<i32>(SUMS, 32) + own, 32);
  store<i32>(SUMS, load<i32>(SUMS, 96) + own, 96);
  v128.store(RIGHT, v128.load(SUMS, 32));
  v128.store(RIGHT, v128.load(SUMS, 48), 16);
  v128.store(bottom, v128.load(SUMS, 96));
  v128.store(bottom, v128.load(SUMS, 112), 16);
}

/** What the sibling says about the lowest coefficient, in quarters of a step, as far off as it was beside and above. */
function saidDc(): i32 {
  const stride = block - above;
  const own = <i32>load<i16>(said);
  let off = 0;
  if (hasLeft) off += 4 * <i32>load<i16>(left) - <i32>load<i16>(said - 128);
  if (hasAbove) off += 4 * <i32>load<i16>(above) - <i32>load<i16>(said - stride);
  if (hasLeft && hasAbove) off >>= 1;
  return own + off;
}

/** A sum across an edge in quarters of a DC step, at most what a DC coefficient can be. */
// @ts-ignore: decorator
@inline function limit(sum: i32, ratio: i32): i32 {
  const size = min<i32>((abs<i32>(sum) * ratio) >> 10, 8188);
  return sum < 0 ? -max<i32>(size, 0) : max<i32>(size, 0);
}

/** The mean of two guesses, each weighted by how unlike the other's side is. */
// @ts-ignore: decorator
@inline function blend(a: i32, b: i32, unlikeA: i32, unlikeB: i32): i32 {
  const shift = max<i32>(20 - clz<i32>(unlikeA + unlikeB), 0);
  const weightA = (unlikeB >> shift) + 1;
  const weightB = (unlikeA >> shift) + 1;
  return (a * weightA + b * weightB) / (weightA + weightB);
}

/** Codes the blocks of one MCU row into operations and full chunks. */
export function encodeRow(): void {
  codeRow(false);
}

/** Decodes the blocks of one MCU row. */
export function decodeRow(): void {
  codeRow(true);
}

/** Begins decoding: the first chunk's state. */
export function begin(): void {
  const at = <usize>int(IN);
  put(STATE, load<i32>(at));
  put(IN, int(IN) + 4);
  put(OP_COUNT, 0);
}

/** Turns the operations into the bytes of a chunk (rANS, 32-bit state, words of 16 bits). */
export function flush(): void {
  const first = <usize>int(OPS);
  let at = first + (<usize>int(OP_COUNT) << 2);
  const start = <usize>int(OUT);
  // Written backwards behind the longest chunk there can be, then moved to its place.
  const end = start + 4 + (<usize>int(OP_COUNT) << 1);
  let out = end;
  let x: u32 = 65536;
  while (at > first) {
    at -= 4;
    const op = load<u32>(at);
    if ((op & 0x8000) != 0) {
      const size = op & 31;
      if (x >= <u32>1 << (32 - size)) {
        out -= 2;
        store<u16>(out, x);
        x >>= 16;
      }
      x = (x << size) | (op >> 16);
    } else {
      const width = op & 0x7fff;
      if (x >= width << 17) {
        out -= 2;
        store<u16>(out, x);
        x >>= 16;
      }
      const share = x / width;
      x = (share << 15) + (x - share * width) + (op >> 16);
    }
  }
  out -= 4;
  store<u32>(out, x);
  memory.copy(start, out, end - out);
  put(OUT, <i32>(start + (end - out)));
  put(OP_COUNT, 0);
}
