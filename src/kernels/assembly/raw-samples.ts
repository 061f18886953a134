// Prediction and entropy coding of a sensor's samples (see ../raw-samples-block.ts for the parameter block and the model,
// ../raw-samples-plain.ts for the plain twin). Integer arithmetic that wraps at 32 bits, so both twins agree bit for bit.

// @ts-ignore: decorator
@inline function int(word: i32): i32 {
  return load<i32>(<usize>word << 2);
}
// @ts-ignore: decorator
@inline function apart(a: v128, b: v128): v128 {
  return i16x8.sub(i16x8.max_s(a, b), i16x8.min_s(a, b));
}
// @ts-ignore: decorator
@inline function distance(a: i32, b: i32): i32 {
  const d = a - b;
  return d < 0 ? -d : d;
}

/** What the rows above say about how lively the picture is around each sample of a row. */
function activityAbove(row: usize): void {
  const width = int(0);
  const stride = <usize>int(2);
  const shift = int(8);
  const out = <usize>int(5);
  for (let at: usize = 0; at < <usize>width << 1; at += 16) {
    const a = row + at - stride;
    const b = a - stride;
    const c = b - stride;
    const near = v128.load(a);
    const far = v128.load(b);
    let sum = i16x8.shr_u(apart(near, v128.load(a - 4)), shift);
    sum = i16x8.add_sat_u(sum, i16x8.shr_u(apart(near, v128.load(a, 4)), shift));
    sum = i16x8.add_sat_u(sum, i16x8.shr_u(apart(far, v128.load(b - 4)), shift));
    sum = i16x8.add_sat_u(sum, i16x8.shr_u(apart(far, v128.load(b, 4)), shift));
    sum = i16x8.add_sat_u(sum, i16x8.shr_u(apart(v128.load(a - 2), v128.load(c - 2)), shift));
    sum = i16x8.add_sat_u(sum, i16x8.shr_u(apart(near, v128.load(c)), shift));
    sum = i16x8.add_sat_u(sum, i16x8.shr_u(apart(v128.load(a, 2), v128.load(c, 2)), shift));
    v128.store(out + at, sum);
  }
}

// @ts-ignore: decorator
@inline function sumLanes(a: v128): i32 {
  const half = i32x4.add(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1));
  return i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1);
}

// @ts-ignore: decorator
@inline function tap(sum: v128, samples: usize, weights: usize): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(samples), v128.load(weights)));
}

/** Left margin of a row before it is coded, from the row two above and the magnitudes one above. */
function startRow(row: usize, row2: usize, toMagnitudes: usize, stride: usize): void {
  const even = load<i16>(row2);
  const odd = load<i16>(row2, 2);
  const magnitude = load<i16>(row + toMagnitudes - stride);
  for (let at: usize = 2; at <= 16; at += 4) {
    store<i16>(row - at, odd);
    store<i16>(row - at - 2, even);
    store<i16>(row - at + toMagnitudes, magnitude);
    store<i16>(row - at - 2 + toMagnitudes, magnitude);
  }
}

/** Both margins of a coded row, from its own ends. */
function endRow(row: usize, width: i32, toMagnitudes: usize): void {
  const end = row + (<usize>width << 1);
  const even = load<i16>(row);
  const odd = load<i16>(row, 2);
  const last = load<i16>(end - 2);
  const other = load<i16>(end - 4);
  const first = load<i16>(row + toMagnitudes);
  const final = load<i16>(end - 2 + toMagnitudes);
  for (let at: usize = 2; at <= 16; at += 4) {
    store<i16>(row - at, odd);
    store<i16>(row - at - 2, even);
    store<i16>(row - at + toMagnitudes, first);
    store<i16>(row - at - 2 + toMagnitudes, first);
    store<i16>(end + at - 2, other);
    store<i16>(end + at, last);
    store<i16>(end + at - 2 + toMagnitudes, final);
    store<i16>(end + at + toMagnitudes, final);
  }
}

/** The rows above the band are the band's own first two, as soon as they are known. */
function mirrorUp(first: usize, row: i32, stride: usize): void {
  const source = first + <usize>row * stride - 16;
  for (let up = row == 0 ? 2 : 1; up <= 6; up += 2) {
    memory.copy(first - <usize>up * stride - 16, source, stride);
  }
}

// @ts-ignore: decorator
@inline function codeBand(isDecoding: bool, hasReference: bool): void {
  const width = int(0);
  const rows = int(1);
  const stride = <usize>int(2);
  const first = <usize>int(3);
  const toMagnitudes = <usize>(int(4) - int(3));
  const above = <usize>int(5);
  const bits = int(6);
  const errorBits = int(7);
  const shift = int(8);
  const levelShift = int(9);
  const offset = int(10);
  const classOf = <usize>int(11);
  const weights = <usize>int(12);
  const setBytes = int(13);
  const classes = int(14);
  const spreads = <usize>int(15);
  const contexts = <usize>int(16);
  const tables = <usize>int(17);
  const lookup = <usize>int(18);
  let token = <usize>int(19);
  let words = <usize>int(20);
  const wordsEnd = <usize>int(21);
  const raw = <usize>int(22);
  let rawBit = <u32>int(23);
  const rawBitEnd = <u32>int(24);
  const counts = <usize>int(30);
  const toReference = <usize>(int(31) - int(3));
  const firstPhase = int(32);
  let s0 = <u32>int(25);
  let s1 = <u32>int(26);
  let s2 = <u32>int(27);
  let s3 = <u32>int(28);
  const low = -offset;
  const high = (1 << bits) - 1 - offset;
  let wrong = 0;
  for (let y = 0; y < rows; y++) {
    const row = first + <usize>y * stride;
    startRow(row, row - stride - stride, toMagnitudes, stride);
    activityAbove(row);
    const phaseRow = ((y + firstPhase) & 1) << 1;
    let left = v128.load(row - 16);
    let leftMagnitudes = v128.load(row - 16 + toMagnitudes);
    let x1 = <i32>load<i16>(row - 2);
    let x2 = <i32>load<i16>(row - 4);
    let x3 = <i32>load<i16>(row - 6);
    const two = row - stride - stride;
    let across = distance(x2, <i32>load<i16>(row - 8));
    let acrossBefore = distance(x3, <i32>load<i16>(row - 10));
    let down = distance(x2, <i32>load<i16>(two - 4));
    let downBefore = distance(x3, <i32>load<i16>(two - 6));
    for (let x = 0; x < width; x++) {
      const at = row + (<usize>x << 1);
      const a = at - stride;
      const b = a - stride;
      const c = b - stride;
      // The sample just before is left out: its class and weights are then known while it is still being decoded.
      const turn = distance(<i32>load<i16>(b), x2);
      const lively =
        <i32>load<u16>(above + (<usize>x << 1)) +
        ((across + acrossBefore + down + downBefore + turn) >> shift);
      acrossBefore = across;
      downBefore = down;
      across = distance(x1, x3);
      down = distance(x1, <i32>load<i16>(b - 2));
      const activity = min<i32>(lively, 32767);
      const kind = <i32>load<u8>(classOf + <usize>min<i32>(lively, 4095));
      const set = weights + <usize>(((phaseRow | (x & 1)) * classes + kind) * setBytes);

      let p = i32x4.dot_i16x8_s(v128.load(a - 16), v128.load(set));
      let q = i32x4.dot_i16x8_s(v128.load(a), v128.load(set, 16));
      p = tap(p, b - 16, set + 32);
      q = tap(q, b, set + 48);
      p = tap(p, c - 16, set + 64);
      q = tap(q, c, set + 80);
      const d = c - stride - 8;
      p = tap(p, d, set + 96);
      q = tap(q, d - stride, set + 112);
      p = tap(p, d - stride - stride, set + 128);
      if (hasReference) {
        const r = at + toReference - 8;
        q = tap(q, r - stride - stride, set + 176);
        p = tap(p, r - stride, set + 192);
        q = tap(q, r, set + 208);
        p = tap(p, r + stride, set + 224);
        q = tap(q, r + stride + stride, set + 240);
      }
      p = i32x4.add(p, q);
      p = i32x4.add(p, i32x4.dot_i16x8_s(left, v128.load(set, 144)));
      let predicted = sumLanes(p) + load<i32>(set, 160);
      predicted = max<i32>(low << 13, min<i32>(high << 13, predicted));
      const whole = (predicted + 4096) >> 13;
      const rest = predicted - (whole << 13);
      const sign = rest >> 31;

      const spread = spreads + (<usize>kind << 6);
      const m = a + toMagnitudes - 8;
      let w = i32x4.dot_i16x8_s(v128.load(m), v128.load(spread));
      w = tap(w, m - stride, spread + 16);
      w = i32x4.add(w, i32x4.dot_i16x8_s(leftMagnitudes, v128.load(spread, 32)));
      let expected = load<i32>(spread, 56) + activity * load<i32>(spread, 52);
      expected += ((whole + offset) >> levelShift) * load<i32>(spread, 48);
      expected = max<i32>(expected + sumLanes(w), 1024);
      const top = 31 - clz<i32>(expected);
      const step = (top << 2) + ((expected >> (top - 2)) & 3) - 40;
      const context = load<u32>(contexts + (<usize>step << 2));
      const lowBits = <i32>((context >> 16) & 255);
      const fine = <i32>(context >> 24);
      const part = min<i32>(((rest ^ sign) - sign) >> (12 - fine), (1 << fine) - 1);
      const table = (context & 0xffff) + <u32>part;
      const entries = tables + <usize>table * 528;

      let value: i32;
      if (isDecoding) {
        const slot = s0 & 16383;
        let symbol = <u32>load<u8>(lookup + (<usize>table << 9) + <usize>(slot >> 5));
        // One step without a branch: more are rare.
        symbol += <u32>(slot >= <u32>load<u16>(entries + (<usize>symbol << 2), 4));
        while (slot >= <u32>load<u16>(entries + (<usize>symbol << 2), 4)) symbol += 1;
        const entry = load<u32>(entries + (<usize>symbol << 2));
        let state = (entry >> 16) * (s0 >> 14) + slot - (entry & 0xffff);
        const isShort = state < 65536;
        state = select<u32>((state << 16) | <u32>load<u16>(words), state, isShort);
        words += <usize>isShort << 1;
        s0 = s1;
        s1 = s2;
        s2 = s3;
        s3 = state;
        const size = symbol == 127 ? bits : lowBits;
        const more = <i32>(
          (load<u64>(raw + <usize>(rawBit >> 3)) >> <u64>(rawBit & 7)) & <u64>((1 << size) - 1)
        );
        rawBit += <u32>size;
        const folded = ((<i32>symbol - 63) << lowBits) | more;
        value = symbol == 127 ? more - offset : whole + ((folded ^ sign) - sign);
        wrong |= (value - low) | (high - value);
        store<i16>(at, <i16>value);
      } else {
        value = <i32>load<i16>(at);
        const residual = value - whole;
        const folded = (residual ^ sign) - sign;
        let symbol = (folded >> lowBits) + 63;
        let size = lowBits;
        let more = folded & ((1 << lowBits) - 1);
        if (<u32>symbol > 126 || load<u32>(entries + (<usize>symbol << 2)) < 65536) {
          symbol = 127;
          size = bits;
          more = value + offset;
        }
        const place = raw + <usize>(rawBit >> 3);
        const used = <u64>(rawBit & 7);
        const kept = load<u64>(place) & ((<u64>1 << used) - 1);
        store<u64>(place, kept | (<u64>more << used));
        rawBit += <u32>size;
        store<u32>(token, (table << 7) | <u32>symbol);
        token += 4;
        if (counts != 0) {
          const count = counts + <usize>(((table << 7) | <u32>symbol) << 2);
          store<u32>(count, load<u32>(count) + 1);
        }
      }
      const error = distance(value << errorBits, predicted >> (13 - errorBits));
      const magnitude = min<i32>(error, 32767);
      store<i16>(at + toMagnitudes, <i16>magnitude);
      left = v128.shuffle<i16>(left, i16x8.splat(<i16>value), 1, 2, 3, 4, 5, 6, 7, 8);
      leftMagnitudes = v128.shuffle<i16>(
        leftMagnitudes, i16x8.splat(<i16>magnitude), 1, 2, 3, 4, 5, 6, 7, 8,
      );
      x3 = x2;
      x2 = x1;
      x1 = value;
    }
    endRow(row, width, toMagnitudes);
    if (y < 2 && int(33) != 0) mirrorUp(first, y, stride);
    if (isDecoding && (wrong < 0 || words > wordsEnd || rawBit > rawBitEnd)) break;
  }
  store<i32>(76, <i32>token);
  store<i32>(80, <i32>words);
  store<i32>(92, <i32>rawBit);
  store<i32>(100, <i32>s0);
  store<i32>(104, <i32>s1);
  store<i32>(108, <i32>s2);
  store<i32>(112, <i32>s3);
  store<i32>(116, wrong);
}

/** Models a band of known samples: a token for each, low bits, magnitudes; counts tokens where asked. */
export function scanBand(): void {
  if (int(31) != 0) codeBand(false, true);
  else codeBand(false, false);
}

/** Decodes a band; stops after a row in which something was wrong. */
export function decodeBand(): void {
  if (int(31) != 0) codeBand(true, true);
  else codeBand(true, false);
}

/** Writes the tokens of a band as words, last token first, from the end of the space downwards. */
export function emitBand(): void {
  const from = <usize>int(34);
  let token = <usize>int(19);
  let words = <usize>int(21);
  const tables = <usize>int(17);
  let s0: u32 = 65536;
  let s1: u32 = 65536;
  let s2: u32 = 65536;
  let s3: u32 = 65536;
  // The last token's state is s3; the one before it s2.
  while (token > from) {
    token -= 4;
    const value = load<u32>(token);
    const entry = load<u32>(tables + <usize>(value >> 7) * 528 + (<usize>(value & 127) << 2));
    const share = entry >> 16;
    let state = s3;
    if (<u64>state >= <u64>share << 18) {
      words -= 2;
      store<u16>(words, <u16>state);
      state >>= 16;
    }
    const times = state / share;
    state = (times << 14) + (state - times * share) + (entry & 0xffff);
    s3 = s2;
    s2 = s1;
    s1 = s0;
    s0 = state;
  }
  store<i32>(80, <i32>words);
  store<i32>(100, <i32>s0);
  store<i32>(104, <i32>s1);
  store<i32>(108, <i32>s2);
  store<i32>(112, <i32>s3);
}

// @ts-ignore: decorator
@inline function addSum(at: usize, a: v128, b: v128): void {
  let sum = f32x4.add(a, b);
  sum = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
  const one = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
  store<f64>(at, load<f64>(at) + <f64>one);
}

/**
 * Adds the products of all pairs of columns of a batch: columns of 64 reals one after another, an even number of them,
 * sums of 64 bits. Two by two, so that what is loaded is used twice.
 */
export function addProducts(): void {
  const columns = int(35);
  const batch = <usize>int(36);
  const sums = <usize>int(37);
  for (let i = 0; i < columns; i += 2) {
    const i0 = batch + (<usize>i << 8);
    for (let j = 0; j <= i; j += 2) {
      const j0 = batch + (<usize>j << 8);
      let a00 = f32x4.splat(0);
      let b00 = a00;
      let a01 = a00;
      let b01 = a00;
      let a10 = a00;
      let b10 = a00;
      let a11 = a00;
      let b11 = a00;
      for (let at: usize = 0; at < 256; at += 32) {
        const p = v128.load(i0 + at);
        const q = v128.load(i0 + at, 256);
        const r = v128.load(j0 + at);
        const s = v128.load(j0 + at, 256);
        a00 = f32x4.add(a00, f32x4.mul(p, r));
        a01 = f32x4.add(a01, f32x4.mul(p, s));
        a10 = f32x4.add(a10, f32x4.mul(q, r));
        a11 = f32x4.add(a11, f32x4.mul(q, s));
        const t = v128.load(i0 + at, 16);
        const u = v128.load(i0 + at, 272);
        const v = v128.load(j0 + at, 16);
        const w = v128.load(j0 + at, 272);
        b00 = f32x4.add(b00, f32x4.mul(t, v));
        b01 = f32x4.add(b01, f32x4.mul(t, w));
        b10 = f32x4.add(b10, f32x4.mul(u, v));
        b11 = f32x4.add(b11, f32x4.mul(u, w));
      }
      const sum = sums + (<usize>(i * columns + j) << 3);
      const below = sum + (<usize>columns << 3);
      addSum(sum, a00, b00);
      addSum(sum + 8, a01, b01);
      addSum(below, a10, b10);
      addSum(below + 8, a11, b11);
    }
  }
}
