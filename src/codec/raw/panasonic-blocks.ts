import { EXPLICIT } from './block-bytes.ts';

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

/** The bits of one block after another: from the last byte to the first, in each the highest first. */
class Bits {
  readonly #words = new Int32Array(6);
  #at = 0;

  /** Goes to the first bit of a block. */
  open(bytes: Uint8Array, at: number): void {
    for (let word = 0; word < 4; word++) {
      const from = at + 12 - 4 * word;
      this.#words[word] =
        bytes[from]! |
        (bytes[from + 1]! << 8) |
        (bytes[from + 2]! << 16) |
        (bytes[from + 3]! << 24);
    }
    this.#at = 0;
  }

  /** All zeros, to be written. */
  clear(): void {
    this.#words.fill(0);
    this.#at = 0;
  }

  /** The next bits, at most 14; zeros beyond the block. */
  take(count: number): number {
    const word = this.#at >> 5;
    const shift = this.#at & 31;
    this.#at += count;
    const here = (this.#words[word]! << shift) >>> (32 - count);
    const over = shift + count - 32;
    return over <= 0 ? here : here | (this.#words[word + 1]! >>> (32 - over));
  }

  put(value: number, count: number): void {
    const word = this.#at >> 5;
    const over = (this.#at & 31) + count - 32;
    this.#at += count;
    const low = value & ((1 << count) - 1);
    this.#words[word]! |= over <= 0 ? low << -over : low >>> over;
    if (over > 0) this.#words[word + 1]! |= low << (32 - over);
  }

  /** Writes the block. */
  close(bytes: Uint8Array, at: number): void {
    for (let word = 0; word < 4; word++) {
      const from = at + 12 - 4 * word;
      const value = this.#words[word]!;
      bytes[from] = value;
      bytes[from + 1] = value >>> 8;
      bytes[from + 2] = value >>> 16;
      bytes[from + 3] = value >>> 24;
    }
  }
}

/** Of even and odd samples the one before, and whether one was not zero yet: what the next difference counts from. */
interface Tracks {
  readonly before: Int32Array;
  readonly isOpen: Uint8Array;
}

function freshTracks(): Tracks {
  return { before: new Int32Array(2), isOpen: new Uint8Array(2) };
}

/** What a difference of this shift is added to. */
function baseOf(isOld: boolean, next: number, before: number, shift: number): number {
  const middle = 1 << (next - 1 + shift);
  if (!isOld) return shift < 4 && before > middle ? before - middle : 0;
  const base = before - middle;
  return base < 0 || shift === 4 ? base & ((1 << shift) - 1) : base;
}

/** Reads blocks of one kind. */
export interface PanasonicReader {
  /** Two whole samples, then differences, a shift for each three. */
  unpack(bytes: Uint8Array, at: number, samples: Uint16Array): void;
  /** The numbers of a block's shifts, two bits each, the first lowest. */
  shiftsOf(bytes: Uint8Array, at: number): number;
}

/** A reader of blocks of one kind. */
export function panasonicReader(name: PanasonicName): PanasonicReader {
  const { first, next, samples: count } = KINDS[name];
  const isOld = name === 'panasonic-14';
  const bits = new Bits();
  const tracks = freshTracks();
  const { before, isOpen } = tracks;
  /** A sample before which all were zero. */
  const openTrack = (index: number): void => {
    const track = index & 1;
    if (!isOld) {
      before[track] = bits.take(index < 2 ? first : next);
      isOpen[track] = before[track] !== 0 ? 1 : 0;
      return;
    }
    const high = bits.take(8);
    isOpen[track] = high !== 0 ? 1 : 0;
    if (high !== 0 || index > 11) before[track] = (high << 4) | bits.take(4);
  };
  let shifts = 0;
  const unpack: PanasonicReader['unpack'] = (bytes, at, samples) => {
    bits.open(bytes, at);
    before.fill(0);
    isOpen.fill(0);
    shifts = 0;
    let shift = 0;
    let groups = 0;
    for (let index = 0; index < count; index++) {
      const track = index & 1;
      if (index % 3 === 2) {
        const number = bits.take(2);
        shift = SHIFTS[number]!;
        shifts |= number << (2 * groups++);
      }
      if (isOpen[track] === 0) openTrack(index);
      else {
        const step = bits.take(next);
        if (step !== 0 || !isOld) {
          before[track] = baseOf(isOld, next, before[track]!, shift) + (step << shift);
        }
      }
      samples[index] = before[track]!;
    }
  };
  const some = new Uint16Array(count);
  const shiftsOf = (bytes: Uint8Array, at: number): number => {
    unpack(bytes, at, some);
    return shifts;
  };
  return { unpack, shiftsOf };
}

/** Writes blocks with the smallest shift that each three samples allow; rule 1: no difference is a step like others. */
export function panasonicWriter(
  name: PanasonicName,
): (samples: Uint16Array, bytes: Uint8Array, at: number, rule: number) => void {
  const { first, next, samples: count } = KINDS[name];
  const isOld = name === 'panasonic-14';
  const bits = new Bits();
  const tracks = freshTracks();
  const { before, isOpen } = tracks;
  /** The step that gives a sample, or -1. */
  const stepOf = (sample: number, from: number, shift: number, rule: number): number => {
    if (isOld && sample === from && (rule & 1) === 0) return 0;
    const above = sample - baseOf(isOld, next, from, shift);
    const step = above >> shift;
    const isExact = above >= 0 && step << shift === above && step < 1 << next;
    // There a step of nothing says that nothing changes.
    if (isExact && (step > 0 || !isOld)) return step;
    return isOld && sample === from ? 0 : -1;
  };
  const isFirst = (sample: number): boolean => (isOld ? sample >> 4 !== 0 : sample !== 0);
  const isReached = (samples: Uint16Array, index: number, shift: number, rule: number): boolean => {
    for (let at = index; at < index + 3 && at < count; at++) {
      // The third sample follows the first.
      const isThird = at === index + 2;
      const from = isThird ? samples[index]! : before[at & 1]!;
      const isKnown = isOpen[at & 1] !== 0 || (isThird && isFirst(samples[index]!));
      if (isKnown && stepOf(samples[at]!, from, shift, rule) < 0) return false;
    }
    return true;
  };
  const putFirst = (sample: number, index: number): void => {
    if (!isOld) bits.put(sample, index < 2 ? first : next);
    else {
      bits.put(sample >> 4, 8);
      if (sample >> 4 !== 0 || index > 11) bits.put(sample & 15, 4);
    }
  };
  return (samples, bytes, at, rule) => {
    bits.clear();
    before.fill(0);
    isOpen.fill(0);
    let shift = 0;
    for (let index = 0; index < count; index++) {
      if (index % 3 === 2) {
        const isTold = (rule & EXPLICIT) !== 0;
        let number = isTold ? (rule >> ((2 * (index + 1)) / 3)) & 3 : 0;
        while (!isTold && number < 3 && !isReached(samples, index, SHIFTS[number]!, rule)) {
          number += 1;
        }
        shift = SHIFTS[number]!;
        bits.put(number, 2);
      }
      const track = index & 1;
      const sample = samples[index]!;
      if (isOpen[track] === 0) putFirst(sample, index);
      else bits.put(Math.max(0, stepOf(sample, before[track]!, shift, rule)), next);
      if (isFirst(sample)) isOpen[track] = 1;
      before[track] = sample;
    }
    bits.close(bytes, at);
  };
}
