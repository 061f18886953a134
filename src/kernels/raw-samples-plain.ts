import {
  RAW_SET,
  RAW_SPREAD,
  RAW_TABLE_WORDS,
  RAW_WORD,
  type RawKernel,
} from './raw-samples-block.ts';

/**
 * The plain twin of the raw-sample kernels: the same results, bit for bit, over an ordinary memory of this size.
 * The oracle of the compiled ones, and the decoder where WebAssembly lacks SIMD.
 */
export function plainRawKernel(memoryBytes: number): RawKernel {
  const memory = new ArrayBuffer((memoryBytes + 15) & ~15);
  const views: Views = {
    bytes: new Uint8Array(memory),
    shorts: new Int16Array(memory),
    words: new Int32Array(memory),
    reals: new Float32Array(memory),
    doubles: new Float64Array(memory),
  };
  return {
    memory,
    scanBand: () => codeBand(views, false),
    decodeBand: () => codeBand(views, true),
    emitBand: () => emitBand(views),
    addProducts: () => addProducts(views),
  };
}

interface Views {
  readonly bytes: Uint8Array;
  readonly shorts: Int16Array;
  readonly words: Int32Array;
  readonly reals: Float32Array;
  readonly doubles: Float64Array;
}

/** What the coding of a band carries from sample to sample; `W` names words, places count 16-bit words. */
interface Band {
  readonly views: Views;
  readonly isDecoding: boolean;
  readonly word: (name: keyof typeof RAW_WORD) => number;
  readonly stride: number;
  readonly toMagnitudes: number;
  readonly taps: Tap[];
  readonly spreadTaps: Tap[];
  readonly states: number[];
  token: number;
  next: number;
  rawBit: number;
  wrong: number;
}

/** Eight weights and the samples they are for: byte place in the set, 16-bit words from the sample. */
interface Tap {
  readonly place: number;
  readonly to: number;
}

interface Shape {
  readonly place: number;
  readonly row: number;
  readonly from: number;
}

function openBand(views: Views, isDecoding: boolean): Band {
  const word = (name: keyof typeof RAW_WORD): number => views.words[RAW_WORD[name]]!;
  const stride = word('stride') >> 1;
  const toMagnitudes = (word('magnitudes') - word('samples')) >> 1;
  const toReference = (word('reference') - word('samples')) >> 1;
  const place =
    (to: number) =>
    (tap: Shape): Tap => ({ place: tap.place, to: to + tap.row * stride + tap.from });
  const reference = word('reference') === 0 ? [] : RAW_SET.reference.map(place(toReference));
  const from = RAW_WORD.states;
  return {
    views,
    isDecoding,
    word,
    stride,
    toMagnitudes,
    taps: [...RAW_SET.taps.map(place(0)), ...reference],
    spreadTaps: RAW_SPREAD.taps.map(place(toMagnitudes)),
    states: [...views.words.subarray(from, from + 4)].map((state) => state >>> 0),
    token: word('token'),
    next: word('words'),
    rawBit: word('rawBit'),
    wrong: 0,
  };
}

function codeBand(views: Views, isDecoding: boolean): void {
  const band = openBand(views, isDecoding);
  const { word, stride } = band;
  const first = word('samples') >> 1;
  for (let y = 0; y < word('rows'); y++) {
    const row = first + y * stride;
    startRow(band, row);
    activityAbove(band, row);
    const phaseRow = ((y + word('firstPhase')) & 1) << 1;
    for (let x = 0; x < word('width'); x++) codeSample(band, { at: row + x, x, phaseRow });
    endRow(band, row);
    if (y < 2 && word('mirrors') !== 0) mirrorUp(band, first, y);
    const isOver = band.next > word('wordsEnd') || band.rawBit > word('rawBitEnd');
    if (isDecoding && (band.wrong < 0 || isOver)) break;
  }
  const { words } = views;
  words[RAW_WORD.token] = band.token;
  words[RAW_WORD.words] = band.next;
  words[RAW_WORD.rawBit] = band.rawBit;
  words.set(band.states, RAW_WORD.states);
  words[RAW_WORD.wrong] = band.wrong;
}

function startRow({ views, stride, toMagnitudes }: Band, row: number): void {
  const { shorts } = views;
  const two = row - 2 * stride;
  const magnitude = shorts[row + toMagnitudes - stride]!;
  for (let left = 1; left <= 8; left++) {
    shorts[row - left] = shorts[two + (left & 1)]!;
    shorts[row - left + toMagnitudes] = magnitude;
  }
}

function endRow({ views, word, toMagnitudes }: Band, row: number): void {
  const { shorts } = views;
  const end = row + word('width');
  for (let left = 1; left <= 8; left++) {
    shorts[row - left] = shorts[row + (left & 1)]!;
    shorts[row - left + toMagnitudes] = shorts[row + toMagnitudes]!;
  }
  for (let right = 0; right < 8; right++) {
    shorts[end + right] = shorts[end - 2 + (right & 1)]!;
    shorts[end + right + toMagnitudes] = shorts[end - 1 + toMagnitudes]!;
  }
}

function mirrorUp({ views, stride }: Band, first: number, row: number): void {
  const source = first + row * stride - 8;
  for (let up = row === 0 ? 2 : 1; up <= 6; up += 2) {
    views.shorts.copyWithin(first - up * stride - 8, source, source + stride);
  }
}

function activityAbove({ views, word, stride }: Band, row: number): void {
  const { shorts } = views;
  const above = new Uint16Array(shorts.buffer, word('above'), (word('width') + 7) & ~7);
  const shift = word('activityShift');
  for (let x = 0; x < above.length; x++) {
    const a = row + x - stride;
    const b = a - stride;
    const c = b - stride;
    let sum = 0;
    for (const [one, other] of [
      [a, a - 2],
      [a, a + 2],
      [b, b - 2],
      [b, b + 2],
      [a - 1, c - 1],
      [a, c],
      [a + 1, c + 1],
    ] as const) {
      sum = Math.min(65535, sum + (Math.abs(shorts[one]! - shorts[other]!) >> shift));
    }
    above[x] = sum;
  }
}

interface Place {
  readonly at: number;
  readonly x: number;
  readonly phaseRow: number;
}

/** How lively the picture is around a sample: twelve differences of samples of one colour. */
function livelinessAt({ views, word, stride }: Band, { at, x }: Place): number {
  const { shorts } = views;
  const apart = (one: number, other: number): number => Math.abs(shorts[one]! - shorts[other]!);
  const two = at - 2 * stride;
  const left =
    apart(at - 2, at - 4) +
    apart(at - 3, at - 5) +
    apart(at - 2, two - 2) +
    apart(at - 3, two - 3) +
    apart(two, at - 2);
  const above = new Uint16Array(shorts.buffer, word('above') + 2 * x, 1);
  return above[0]! + (left >> word('activityShift'));
}

function weigh(band: Band, taps: readonly Tap[], set: number, at: number): number {
  const { shorts } = band.views;
  let sum = 0;
  for (const { place, to } of taps) {
    const weight = (set + place) >> 1;
    for (let lane = 0; lane < 8; lane++) {
      sum = (sum + shorts[weight + lane]! * shorts[at + to + lane]!) | 0;
    }
  }
  return sum;
}

/** The whole-number prediction, its signed rest, and the table for the residual. */
interface Guess {
  readonly predicted: number;
  readonly whole: number;
  readonly sign: number;
  readonly lowBits: number;
  readonly table: number;
}

function guessAt(band: Band, place: Place): Guess {
  const { word, views } = band;
  const { words, bytes } = views;
  const lively = livelinessAt(band, place);
  const kind = bytes[word('classOf') + Math.min(lively, 4095)]!;
  const phase = place.phaseRow | (place.x & 1);
  const set = word('weights') + (phase * word('classes') + kind) * word('setBytes');
  const sum = (weigh(band, band.taps, set, place.at) + words[(set + RAW_SET.bias) >> 2]!) | 0;
  const low = -word('offset');
  const high = (1 << word('bits')) - 1 - word('offset');
  const predicted = Math.max(low << 13, Math.min(high << 13, sum));
  const whole = (predicted + 4096) >> 13;
  const rest = predicted - (whole << 13);
  const sign = rest >> 31;

  const spread = word('spreads') + kind * RAW_SPREAD.bytes;
  const level = (whole + word('offset')) >> word('levelShift');
  const activity = Math.min(lively, 32767);
  let expected = weigh(band, band.spreadTaps, spread, place.at);
  expected = (expected + Math.imul(level, words[(spread + RAW_SPREAD.level) >> 2]!)) | 0;
  expected = (expected + Math.imul(activity, words[(spread + RAW_SPREAD.activity) >> 2]!)) | 0;
  expected = Math.max((expected + words[(spread + RAW_SPREAD.bias) >> 2]!) | 0, 1024);
  const top = 31 - Math.clz32(expected);
  const step = (top << 2) + ((expected >> (top - 2)) & 3) - 40;
  const context = words[(word('contexts') >> 2) + step]!;
  const fine = context >>> 24;
  const part = Math.min(((rest ^ sign) - sign) >> (12 - fine), (1 << fine) - 1);
  return {
    predicted,
    whole,
    sign,
    lowBits: (context >> 16) & 255,
    table: (context & 65535) + part,
  };
}

function codeSample(band: Band, place: Place): void {
  const { views, word } = band;
  const guess = guessAt(band, place);
  if (band.isDecoding) views.shorts[place.at] = decodeSample(band, guess);
  else noteSample(band, guess, views.shorts[place.at]!);
  const value = views.shorts[place.at]!;
  const errorBits = word('errorBits');
  const error = Math.abs((value << errorBits) - (guess.predicted >> (13 - errorBits)));
  views.shorts[place.at + band.toMagnitudes] = Math.min(error, 32767);
}

function decodeSample(band: Band, { whole, sign, lowBits, table }: Guess): number {
  const { views, word, states } = band;
  const { words, bytes } = views;
  const state = states.shift()!;
  const slot = state & 16383;
  const entries = (word('tables') >> 2) + table * RAW_TABLE_WORDS;
  let symbol = bytes[word('lookup') + (table << 9) + (slot >> 5)]!;
  while (slot >= (words[entries + symbol + 1]! & 65535)) symbol += 1;
  const entry = words[entries + symbol]!;
  let after = ((entry >>> 16) * (state >>> 14) + slot - (entry & 65535)) >>> 0;
  if (after < 65536) {
    after = ((after << 16) | (views.shorts[band.next >> 1]! & 65535)) >>> 0;
    band.next += 2;
  }
  states.push(after);
  const size = symbol === 127 ? word('bits') : lowBits;
  const more = takeRaw(band, size);
  const folded = ((symbol - 63) << lowBits) | more;
  const value = symbol === 127 ? more - word('offset') : whole + ((folded ^ sign) - sign);
  const high = (1 << word('bits')) - 1 - word('offset');
  band.wrong |= (value + word('offset')) | (high - value);
  return value;
}

function takeRaw(band: Band, size: number): number {
  const { bytes } = band.views;
  let value = 0;
  for (let bit = 0; bit < size; bit++, band.rawBit++) {
    const byte = bytes[band.word('raw') + (band.rawBit >>> 3)]!;
    value |= ((byte >> (band.rawBit & 7)) & 1) << bit;
  }
  return value;
}

function noteSample(band: Band, guess: Guess, value: number): void {
  const { views, word } = band;
  const { whole, sign, lowBits, table } = guess;
  const folded = ((value - whole) ^ sign) - sign;
  let symbol = (folded >> lowBits) + 63;
  let size = lowBits;
  let more = folded & ((1 << lowBits) - 1);
  const entries = (word('tables') >> 2) + table * RAW_TABLE_WORDS;
  if (symbol < 0 || symbol > 126 || views.words[entries + symbol]! >>> 16 === 0) {
    symbol = 127;
    size = word('bits');
    more = value + word('offset');
  }
  const raw = word('raw');
  for (let bit = 0; bit < size; bit++, band.rawBit++) {
    const place = raw + (band.rawBit >>> 3);
    const used = band.rawBit & 7;
    const kept = views.bytes[place]! & ((1 << used) - 1);
    views.bytes[place] = kept | (((more >> bit) & 1) << used);
  }
  const token = (table << 7) | symbol;
  views.words[band.token >> 2] = token;
  band.token += 4;
  const counts = word('counts');
  if (counts !== 0) views.words[(counts >> 2) + token]! += 1;
}

function emitBand({ words, shorts }: Views): void {
  const from = words[RAW_WORD.tokensFrom]!;
  const tables = words[RAW_WORD.tables]! >> 2;
  let next = words[RAW_WORD.wordsEnd]!;
  const states = [65536, 65536, 65536, 65536];
  for (let token = words[RAW_WORD.token]! - 4; token >= from; token -= 4) {
    const value = words[token >> 2]!;
    const entry = words[tables + (value >>> 7) * RAW_TABLE_WORDS + (value & 127)]!;
    const share = entry >>> 16;
    let state = states.pop()!;
    if (state >= share * 2 ** 18) {
      next -= 2;
      shorts[next >> 1] = state;
      state >>>= 16;
    }
    const times = Math.floor(state / share);
    states.unshift(((times << 14) + (state - times * share) + (entry & 65535)) >>> 0);
  }
  words[RAW_WORD.words] = next;
  words.set(states, RAW_WORD.states);
}

function addProducts({ words, reals, doubles }: Views): void {
  const columns = words[RAW_WORD.columns]!;
  const batch = words[RAW_WORD.batch]! >> 2;
  const sums = words[RAW_WORD.sums]! >> 3;
  const lanes = new Float32Array(8);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= (i | 1); j++) {
      lanes.fill(0);
      for (let at = 0; at < 64; at++) {
        const product = Math.fround(reals[batch + i * 64 + at]! * reals[batch + j * 64 + at]!);
        lanes[at & 7] = lanes[at & 7]! + product;
      }
      const four = [0, 1, 2, 3].map((lane) => Math.fround(lanes[lane]! + lanes[lane + 4]!));
      const two = [0, 1].map((lane) => Math.fround(four[lane]! + four[lane + 2]!));
      doubles[sums + i * columns + j]! += Math.fround(two[0]! + two[1]!);
    }
  }
}
