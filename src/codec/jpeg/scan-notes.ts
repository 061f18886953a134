/** The longest run of ended bands there can be (T.81 G.1.2.2). */
export const RUN_MAX = 0x7fff;

/** What a scan's bytes have that does not follow from its coefficients. Lists are in the order of the scan. */
export interface ScanNotes {
  /** MCUs that were read; what stands behind them is kept as it is. */
  mcus: number;
  /** The bits that fill up the last byte of each restart interval, as a number. */
  readonly pads: number[];
  /** How many bits those are. Not written down: the writer knows them when it gets there. */
  readonly padSizes: number[];
  /** Restart markers out of turn: number of the marker in the scan, the marker's last byte. */
  readonly oddRestarts: [number, number][];
  /** Blocks that end in needless zero runs: number of the block in the scan, how many runs. */
  readonly zeroRuns: [number, number][];
  /** The longest run of ended bands: no other grows beyond it. Some writers never join any. */
  runMax: number;
  /** Blocks at which a run of ended bands follows upon another without need, and the length of that other. */
  readonly runBreaks: [number, number][];
}

/** Notes with nothing in them. */
export function noNotes(): ScanNotes {
  return {
    mcus: 0,
    pads: [],
    padSizes: [],
    oddRestarts: [],
    zeroRuns: [],
    runMax: 0,
    runBreaks: [],
  };
}

/** Values from 0 to 2^32 - 1 to be written, seven bits a byte, lowest first. */
export function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** Where numbers are read from. */
export interface NumberSource {
  readonly bytes: Uint8Array;
  at: number;
}

/** Reads what {@link pushNumber} wrote; null where the bytes end or the number has more than 32 bits. */
export function takeNumber(source: NumberSource): number | null {
  let value = 0;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = source.bytes[source.at];
    if (byte === undefined) return null;
    source.at += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return value < 2 ** 32 ? value : null;
  }
  return null;
}

/** How the padding bits are written down: all ones, all zeros, or each by itself. */
const PADS = { ones: 0, zeros: 1, each: 2 };

/** Notes as bytes. */
export function pushNotes(bytes: number[], notes: ScanNotes): void {
  pushNumber(bytes, notes.mcus);
  const { pads, padSizes } = notes;
  if (pads.every((pad, index) => pad === (1 << padSizes[index]!) - 1)) bytes.push(PADS.ones);
  else if (pads.every((pad) => pad === 0)) bytes.push(PADS.zeros);
  else bytes.push(PADS.each, ...numbersOf([pads.length, ...pads]));
  pushPairs(bytes, notes.oddRestarts);
  pushPairs(bytes, notes.zeroRuns);
  pushNumber(bytes, notes.runMax);
  const breaks = notes.runBreaks.filter(([, length]) => length < notes.runMax);
  pushPairs(
    bytes,
    breaks.map(([block]) => [block, 0]),
  );
}

function numbersOf(values: readonly number[]): number[] {
  const bytes: number[] = [];
  for (const value of values) pushNumber(bytes, value);
  return bytes;
}

function pushPairs(bytes: number[], pairs: readonly (readonly [number, number])[]): void {
  pushNumber(bytes, pairs.length);
  let before = 0;
  for (const [place, value] of pairs) {
    pushNumber(bytes, place - before);
    pushNumber(bytes, value);
    before = place;
  }
}

/** Notes of one scan as its writer needs them: each list is walked once. */
export interface ReadNotes {
  readonly mcus: number;
  /** 'ones', 'zeros', or the pads of the intervals in turn. */
  readonly pads: 'ones' | 'zeros' | readonly number[];
  readonly oddRestarts: ReadonlyMap<number, number>;
  readonly zeroRuns: ReadonlyMap<number, number>;
  readonly runMax: number;
  readonly runBreaks: ReadonlyMap<number, number>;
}

/** Reads what {@link pushNotes} wrote; null where the bytes are no notes. */
export function takeNotes(source: NumberSource): ReadNotes | null {
  const mcus = takeNumber(source);
  const pads = takePads(source);
  const oddRestarts = takePairs(source);
  const zeroRuns = takePairs(source);
  const runMax = takeNumber(source);
  const runBreaks = takePairs(source);
  if (mcus === null || pads === null || runMax === null || runMax > RUN_MAX) return null;
  if (oddRestarts === null || zeroRuns === null || runBreaks === null) return null;
  return { mcus, pads, oddRestarts, zeroRuns, runMax, runBreaks };
}

function takePads(source: NumberSource): ReadNotes['pads'] | null {
  const kind = takeNumber(source);
  if (kind === PADS.ones) return 'ones';
  if (kind === PADS.zeros) return 'zeros';
  const count = kind === PADS.each ? takeCount(source) : null;
  if (count === null) return null;
  const pads: number[] = [];
  for (let index = 0; index < count; index++) {
    const pad = takeNumber(source);
    if (pad === null || pad > 127) return null;
    pads.push(pad);
  }
  return pads;
}

/** A length of a list: each of its members has at least one byte yet to come. */
function takeCount(source: NumberSource): number | null {
  const count = takeNumber(source);
  return count === null || count > source.bytes.length - source.at ? null : count;
}

function takePairs(source: NumberSource): ReadonlyMap<number, number> | null {
  const count = takeCount(source);
  if (count === null) return null;
  const pairs = new Map<number, number>();
  let place = 0;
  for (let index = 0; index < count; index++) {
    const step = takeNumber(source);
    const value = takeNumber(source);
    if (step === null || value === null) return null;
    place += step;
    pairs.set(place, value);
  }
  return pairs;
}
