import { type SensorKernel, SPAN_WORDS, WORD } from './sensor-block.ts';

const round = Math.fround;

/** The kernel's memory as the plain twin sees it. */
interface Views {
  readonly ints: Int32Array;
  readonly reals: Float32Array;
  readonly shorts: Uint16Array;
}

/**
 * The sensor kernels in plain TypeScript: the same results as the compiled ones, bit for bit, and readable.
 * Every f32 step of the kernel is one `Math.fround` here: a product, sum or square root of two f32 values computed in
 * double precision and rounded once is the correctly rounded f32 result (53 >= 2 * 24 + 2 bits).
 */
export function plainSensorKernel(memoryBytes: number): SensorKernel {
  const memory = new ArrayBuffer(memoryBytes);
  const views: Views = {
    ints: new Int32Array(memory),
    reals: new Float32Array(memory),
    shorts: new Uint16Array(memory),
  };
  return {
    memory,
    addCoarse: () => addCoarse(views),
    texture: () => texture(views),
    paint: () => paint(views),
    blur: () => blur(views),
    sense: () => sense(views),
  };
}

function lerp(from: number, to: number, share: number): number {
  return round(from + round(round(to - from) * share));
}

function smooth(t: number): number {
  return round(round(t * t) * round(3 - round(2 * t)));
}

function addCoarse({ ints, reals }: Views): void {
  const target = ints[WORD.coarseTarget]! >> 2;
  const shift = ints[WORD.coarseShift]!;
  const rowA = ints[WORD.coarseA]! >> 2;
  const rowB = ints[WORD.coarseB]! >> 2;
  const down = reals[WORD.coarseDown]!;
  const amplitude = reals[WORD.coarseAmplitude]!;
  for (let j = 0; j < ints[WORD.cells]!; j++) {
    const place = j + ints[WORD.coarseFirst]!;
    const cell = place >> shift;
    const across = smooth((place & ((1 << shift) - 1)) / (1 << shift));
    const left = lerp(reals[rowA + cell]!, reals[rowB + cell]!, down);
    const right = lerp(reals[rowA + cell + 1]!, reals[rowB + cell + 1]!, down);
    const value = lerp(left, right, across);
    reals[target + j] = reals[target + j]! + round(value * amplitude);
  }
}

/** Smooth steps at 0, 1/4, 1/2 and 3/4 of a cell. */
const CURVE = [0, 0.15625, 0.5, 0.84375] as const;

function texture({ ints, reals }: Views): void {
  const down = reals[WORD.coarseRowDown]!;
  const coarse = (near: number, far: number, j: number): number =>
    lerp(reals[(ints[near]! >> 2) + j]!, reals[(ints[far]! >> 2) + j]!, down);
  const lattice = (word: number, cell: number): number =>
    lerp(
      reals[(ints[word]! >> 2) + cell]!,
      reals[(ints[word + 1]! >> 2) + cell]!,
      reals[word + 2]!,
    );
  for (let column = 0; column < (ints[WORD.cells]! - 1) * 8; column++) {
    const cell = column >> 3;
    const across = (column & 7) / 8;
    const spread = (near: number, far: number): number =>
      lerp(coarse(near, far, cell), coarse(near, far, cell + 1), across);
    reals[(ints[WORD.base]! >> 2) + column] = spread(WORD.baseNear, WORD.baseFar);
    const rough = Math.max(spread(WORD.roughNear, WORD.roughFar), 0);
    const two = column >> 1;
    const four = column >> 2;
    const twoHere = lerp(
      lattice(WORD.twoA, two),
      lattice(WORD.twoA, two + 1),
      (column & 1) === 0 ? 0 : 0.5,
    );
    const fourHere = lerp(
      lattice(WORD.fourA, four),
      lattice(WORD.fourA, four + 1),
      CURVE[column & 3]!,
    );
    let grain = round(reals[(ints[WORD.fineOne]! >> 2) + column]! * reals[WORD.gainOne]!);
    grain = round(grain + round(twoHere * reals[WORD.gainTwo]!));
    grain = round(grain + round(fourHere * reals[WORD.gainFour]!));
    reals[(ints[WORD.grain]! >> 2) + column] = grain * rough;
  }
}

function paint(views: Views): void {
  const { ints, reals } = views;
  for (let index = 0; index < ints[WORD.spanCount]!; index++) {
    const span = (ints[WORD.spans]! >> 2) + index * SPAN_WORDS;
    if (reals[span + 10]! > 0) {
      addGlow(views, span);
      continue;
    }
    const x0 = reals[span]!;
    const x1 = reals[span + 1]!;
    for (let column = Math.trunc(x0); column < x1; column++) {
      const coverage = round(Math.min(column + 1, x1) - Math.max(column, x0));
      paintOne(views, span, { column, coverage });
    }
  }
}

function addGlow({ ints, reals }: Views, span: number): void {
  const columns = ints[WORD.columns]!;
  const red = ints[WORD.planes]! >> 2;
  for (let column = 0; column < columns; column++) {
    const light = round(reals[(ints[WORD.glow]! >> 2) + column]! * reals[span + 2]!);
    const green = red + columns + column;
    reals[green] = reals[green]! + light;
    reals[red + column] = reals[red + column]! + round(light * reals[span + 6]!);
    const blue = green + columns;
    reals[blue] = reals[blue]! + round(light * reals[span + 7]!);
  }
}

function paintOne(
  { ints, reals }: Views,
  span: number,
  pixel: { readonly column: number; readonly coverage: number },
): void {
  const x0 = reals[span]!;
  let bits = reals[(ints[WORD.grain]! >> 2) + pixel.column]!;
  if (reals[span + 8]! >= 0) {
    const own = (ints[WORD.table]! >> 2) + reals[span + 8]! + pixel.column - Math.trunc(x0);
    bits = lerp(reals[own]!, reals[own + 1]!, reals[span + 9]!);
  }
  const run = round(pixel.column - x0);
  const flat = round(reals[span + 2]! + round(reals[span + 3]! * run));
  const base = reals[(ints[WORD.base]! >> 2) + pixel.column]!;
  let pattern = round(1 + round(base * reals[span + 4]!));
  pattern = round(pattern + round(bits * reals[span + 5]!));
  const light = round(flat * Math.max(pattern, 0.015625));
  const columns = ints[WORD.columns]!;
  const lights = [round(light * reals[span + 6]!), light, round(light * reals[span + 7]!)];
  for (let plane = 0; plane < 3; plane++) {
    const at = (ints[WORD.planes]! >> 2) + plane * columns + pixel.column;
    // A covered pixel is stored as it is: under + (light - under) * 1 may round to another value.
    reals[at] =
      pixel.coverage === 1 ? lights[plane]! : lerp(reals[at]!, lights[plane]!, pixel.coverage);
  }
}

function blur({ ints, reals }: Views): void {
  const width = ints[WORD.width]!;
  const columns = ints[WORD.columns]!;
  for (let plane = 0; plane < 3; plane++) {
    const source = (ints[WORD.planes]! >> 2) + plane * columns + ints[WORD.lead]!;
    const target = (ints[WORD.slot]! >> 2) + plane * (width + 8);
    for (let column = 0; column < width; column++) {
      let sum = round(reals[source + column]! * reals[WORD.tapsX]!);
      for (let tap = 1; tap < 4; tap++) {
        sum = round(sum + round(reals[source + column + tap]! * reals[WORD.tapsX + tap]!));
      }
      reals[target + column] = sum;
    }
  }
}

/** Four xorshift128 generators (Marsaglia 2003, shifts 11, 19, 8) whose states lie interleaved in sixteen words. */
function drawing(words: Int32Array): (lane: number) => number {
  const state = Int32Array.from(words);
  return (lane) => {
    const mixed = state[lane]! ^ (state[lane]! << 11);
    state[lane] = state[4 + lane]!;
    state[4 + lane] = state[8 + lane]!;
    const last = state[12 + lane]!;
    state[8 + lane] = last;
    state[12 + lane] = last ^ (last >>> 19) ^ (mixed ^ (mixed >>> 8));
    return state[12 + lane]!;
  };
}

function sense({ ints, reals, shorts }: Views): void {
  const width = ints[WORD.width]!;
  const seedsAt = (word: number): Int32Array => {
    const first = ints[word]! >> 2;
    return ints.subarray(first, first + 16);
  };
  const noise = drawing(seedsAt(WORD.noiseSeeds));
  const pattern = drawing(seedsAt(WORD.patternSeeds));
  for (let column = 0; column < width; column++) {
    const odd = column & 1;
    const plane = ints[WORD.evenPlane + odd]! * (width + 8) + column;
    let light = round(reals[(ints[WORD.ring]! >> 2) + plane]! * reals[WORD.tapsY]!);
    for (let tap = 1; tap < 4; tap++) {
      const value = reals[(ints[WORD.ring + tap]! >> 2) + plane]!;
      light = round(light + round(value * reals[WORD.tapsY + tap]!));
    }
    const fall = round(reals[(ints[WORD.fallColumns]! >> 2) + column]! * reals[WORD.fallRow]!);
    let charge = round(round(light * fall) * reals[WORD.evenElectrons + odd]!);

    const bits = pattern(column & 3);
    const four = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    const pixel = round((four - 510) * reals[WORD.fixedPattern]!);
    charge = Math.max(round(charge + round(charge * pixel)), 0);

    let six = 0;
    for (let draw = 0; draw < 3; draw++) {
      const word = noise(column & 3);
      six += (word & 0xffff) + (word >>> 16);
    }
    const normal = round((six - 196605) * reals[WORD.noiseScale]!);
    const sigma = round(Math.sqrt(round(charge + reals[WORD.readVariance]!)));
    charge = round(charge + round(normal * sigma));

    const offset = reals[(ints[WORD.offsets]! >> 2) + column]!;
    const digits = round(round(charge * reals[WORD.gain]!) + offset);
    const held = Math.max(Math.min(digits, reals[WORD.white]!), 0);
    shorts[(ints[WORD.out]! >> 1) + column] = Math.trunc(held);
  }
}
