// The simulated sensor's hot loops (see ../sensor-frame.ts for the model and ../sensor-plain.ts for the plain twin).
// Every function reads its arguments from the parameter block at address 0: 32-bit words, see ../sensor-block.ts.
// Exactness: f32 arithmetic without fused operations, so each step rounds as Math.fround does in the twin.

// @ts-ignore: decorator
@inline function int(word: i32): i32 {
  return load<i32>(<usize>word << 2);
}
// @ts-ignore: decorator
@inline function real(word: i32): f32 {
  return load<f32>(<usize>word << 2);
}
// @ts-ignore: decorator
@inline function smooth(t: f32): f32 {
  return t * t * (<f32>3 - <f32>2 * t);
}

/** Adds one octave of smooth noise to a coarse row, which has one value per 8 scene columns. */
export function addCoarse(): void {
  const cells = int(1);
  const target = <usize>int(4);
  const first = int(5);
  const shift = int(6);
  const rowA = <usize>int(7);
  const rowB = <usize>int(8);
  const down = real(9);
  const amplitude = real(10);
  const mask = (1 << shift) - 1;
  const step: f32 = <f32>1 / <f32>(1 << shift);
  for (let j = 0; j < cells; j++) {
    const at = j + first;
    const offset = <usize>(at >> shift) << 2;
    const across = smooth(<f32>(at & mask) * step);
    const a0 = load<f32>(rowA + offset);
    const a1 = load<f32>(rowA + offset, 4);
    const left = a0 + (load<f32>(rowB + offset) - a0) * down;
    const right = a1 + (load<f32>(rowB + offset, 4) - a1) * down;
    const value = left + (right - left) * across;
    const at4 = target + (<usize>j << 2);
    store<f32>(at4, load<f32>(at4) + value * amplitude);
  }
}

// @ts-ignore: decorator
@inline function lerpRows(a: usize, b: usize, down: v128): v128 {
  const near = v128.load(a);
  return f32x4.add(near, f32x4.mul(f32x4.sub(v128.load(b), near), down));
}

/** Spreads the coarse rows over all columns and adds the fine octaves (cells of 1, 2 and 4 columns). */
export function texture(): void {
  const cells = int(1) - 1;
  const baseNear = <usize>int(11);
  const baseFar = <usize>int(12);
  const roughNear = <usize>int(13);
  const roughFar = <usize>int(14);
  const down = f32x4.splat(real(15));
  const fine = <usize>int(16);
  const twoA = <usize>int(17);
  const twoB = <usize>int(18);
  const downTwo = f32x4.splat(real(19));
  const fourA = <usize>int(20);
  const fourB = <usize>int(21);
  const downFour = f32x4.splat(real(22));
  const baseOut = <usize>int(23);
  const grainOut = <usize>int(24);
  const gainOne = f32x4.splat(real(25));
  const gainTwo = f32x4.splat(real(26));
  const gainFour = f32x4.splat(real(27));
  const zero = f32x4.splat(0);
  const ramp0 = f32x4(0, 0.125, 0.25, 0.375);
  const ramp1 = f32x4(0.5, 0.625, 0.75, 0.875);
  const halves = f32x4(0, 0.5, 0, 0.5);
  const curve = f32x4(0, 0.15625, 0.5, 0.84375);
  for (let j = 0; j < cells; j++) {
    const knot = <usize>j << 2;
    const base = lerpRows(baseNear + knot, baseFar + knot, down);
    const rough = lerpRows(roughNear + knot, roughFar + knot, down);
    const baseLeft = v128.shuffle<f32>(base, base, 0, 0, 0, 0);
    const baseStep = f32x4.sub(v128.shuffle<f32>(base, base, 1, 1, 1, 1), baseLeft);
    const roughLeft = v128.shuffle<f32>(rough, rough, 0, 0, 0, 0);
    const roughStep = f32x4.sub(v128.shuffle<f32>(rough, rough, 1, 1, 1, 1), roughLeft);
    const four = lerpRows(fourA + (knot << 1), fourB + (knot << 1), downFour);
    for (let half = 0; half < 2; half++) {
      const ramp = half == 0 ? ramp0 : ramp1;
      const column = (<usize>j << 5) + (<usize>half << 4);
      v128.store(baseOut + column, f32x4.add(baseLeft, f32x4.mul(baseStep, ramp)));
      const two = lerpRows(twoA + (column >> 1), twoB + (column >> 1), downTwo);
      const twoLeft = v128.shuffle<f32>(two, two, 0, 0, 1, 1);
      const twoStep = f32x4.sub(v128.shuffle<f32>(two, two, 1, 1, 2, 2), twoLeft);
      const fourLeft =
        half == 0
          ? v128.shuffle<f32>(four, four, 0, 0, 0, 0)
          : v128.shuffle<f32>(four, four, 1, 1, 1, 1);
      const fourStep = f32x4.sub(
        half == 0
          ? v128.shuffle<f32>(four, four, 1, 1, 1, 1)
          : v128.shuffle<f32>(four, four, 2, 2, 2, 2),
        fourLeft,
      );
      let grain = f32x4.mul(v128.load(fine + column), gainOne);
      const twoHere = f32x4.add(twoLeft, f32x4.mul(twoStep, halves));
      grain = f32x4.add(grain, f32x4.mul(twoHere, gainTwo));
      const fourHere = f32x4.add(fourLeft, f32x4.mul(fourStep, curve));
      grain = f32x4.add(grain, f32x4.mul(fourHere, gainFour));
      const strength = f32x4.add(roughLeft, f32x4.mul(roughStep, ramp));
      v128.store(grainOut + column, f32x4.mul(grain, f32x4.max(strength, zero)));
    }
  }
}

/** Paints the spans over the three planes of one scene row, in order. */
export function paint(): void {
  const spans = <usize>int(28);
  const count = int(29);
  for (let n = 0; n < count; n++) {
    const span = spans + <usize>n * 48;
    if (load<f32>(span, 40) > 0) addGlow(span);
    else paintSpan(span);
  }
}

function addGlow(span: usize): void {
  const columns = int(33);
  const green = <usize>int(30) + (<usize>columns << 2);
  const red = <usize>int(30);
  const blue = green + (<usize>columns << 2);
  const glow = <usize>int(31);
  const level = f32x4.splat(load<f32>(span, 8));
  const kr = f32x4.splat(load<f32>(span, 24));
  const kb = f32x4.splat(load<f32>(span, 28));
  for (let i: usize = 0; i < <usize>columns << 2; i += 16) {
    const light = f32x4.mul(v128.load(glow + i), level);
    v128.store(green + i, f32x4.add(v128.load(green + i), light));
    v128.store(red + i, f32x4.add(v128.load(red + i), f32x4.mul(light, kr)));
    v128.store(blue + i, f32x4.add(v128.load(blue + i), f32x4.mul(light, kb)));
  }
}

function paintSpan(span: usize): void {
  const columns = int(33);
  const x0 = load<f32>(span);
  const x1 = load<f32>(span, 4);
  const first = <i32>x0;
  const last = <i32>x1;
  let i = first;
  if (<f32>first < x0 || last == first) {
    paintOne(span, first, (last == first ? x1 : <f32>(first + 1)) - x0);
    i = first + 1;
  }
  const texture = load<f32>(span, 32);
  const grain = texture < 0 ? <usize>int(24) : <usize>int(32) + (<usize><i32>texture << 2);
  const own = texture >= 0;
  const fraction = f32x4.splat(load<f32>(span, 36));
  const level = f32x4.splat(load<f32>(span, 8));
  const slope = f32x4.splat(load<f32>(span, 12));
  const baseGain = f32x4.splat(load<f32>(span, 16));
  const grainGain = f32x4.splat(load<f32>(span, 20));
  const kr = f32x4.splat(load<f32>(span, 24));
  const kb = f32x4.splat(load<f32>(span, 28));
  const base = <usize>int(23);
  const red = <usize>int(30);
  const green = red + (<usize>columns << 2);
  const blue = green + (<usize>columns << 2);
  const start = f32x4.splat(x0);
  const one = f32x4.splat(1);
  const least = f32x4.splat(0.015625);
  for (; i + 4 <= last; i += 4) {
    const at = <usize>i << 2;
    let bits = v128.load(grain + (own ? at - (<usize>first << 2) : at));
    if (own) {
      const next = v128.load(grain + at - (<usize>first << 2), 4);
      bits = f32x4.add(bits, f32x4.mul(f32x4.sub(next, bits), fraction));
    }
    const column = f32x4.convert_i32x4_s(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)));
    const flat = f32x4.add(level, f32x4.mul(slope, f32x4.sub(column, start)));
    let pattern = f32x4.add(one, f32x4.mul(v128.load(base + at), baseGain));
    pattern = f32x4.add(pattern, f32x4.mul(bits, grainGain));
    const light = f32x4.mul(flat, f32x4.max(pattern, least));
    v128.store(green + at, light);
    v128.store(red + at, f32x4.mul(light, kr));
    v128.store(blue + at, f32x4.mul(light, kb));
  }
  for (; i < last; i++) paintOne(span, i, 1);
  if (last > first && x1 > <f32>last) paintOne(span, last, x1 - <f32>last);
}

function paintOne(span: usize, column: i32, coverage: f32): void {
  const columns = int(33);
  const at = <usize>column << 2;
  const x0 = load<f32>(span);
  const texture = load<f32>(span, 32);
  let bits: f32;
  if (texture < 0) {
    bits = load<f32>(<usize>int(24) + at);
  } else {
    const own = <usize>int(32) + (<usize>(<i32>texture + column - <i32>x0) << 2);
    bits = load<f32>(own);
    bits = bits + (load<f32>(own, 4) - bits) * load<f32>(span, 36);
  }
  const flat = load<f32>(span, 8) + load<f32>(span, 12) * (<f32>column - x0);
  let pattern: f32 = <f32>1 + load<f32>(<usize>int(23) + at) * load<f32>(span, 16);
  pattern = pattern + bits * load<f32>(span, 20);
  const light = flat * max<f32>(pattern, 0.015625);
  const red = <usize>int(30) + at;
  const green = red + (<usize>columns << 2);
  const blue = green + (<usize>columns << 2);
  cover(green, light, coverage);
  cover(red, light * load<f32>(span, 24), coverage);
  cover(blue, light * load<f32>(span, 28), coverage);
}

// @ts-ignore: decorator
@inline function cover(at: usize, light: f32, coverage: f32): void {
  // A covered column is stored as it is: under + (light - under) * 1 may round to another value.
  const under = load<f32>(at);
  store<f32>(at, coverage < 1 ? under + (light - under) * coverage : light);
}

/** Blurs the three planes along the row into one slot of the ring: four taps that also hold the sub-pixel shift. */
export function blur(): void {
  const width = int(0);
  const columns = int(33);
  const slot = <usize>int(34);
  const stride = <usize>(width + 8) << 2;
  const t0 = f32x4.splat(real(35));
  const t1 = f32x4.splat(real(36));
  const t2 = f32x4.splat(real(37));
  const t3 = f32x4.splat(real(38));
  for (let plane = 0; plane < 3; plane++) {
    const source = <usize>int(30) + (<usize>(plane * columns + int(2)) << 2);
    const target = slot + <usize>plane * stride;
    for (let i: usize = 0; i < <usize>width << 2; i += 16) {
      let sum = f32x4.mul(v128.load(source + i), t0);
      sum = f32x4.add(sum, f32x4.mul(v128.load(source + i, 4), t1));
      sum = f32x4.add(sum, f32x4.mul(v128.load(source + i, 8), t2));
      sum = f32x4.add(sum, f32x4.mul(v128.load(source + i, 12), t3));
      v128.store(target + i, sum);
    }
  }
}

/** Reads one sensor row out: blur down the columns, colour filter, photons, noise, fixed pattern, digits. */
export function sense(): void {
  const width = int(0);
  const stride = <usize>(width + 8) << 2;
  const evenPlane = <usize>int(47) * stride;
  const oddPlane = <usize>int(48) * stride;
  const row0 = <usize>int(39);
  const row1 = <usize>int(40);
  const row2 = <usize>int(41);
  const row3 = <usize>int(42);
  const t0 = f32x4.splat(real(43));
  const t1 = f32x4.splat(real(44));
  const t2 = f32x4.splat(real(45));
  const t3 = f32x4.splat(real(46));
  const odd = i32x4(0, -1, 0, -1);
  const fall = f32x4.splat(real(49));
  const vignette = <usize>int(50);
  const offsets = <usize>int(51);
  const electrons = f32x4(real(52), real(53), real(52), real(53));
  const prnu = f32x4.splat(real(54));
  const gain = f32x4.splat(real(55));
  const readVariance = f32x4.splat(real(56));
  const white = f32x4.splat(real(57));
  const out = <usize>int(60);
  const zero = f32x4.splat(0);
  const byteMiddle = f32x4.splat(510);
  const wordMiddle = f32x4.splat(196605);
  const wordScale = f32x4.splat(real(61));
  const low = i32x4.splat(0xffff);
  const bytes = i32x4.splat(0x00ff00ff);
  let a = v128.load(<usize>int(58));
  let b = v128.load(<usize>int(58), 16);
  let c = v128.load(<usize>int(58), 32);
  let d = v128.load(<usize>int(58), 48);
  let e = v128.load(<usize>int(59));
  let f = v128.load(<usize>int(59), 16);
  let g = v128.load(<usize>int(59), 32);
  let h = v128.load(<usize>int(59), 48);
  for (let i: usize = 0; i < <usize>width << 2; i += 16) {
    let even = f32x4.mul(v128.load(row0 + evenPlane + i), t0);
    even = f32x4.add(even, f32x4.mul(v128.load(row1 + evenPlane + i), t1));
    even = f32x4.add(even, f32x4.mul(v128.load(row2 + evenPlane + i), t2));
    even = f32x4.add(even, f32x4.mul(v128.load(row3 + evenPlane + i), t3));
    let odds = f32x4.mul(v128.load(row0 + oddPlane + i), t0);
    odds = f32x4.add(odds, f32x4.mul(v128.load(row1 + oddPlane + i), t1));
    odds = f32x4.add(odds, f32x4.mul(v128.load(row2 + oddPlane + i), t2));
    odds = f32x4.add(odds, f32x4.mul(v128.load(row3 + oddPlane + i), t3));
    let light = v128.bitselect(odds, even, odd);
    light = f32x4.mul(light, f32x4.mul(v128.load(vignette + i), fall));
    let charge = f32x4.mul(light, electrons);

    // The fixed pattern: xorshift128 seeded by body and row, the sum of four bytes.
    let t = v128.xor(e, i32x4.shl(e, 11));
    e = f;
    f = g;
    g = h;
    h = v128.xor(v128.xor(h, i32x4.shr_u(h, 19)), v128.xor(t, i32x4.shr_u(t, 8)));
    t = i32x4.add(v128.and(h, bytes), v128.and(i32x4.shr_u(h, 8), bytes));
    t = i32x4.add(v128.and(t, low), i32x4.shr_u(t, 16));
    const pixel = f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(t), byteMiddle), prnu);
    charge = f32x4.max(f32x4.add(charge, f32x4.mul(charge, pixel)), zero);

    // Photon and read noise: xorshift128 seeded by frame and row, the sum of six 16-bit halves.
    t = v128.xor(a, i32x4.shl(a, 11));
    a = v128.xor(v128.xor(d, i32x4.shr_u(d, 19)), v128.xor(t, i32x4.shr_u(t, 8)));
    let sum = i32x4.add(v128.and(a, low), i32x4.shr_u(a, 16));
    t = v128.xor(b, i32x4.shl(b, 11));
    b = v128.xor(v128.xor(a, i32x4.shr_u(a, 19)), v128.xor(t, i32x4.shr_u(t, 8)));
    sum = i32x4.add(sum, i32x4.add(v128.and(b, low), i32x4.shr_u(b, 16)));
    t = v128.xor(c, i32x4.shl(c, 11));
    c = v128.xor(v128.xor(b, i32x4.shr_u(b, 19)), v128.xor(t, i32x4.shr_u(t, 8)));
    sum = i32x4.add(sum, i32x4.add(v128.and(c, low), i32x4.shr_u(c, 16)));
    // Four words of state, three drawn: the roles move on by one place.
    t = d;
    d = c;
    c = b;
    b = a;
    a = t;
    const normal = f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(sum), wordMiddle), wordScale);
    const sigma = f32x4.sqrt(f32x4.add(charge, readVariance));
    charge = f32x4.add(charge, f32x4.mul(normal, sigma));

    let digits = f32x4.add(f32x4.mul(charge, gain), v128.load(offsets + i));
    digits = f32x4.max(f32x4.min(digits, white), zero);
    const whole = i32x4.trunc_sat_f32x4_s(digits);
    v128.store64_lane(out + (i >> 1), i16x8.narrow_i32x4_u(whole, whole), 0);
  }
}
