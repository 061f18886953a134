import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash32, plainRawKernel, type RawKernel, rawKernel } from '../../kernels/index.ts';
import { readNumbers } from '../numbers.ts';
import { type CodedPlane, decodePlane } from './decode-samples.ts';
import { encodePlane, type Reference } from './encode-samples.ts';
import { matchFrames } from './match-frames.ts';
import { parseModel, sharesOf } from './sample-model.ts';
import { planBands, type SamplePlane, scaleOf } from './sample-plane.ts';
import { trainModel } from './train-model.ts';

type Make = (memoryBytes: number) => RawKernel;

interface Choice {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly look: 'noise' | 'slope' | 'flat' | 'edges' | 'extremes';
}

const choices: fc.Arbitrary<Choice> = fc.record({
  seed: fc.nat(),
  width: fc.integer({ min: 16, max: 70 }),
  height: fc.integer({ min: 16, max: 50 }),
  bits: fc.integer({ min: 8, max: 16 }),
  look: fc.constantFrom('noise', 'slope', 'flat', 'edges', 'extremes'),
});

function planeOf({ seed, width, height, bits, look }: Choice): SamplePlane {
  const most = 2 ** bits - 1;
  const samples = Uint16Array.from({ length: width * height }, (_sample, at) => {
    const x = at % width;
    const y = Math.floor(at / width);
    const noise = hash32(seed, at);
    if (look === 'noise') return noise & most;
    if (look === 'flat') return seed & most;
    if (look === 'extremes') return (noise & 1) * most;
    const slope = ((x + 2 * y) * most) / (width + 2 * height);
    if (look === 'slope') return Math.floor(slope * 0.9 + (noise & 7));
    return hash32(seed, x >> 3, y >> 3) & 1 ? Math.floor(most * 0.9) : noise & 15;
  });
  return { width, height, bits, samples };
}

function encode(plane: SamplePlane, make: Make): CodedPlane {
  const { model } = trainModel(plane, null, make);
  return encodePlane(plane, { alone: model, together: null }, make);
}

function decode(plane: SamplePlane, coded: CodedPlane, make: Make): Uint16Array | null {
  const empty = { ...plane, samples: new Uint16Array(plane.samples.length) };
  return decodePlane(empty, coded, null, make) ? empty.samples : null;
}

describe('samples of a plane', () => {
  test('come back whatever they are, at every depth and size', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const plane = planeOf(choice);
        expect(decode(plane, encode(plane, rawKernel), rawKernel)).toEqual(plane.samples);
      }),
      { numRuns: 120 },
    );
  });

  test('give the same bytes by the compiled kernels and by their plain twin', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const plane = planeOf(choice);
        const compiled = encode(plane, rawKernel);
        expect(encode(plane, plainRawKernel)).toEqual(compiled);
        expect(decode(plane, compiled, plainRawKernel)).toEqual(plane.samples);
      }),
      { numRuns: 25 },
    );
  });

  test('do not come back by a twin in which one step is changed', () => {
    const plane = planeOf({ seed: 5, width: 40, height: 40, bits: 12, look: 'slope' });
    const changed: Make = (bytes) => {
      const kernel = plainRawKernel(bytes);
      const words = new Int32Array(kernel.memory);
      const decodeBand = (): void => {
        words[7] = 3;
        kernel.decodeBand();
      };
      return { ...kernel, decodeBand };
    };
    const coded = encode(plane, rawKernel);
    expect(decode(plane, coded, plainRawKernel)).toEqual(plane.samples);
    expect(decode(plane, coded, changed)).not.toEqual(plane.samples);
  });

  test('in several bands come back, and damage in one is found', () => {
    const plane = planeOf({ seed: 1, width: 2700, height: 1600, bits: 12, look: 'slope' });
    const coded = encode(plane, rawKernel);
    expect(coded.coded).toHaveLength(2);
    expect(decode(plane, coded, rawKernel)).toEqual(plane.samples);
    const words = coded.coded[1]!.words.slice();
    words[500]! ^= 4;
    const second = { ...coded.coded[1]!, words };
    expect(decode(plane, { ...coded, coded: [coded.coded[0]!, second] }, rawKernel)).toBeNull();
  });
});

describe('another frame of a burst', () => {
  /** Strong texture that a frame alone cannot foretell, moved by whole cells of the colour filter. */
  function textured(dx: number, dy: number, seed: number): SamplePlane {
    const [width, height] = [320, 240];
    const samples = Uint16Array.from({ length: width * height }, (_sample, at) => {
      const x = (at % width) + dx;
      const y = Math.floor(at / width) + dy;
      const blob = hash32(7, (x + 1000) >> 4, (y + 1000) >> 4) & 511;
      return 1000 + blob + (hash32(3, x + 1000, y + 1000) & 511) + (hash32(seed, at) & 15);
    });
    return { width, height, bits: 12, samples };
  }

  const plane = textured(0, 0, 1);
  const bytesOf = ({ coded }: CodedPlane): number =>
    coded.reduce((sum, { words, raw }) => sum + words.length + raw.length, 0);

  function pair(other: SamplePlane): {
    alone: CodedPlane;
    together: CodedPlane;
    reference: Reference;
  } {
    const shifts = matchFrames(plane, other, planBands(plane.width, plane.height));
    const reference = { plane: other, shifts };
    const { model } = trainModel(plane, null);
    const beside = { model: trainModel(plane, reference).model, reference };
    const alone = encodePlane(plane, { alone: model, together: null });
    return { alone, together: encodePlane(plane, { alone: model, together: beside }), reference };
  }

  test('is found where it has moved, and makes texture smaller', () => {
    const { alone, together, reference } = pair(textured(6, -10, 2));
    expect(reference.shifts).toEqual([{ dx: -6, dy: 10 }]);
    expect(bytesOf(together)).toBeLessThan(bytesOf(alone) * 0.75);
    const empty = { ...plane, samples: new Uint16Array(plane.samples.length) };
    expect(decodePlane(empty, together, reference.plane)).toBe(true);
    expect(empty.samples).toEqual(plane.samples);
    expect(decodePlane(empty, together, null)).toBe(false);
    expect(decodePlane(empty, together, textured(0, 0, 9))).toBe(false);
  });

  test('that shows something else is not used', () => {
    const other = planeOf({ seed: 77, width: 320, height: 240, bits: 12, look: 'noise' });
    const { alone, together } = pair(other);
    expect(together.coded.every(({ shift }) => shift === null)).toBe(true);
    expect(bytesOf(together)).toBe(bytesOf(alone));
  });
});

describe('models from hostile numbers', () => {
  test('are none, or do not harm: decoding ends and stays in its memory', () => {
    const plane = planeOf({ seed: 9, width: 32, height: 32, bits: 12, look: 'edges' });
    const { errorBits } = scaleOf(12);
    const trained = trainModel(plane, null);
    const coded = encodePlane(plane, { alone: trained.model, together: null });
    const change = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 8 });
    let parsed = 0;
    fc.assert(
      fc.property(change, (changes) => {
        const numbers = trained.numbers.slice();
        for (const [place, value] of changes) numbers[place % numbers.length] = value;
        const model = parseModel(readNumbers(numbers), errorBits);
        if (model === null) return;
        parsed += 1;
        decode(plane, { ...coded, models: [model, null] }, rawKernel);
      }),
      { numRuns: 300 },
    );
    expect(parsed).toBeGreaterThan(50);
  });

  test('have tables whose shares always make a whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 128, maxLength: 128 }), (logs) => {
        const shares = sharesOf(logs.map((log) => Math.min(log, 113)));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(16_384);
        expect(shares[127]).toBeGreaterThan(0);
      }),
    );
  });
});
