import { BLOCK_BYTES } from './block-bytes.ts';

/** Bits of the two first samples, of the differences, and of the whole in which a coarse step has no base any more. */
const KINDS = {
  'panasonic-14': { first: 12, next: 8, samples: 14 },
  'panasonic-14-of-12': { first: 12, next: 8, samples: 14 },
  'panasonic-11-of-14': { first: 14, next: 10, samples: 11 },
} as const;

/** A kind of Panasonic's blocks. */
export type PanasonicName = keyof typeof KINDS;

/** Shifts of the differences of three samples, by their number. */
const SHIFTS = [0, 1, 2, 4] as const;

/** The bits of a block: from the last byte to the first, in each the highest first. */
class Bits {
  readonly block: Uint8Array;
  at = 0;

  constructor(block: Uint8Array) {
    this.block = block;
  }

  take(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      const room = 8 - (this.at & 7);
      const size = Math.min(room, left);
      const byte = this.block[BLOCK_BYTES - 1 - (this.at >> 3)] ?? 0;
      value = (value << size) | ((byte >> (room - size)) & ((1 << size) - 1));
      this.at += size;
      left -= size;
    }
    return value;
  }

  put(value: number, count: number): void {
    for (let left = count; left > 0; ) {
      const room = 8 - (this.at & 7);
      const size = Math.min(room, left);
      const part = (value >> (left - size)) & ((1 << size) - 1);
      const index = BLOCK_BYTES - 1 - (this.at >> 3);
      if (index >= 0) this.block[index]! |= part << (room - size);
      this.at += size;
      left -= size;
    }
  }
}

/** What the next difference of even or odd samples counts from. */
interface Track {
  /** The sample before, and whether one was not zero yet. */
  before: number;
  isOpen: boolean;
}

function freshTracks(): readonly [Track, Track] {
  return [
    { before: 0, isOpen: false },
    { before: 0, isOpen: false },
  ];
}

/** What a difference of this shift is added to. */
function baseOf(name: PanasonicName, before: number, shift: number): number {
  const { next } = KINDS[name];
  const middle = 1 << (next - 1 + shift);
  if (name !== 'panasonic-14') return shift < 4 && before > middle ? before - middle : 0;
  const base = before - middle;
  return base < 0 || shift === 4 ? base & ((1 << shift) - 1) : base;
}

/** Reads a block: two whole samples, then differences, a shift for each three. */
export function unpackPanasonic(
  name: PanasonicName,
  block: Uint8Array,
  samples: Uint16Array,
): void {
  const bits = new Bits(block);
  const { next, samples: count } = KINDS[name];
  const tracks = freshTracks();
  let shift = 0;
  for (let index = 0; index < count; index++) {
    if (index % 3 === 2) shift = SHIFTS[bits.take(2)]!;
    const track = tracks[index & 1]!;
    if (!track.isOpen) openTrack(name, bits, { track, index });
    else {
      const step = bits.take(next);
      if (step !== 0 || name !== 'panasonic-14') {
        track.before = baseOf(name, track.before, shift) + (step << shift);
      }
    }
    samples[index] = track.before;
  }
}

/** Reads a sample before which all were zero. */
function openTrack(
  name: PanasonicName,
  bits: Bits,
  { track, index }: { readonly track: Track; readonly index: number },
): void {
  const { first, next } = KINDS[name];
  if (name !== 'panasonic-14') {
    track.before = bits.take(index < 2 ? first : next);
    track.isOpen = track.before !== 0;
    return;
  }
  const high = bits.take(8);
  track.isOpen = high !== 0;
  if (track.isOpen || index > 11) track.before = (high << 4) | bits.take(4);
}

/** Writes a block with the smallest shift that each three samples allow. */
export function packPanasonic(
  name: PanasonicName,
  { samples, rule }: { readonly samples: Uint16Array; readonly rule: number },
  block: Uint8Array,
): void {
  block.fill(0);
  const bits = new Bits(block);
  const { next, samples: count } = KINDS[name];
  const tracks = freshTracks();
  let shift = 0;
  for (let index = 0; index < count; index++) {
    if (index % 3 === 2) {
      const number = shiftFor(name, { samples, rule, index, tracks });
      shift = SHIFTS[number]!;
      bits.put(number, 2);
    }
    const track = tracks[index & 1]!;
    const sample = samples[index]!;
    if (track.isOpen) bits.put(Math.max(0, stepOf(name, { sample, track, shift, rule })), next);
    else putFirst(name, bits, { sample, index });
    follow(name, track, sample);
  }
}

function putFirst(
  name: PanasonicName,
  bits: Bits,
  { sample, index }: { readonly sample: number; readonly index: number },
): void {
  const { first, next } = KINDS[name];
  if (name !== 'panasonic-14') bits.put(sample, index < 2 ? first : next);
  else {
    bits.put(sample >> 4, 8);
    if (sample >> 4 !== 0 || index > 11) bits.put(sample & 15, 4);
  }
}

function follow(name: PanasonicName, track: Track, sample: number): void {
  const isFirst = name === 'panasonic-14' ? sample >> 4 !== 0 : sample !== 0;
  track.isOpen ||= isFirst;
  track.before = sample;
}

/** The number that gives a sample, or -1. */
function stepOf(
  name: PanasonicName,
  by: {
    readonly sample: number;
    readonly track: Track;
    readonly shift: number;
    readonly rule: number;
  },
): number {
  const { sample, track, shift, rule } = by;
  if (name === 'panasonic-14' && sample === track.before && rule === 0) return 0;
  const above = sample - baseOf(name, track.before, shift);
  const step = above >> shift;
  const isExact = above >= 0 && step << shift === above && step < 1 << KINDS[name].next;
  // There a step of nothing says that nothing changes.
  if (isExact && (step > 0 || name !== 'panasonic-14')) return step;
  return name === 'panasonic-14' && sample === track.before ? 0 : -1;
}

function shiftFor(
  name: PanasonicName,
  by: {
    readonly samples: Uint16Array;
    readonly rule: number;
    readonly index: number;
    readonly tracks: readonly [Track, Track];
  },
): number {
  const { samples, rule, index } = by;
  for (let number = 0; number < SHIFTS.length; number++) {
    const tracks = by.tracks.map((track) => ({ ...track }));
    let isGood = true;
    for (let at = index; at < index + 3 && at < samples.length && isGood; at++) {
      const track = tracks[at & 1]!;
      const sample = samples[at]!;
      if (track.isOpen) isGood = stepOf(name, { sample, track, shift: SHIFTS[number]!, rule }) >= 0;
      follow(name, track, sample);
    }
    if (isGood) return number;
  }
  return 0;
}
