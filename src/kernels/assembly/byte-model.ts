// The coder of bytes by a model of headers (see ../byte-model-block.ts for the memory and the model, ../byte-model-plain.ts
// for the plain twin). Every function reads its arguments from the parameter block at address 0. Whole numbers only.

// Words of the parameter block, as addresses.
// @ts-ignore: decorator
@inline const LENGTH: usize = 0;
// @ts-ignore: decorator
@inline const IN: usize = 4;
// @ts-ignore: decorator
@inline const IN_END: usize = 8;
// @ts-ignore: decorator
@inline const OUT: usize = 12;
// @ts-ignore: decorator
@inline const OUT_END: usize = 16;

// Fixed places, in bytes; the same numbers stand in ../byte-model-block.ts.
// @ts-ignore: decorator
@inline const SHARES: usize = 64;
// @ts-ignore: decorator
@inline const STRETCH: usize = 128;
// @ts-ignore: decorator
@inline const SQUASH: usize = 8320;
// @ts-ignore: decorator
@inline const LAST: usize = 16512;
// @ts-ignore: decorator
@inline const WEIGHTS: usize = 16576;
// @ts-ignore: decorator
@inline const NONE: usize = 20672;
// @ts-ignore: decorator
@inline const ONE: usize = 21696;
// @ts-ignore: decorator
@inline const TWO: usize = 283840;
// @ts-ignore: decorator
@inline const THREE: usize = 545984;

/** The largest logarithm of odds, by weights of 1/65536. */
// @ts-ignore: decorator
@inline const LIMIT: i64 = 2047 * 65536;

let input: usize = 0;
let inEnd: usize = 0;
let out: usize = 0;
let outEnd: usize = 0;

// @ts-ignore: decorator
@inline function take(): u32 {
  const byte = input < inEnd ? <u32>load<u8>(input) : 0;
  input += 1;
  return byte;
}

// @ts-ignore: decorator
@inline function give(byte: u32): void {
  if (out < outEnd) store<u8>(out, byte);
  out += 1;
}

/** The sum of what four contexts say, by their weights: the logarithm of the odds of a 1, moved up by 2048. */
// @ts-ignore: decorator
@inline function mix(odds: v128, weights: v128): usize {
  const sums = i64x2.add(
    i64x2.extmul_low_i32x4_s(odds, weights),
    i64x2.extmul_high_i32x4_s(odds, weights),
  );
  const sum = i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
  return <usize>((max<i64>(-LIMIT, min<i64>(LIMIT, sum)) >> 16) + 2048);
}

/** A context: chance above, the logarithm of its odds, and how often it was met. */
// @ts-ignore: decorator
@inline function keep(at: usize, chance: u32, count: u32): void {
  const odds = <u32>load<i16>(STRETCH + <usize>((chance >> 4) << 1));
  store<u32>(at, (chance << 16) | ((odds & 0xfff) << 4) | count);
}

/** Codes LENGTH bytes. */
function code(decode: bool): void {
  input = <usize>load<u32>(IN);
  inEnd = <usize>load<u32>(IN_END);
  out = <usize>load<u32>(OUT);
  outEnd = <usize>load<u32>(OUT_END);
  let low: u32 = 0;
  let high: u32 = 0xffffffff;
  let code: u32 = 0;
  if (decode) {
    for (let index = 0; index < 4; index++) code = (code << 8) | take();
  }
  let last = load<u32>(LAST);
  const shares = v128.load(SHARES);
  for (let left = load<u32>(LENGTH); left > 0; left--) {
    const one = ONE + (<usize>(last & 255) << 10);
    const two = ((last & 0xffff) * 0x9e3779b1) >> 13;
    const three = (last * 0x85ebca6b) >> 11;
    // Its next bit is always the highest.
    let given: u32 = decode ? 0 : take() << 24;
    let bits: u32 = 1;
    while (bits < 256) {
      const at0 = NONE + <usize>(bits << 2);
      const at1 = one + <usize>(bits << 2);
      const at2 = TWO + <usize>(((two + bits * 0x2f0b) & 0xffff) << 2);
      const at3 = THREE + <usize>(((three + bits * 0x5bd1) & 0xffff) << 2);
      const weigh = WEIGHTS + <usize>(bits << 4);
      let contexts = v128.load32_zero(at0);
      contexts = v128.load32_lane(at1, contexts, 1);
      contexts = v128.load32_lane(at2, contexts, 2);
      contexts = v128.load32_lane(at3, contexts, 3);
      const odds = i32x4.shr_s(i32x4.shl(contexts, 16), 20);
      const weights = v128.load(weigh);
      const chance = <u32>load<u16>(SQUASH + (mix(odds, weights) << 1));
      const middle = low + ((high - low) >> 12) * chance;
      const bit = decode ? <u32>(code <= middle) : given >> 31;
      given <<= 1;
      bits = (bits << 1) | bit;
      // Without branches: which half it is cannot be foreseen.
      high ^= (high ^ middle) & (0 - bit);
      low ^= (low ^ (middle + 1)) & (bit - 1);
      while ((low ^ high) >> 24 == 0) {
        if (decode) code = (code << 8) | take();
        else give(high >> 24);
        low <<= 8;
        high = (high << 8) | 255;
      }
      const error = i32x4.mul(odds, i32x4.splat((<i32>(bit << 12) - <i32>chance) * 6));
      v128.store(weigh, i32x4.add(weights, i32x4.shr_s(i32x4.add(error, i32x4.splat(0x2000)), 14)));
      const counts = v128.and(contexts, i32x4.splat(15));
      // A byte for each lane, its upper ones zero.
      const share = i8x16.swizzle(shares, v128.or(counts, i32x4.splat(0xffffff00)));
      const chances = i32x4.shr_u(contexts, 16);
      const missing = i32x4.sub(i32x4.splat(<i32>(0 - bit) & 0xffff), chances);
      const learned = i32x4.add(chances, i32x4.shr_s(i32x4.mul(missing, share), 5));
      const met = i32x4.min_s(i32x4.add(counts, i32x4.splat(1)), i32x4.splat(11));
      keep(at0, i32x4.extract_lane(learned, 0), i32x4.extract_lane(met, 0));
      keep(at1, i32x4.extract_lane(learned, 1), i32x4.extract_lane(met, 1));
      keep(at2, i32x4.extract_lane(learned, 2), i32x4.extract_lane(met, 2));
      keep(at3, i32x4.extract_lane(learned, 3), i32x4.extract_lane(met, 3));
    }
    last = ((last << 8) | (bits & 255)) & 0xffffff;
    if (decode) give(bits & 255);
  }
  store<u32>(LAST, last);
  // The shortest number between the two that stays there whatever follows: zeros do.
  if (!decode) give((low >> 24) + 1);
  store<u32>(OUT, <u32>out);
}

/** Encodes the bytes; OUT becomes the end. What goes beyond OUT_END is counted and not written. */
export function encode(): void {
  code(false);
}

/** Decodes them; behind IN_END come zeros. */
export function decode(): void {
  code(true);
}
