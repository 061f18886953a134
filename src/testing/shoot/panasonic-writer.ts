import { BitText } from './bit-text.ts';
import type { SensorFrame } from './camera.ts';
import type { CodedFrame } from './sony-writer.ts';

/** Packings of Panasonic bodies by the number in their files, and the samples of one block of 16 bytes. */
export type PanasonicFormat = 4 | 5 | 6 | 7;

/** Steps of the differences of three samples. */
const STEPS = [1, 2, 4, 16] as const;

/** Samples of a block. */
export function panasonicBlock(format: PanasonicFormat, bits: 12 | 14): number {
  if (format === 4) return 14;
  if (format === 6) return bits === 14 ? 11 : 14;
  return bits === 14 ? 9 : 10;
}

/**
 * Codes samples as Panasonic bodies do; the width is a multiple of the block's samples. Simulated: made from public
 * descriptions, compared with no body's file.
 */
export function encodePanasonic(frame: SensorFrame, format: PanasonicFormat): CodedFrame {
  const { samples, bits } = frame;
  const size = panasonicBlock(format, bits);
  const blocks: Uint8Array[] = [];
  const stored: number[] = [];
  for (let at = 0; at < samples.length; at += size) {
    const values = [...samples.subarray(at, at + size)];
    const coded = format === 4 || format === 6 ? codeSteps(values, format, bits) : null;
    blocks.push(coded === null ? codeWhole(values, bits) : coded.bytes);
    stored.push(...(coded === null ? values : coded.kept));
  }
  const all = new Uint8Array(blocks.length * 16);
  blocks.forEach((block, index) => {
    all.set(block, index * 16);
  });
  return { bytes: format < 6 ? turned(all) : all, stored: Uint16Array.from(stored) };
}

/** In each 16 KB the last 8,184 bytes come first. */
function turned(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 0x4000) * 0x4000);
  for (let at = 0; at < bytes.length; at++) {
    const inside = at % 0x4000;
    whole[at - inside + ((inside + 0x1ff8) % 0x4000)] = bytes[at]!;
  }
  return whole;
}

/** Whole samples, the lowest bit first. */
function codeWhole(values: readonly number[], bits: number): Uint8Array {
  let word = 0n;
  values.forEach((value, index) => {
    word |= BigInt(value) << BigInt(index * bits);
  });
  return Uint8Array.from({ length: 16 }, (_byte, at) => Number((word >> BigInt(8 * at)) & 255n));
}

/** Two whole samples and differences; what a step cannot say is lost. */
function codeSteps(
  values: readonly number[],
  format: 4 | 6,
  bits: 12 | 14,
): { readonly bytes: Uint8Array; readonly kept: readonly number[] } {
  const wide = bits === 14 && format === 6 ? 10 : 8;
  const text = new BitText();
  const kept: number[] = [];
  for (let index = 0; index < values.length; index++) {
    if (index % 3 === 2) {
      text.addNumber(stepNumber(values, kept, { index, wide, format }), 2);
    }
    const value = values[index]!;
    if (index < 2) {
      // A body never has a sample so dark that a difference could not follow it.
      const first = Math.max(value, 16);
      text.addNumber(first, wide + 4);
      kept.push(first);
      continue;
    }
    const number = stepNumber(values, kept, { index: index - ((index + 1) % 3), wide, format });
    const { code, result } = codeOne(value, kept[index - 2]!, {
      step: STEPS[number]!,
      wide,
      format,
    });
    text.addNumber(code, wide);
    kept.push(result);
  }
  const bytes = new Uint8Array(16);
  bytes.set(text.end());
  return { bytes: bytes.reverse(), kept };
}

interface Manner {
  readonly step: number;
  readonly wide: number;
  readonly format: 4 | 6;
}

/** The smallest step that reaches all three samples. */
function stepNumber(
  values: readonly number[],
  kept: readonly number[],
  by: { readonly index: number; readonly wide: number; readonly format: 4 | 6 },
): number {
  const { index, wide, format } = by;
  for (let number = 0; number < 3; number++) {
    const results = kept.slice(0, index);
    const isReached = [0, 1, 2].every((more) => {
      const value = values[index + more];
      if (value === undefined) return true;
      const manner = { step: STEPS[number]!, wide, format };
      const { result } = codeOne(value, results[index + more - 2]!, manner);
      results.push(result);
      return Math.abs(result - value) < STEPS[number]!;
    });
    if (isReached) return number;
  }
  return 3;
}

/** The code of the nearest sample at or below, and that sample. */
function codeOne(
  value: number,
  before: number,
  { step, wide, format }: Manner,
): { readonly code: number; readonly result: number } {
  const middle = 2 ** (wide - 1) * step;
  let base = before - middle;
  if (format === 6) base = step < 16 && base > 0 ? base : 0;
  else if (base < 0 || step === 16) base = ((base % step) + step) % step;
  // Nothing means "as before" in format 4: a code of at least one is used.
  const least = format === 4 ? 1 : 0;
  const code = Math.max(least, Math.min(2 ** wide - 1, Math.floor((value - base) / step)));
  return { code, result: base + code * step };
}
