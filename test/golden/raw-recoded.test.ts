import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BlobId, FieldVaultError, parseBlobId } from '../../src/base/index.ts';
import {
  decodeRaw,
  describeRaw,
  encodeRaw,
  isRawRecoded,
  type RawDependency,
  rawDependencies,
} from '../../src/codec/index.ts';
import { plainRawKernel } from '../../src/kernels/index.ts';
import { type MakerCoding, renderPreviews, writeDng } from '../../src/testing/index.ts';
import { sha256 } from './codec-outcome.ts';
import { changes, damage } from './damage.ts';
import { goldenFile, outcomeOf } from './golden-file.ts';
import { FACTS, type MadeRaw, makeFrame, makeRaw } from './make-raw.ts';

const BASE = { width: 128, height: 96, bits: 14, iso: 400, cfa: 'RGGB', order: 'II' } as const;
const LARGE = { width: 192, height: 128, bits: 12, iso: 64 } as const;
const FINE = { ...BASE, ...LARGE, width: 256 } as const;
const lossless = (
  components: 1 | 2,
  predictor: 1 | 2 | 3 | 4 | 5 | 6 | 7,
  tileSize: number | null,
) =>
  ({
    kind: 'dng',
    layout: { kind: 'lossless-jpeg', components, predictor, tileSize },
  }) as const;

const maker = (coding: MakerCoding) => ({ kind: 'maker', coding }) as const;

/** Files whose containers are kept: every one must be decoded for ever. */
const KEPT: Readonly<Record<string, MadeRaw>> = {
  nef: { ...BASE, seed: 1, format: { kind: 'nef' } },
  packed: { ...BASE, seed: 2, order: 'MM', format: { kind: 'dng', layout: { kind: 'packed' } } },
  nef12: { ...BASE, seed: 3, bits: 12, cfa: 'GBRG', format: { kind: 'nef' } },
  tiles: { ...BASE, ...LARGE, seed: 4, format: lossless(2, 1, 64) },
  strip: { ...BASE, ...LARGE, seed: 5, format: lossless(1, 6, null) },
  nikon: { ...BASE, ...LARGE, seed: 7, bits: 14, format: { kind: 'nef-lossless' } },
  slices: {
    ...{ ...BASE, seed: 6, bits: 12, width: 160, height: 100 },
    format: { kind: 'cr2', components: 2, slices: [60, 60, 40] },
  },
  sony: { ...FINE, bits: 14, seed: 10, format: maker({ kind: 'sony-blocks' }) },
  cells: { ...FINE, bits: 14, seed: 11, format: maker({ kind: 'sony-lossless' }) },
  split: { ...FINE, seed: 12, format: maker({ kind: 'nikon-lossy', split: 50 }) },
  pentax: { ...FINE, seed: 13, format: maker({ kind: 'pentax' }) },
  olympus: { ...FINE, seed: 14, format: maker({ kind: 'olympus' }) },
  panasonic4: { ...FINE, seed: 15, width: 252, format: maker({ kind: 'panasonic', format: 4 }) },
  panasonic6: {
    ...{ ...FINE, seed: 16, bits: 14, width: 264 },
    format: maker({ kind: 'panasonic', format: 6 }),
  },
  tens: { ...FINE, seed: 17, width: 260, format: maker({ kind: 'nikon-tens' }) },
  crw: { ...FINE, seed: 18, format: { kind: 'crw' } },
  small: { ...FINE, seed: 19, format: { kind: 'small-cr2', rowsEach: 2, slices: [96, 96, 64] } },
};

const formats: fc.Arbitrary<MadeRaw['format']> = fc.oneof(
  fc.constantFrom('nef', 'nef-lossless').map((kind) => ({ kind }) as const),
  fc.constantFrom('words', 'packed').map((kind) => ({ kind: 'dng', layout: { kind } }) as const),
  fc
    .tuple(
      fc.constantFrom<1 | 2>(1, 2),
      fc.constantFrom<1 | 2 | 3 | 4 | 5 | 6 | 7>(1, 2, 3, 4, 5, 6, 7),
      fc.constantFrom(null, 32, 48, 64),
    )
    .map((choice) => lossless(...choice)),
  fc
    .tuple(fc.constantFrom<2 | 4>(2, 4), fc.integer({ min: 1, max: 3 }))
    .map(([components, count]) => ({ kind: 'cr2', components, slices: [count] }) as const),
);

const made: fc.Arbitrary<MadeRaw> = fc
  .record({
    seed: fc.nat(),
    width: fc.integer({ min: 16, max: 40 }).map((quarter) => quarter * 4),
    height: fc.integer({ min: 32, max: 60 }).map((half) => half * 2),
    bits: fc.constantFrom<12 | 14>(12, 14),
    iso: fc.constantFrom(64, 400, 6400),
    cfa: fc.constantFrom('RGGB', 'BGGR', 'GRBG', 'GBRG'),
    order: fc.constantFrom('II', 'MM'),
    format: formats,
  })
  .map((one): MadeRaw => {
    if (one.format.kind !== 'cr2') return one;
    // So many slices of equal even width and the rest.
    const count = one.format.slices[0] ?? 1;
    const each = Math.floor(one.width / count / 2) * 2;
    const equal = new Array<number>(count - 1).fill(each);
    return {
      ...one,
      format: { ...one.format, slices: [...equal, one.width - each * (count - 1)] },
    };
  });

function idOf(bytes: Uint8Array): BlobId {
  const id = parseBlobId(sha256(bytes));
  if (id === null) throw new Error('no digest');
  return id;
}

/** The container, or a failure where there is none. */
function encoded(bytes: Uint8Array): Uint8Array {
  const container = encodeRaw(bytes);
  if (container === null) throw new Error('it was not recoded');
  return container;
}

function outcome(container: Uint8Array, dependencies: readonly RawDependency[] = []) {
  return outcomeOf(() => decodeRaw(container, { dependencies }));
}

describe('containers of version 1', () => {
  const golden = goldenFile('raw-recoded-1.json', () =>
    Object.entries(KEPT).map(([name, one]) => {
      const bytes = makeRaw(one);
      return [name, { bytes, container: encoded(bytes) }] as const;
    }),
  );
  test.each(Object.keys(KEPT))('%s decodes to the digest that was written down', (name) => {
    const kept = golden[name];
    const container = kept?.container ?? new Uint8Array(0);
    expect(sha256(decodeRaw(container))).toBe(kept?.sha256);
    expect(sha256(decodeRaw(container, { kernel: plainRawKernel }))).toBe(kept?.sha256);
    // The same file made today: no larger by more than half a per cent.
    const one = KEPT[name];
    if (one === undefined) throw new Error('no such file');
    expect(sha256(makeRaw(one))).toBe(kept?.sha256);
    expect(encoded(makeRaw(one)).length).toBeLessThanOrEqual(container.length * 1.005);
  });
});

describe('made RAW files of every layout', () => {
  test('each one that is uncompressed is recoded; all come back', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(made, (one) => {
        const bytes = makeRaw(one);
        const container = encodeRaw(bytes);
        const isPlain =
          one.format.kind === 'nef' ||
          (one.format.kind === 'dng' && one.format.layout.kind !== 'lossless-jpeg');
        if (isPlain) expect(container).not.toBeNull();
        if (container === null) return;
        kinds.add(one.format.kind === 'dng' ? one.format.layout.kind : one.format.kind);
        expect(isRawRecoded(container)).toBe(true);
        expect(container.length).toBeLessThan(bytes.length);
        expect(decodeRaw(container)).toEqual(bytes);
      }),
      { numRuns: 40 },
    );
    expect(kinds.size).toBeGreaterThanOrEqual(3);
  }, 120_000);

  test.each([1, 2, 3, 4, 5, 6, 7] as const)(
    'lossless JPEG of predictor %i is understood',
    (kind) => {
      for (const components of [1, 2] as const) {
        for (const tileSize of [null, 128]) {
          const size = { width: 512, height: 384, bits: 12, iso: 64 } as const;
          const one = {
            ...BASE,
            ...size,
            seed: kind,
            format: lossless(components, kind, tileSize),
          };
          const bytes = makeRaw(one);
          expect(decodeRaw(encoded(bytes))).toEqual(bytes);
        }
      }
    },
  );

  test('surgery: bytes changed, put in, cut out and added give the same file back, or null', () => {
    const knife = fc.record({ changes, at: fc.nat(), cut: fc.nat({ max: 30 }) });
    let recoded = 0;
    fc.assert(
      fc.property(made, knife, (one, { changes: flips, at, cut }) => {
        const bytes = damage(makeRaw(one), flips);
        const place = at % bytes.length;
        const parts = [
          bytes.subarray(0, place),
          bytes.subarray(place + cut),
          bytes.subarray(0, cut),
        ];
        const operated = new Uint8Array(Buffer.concat(parts));
        const container = encodeRaw(operated);
        if (container === null) return;
        recoded += 1;
        expect(decodeRaw(container)).toEqual(operated);
      }),
      { numRuns: 150 },
    );
    expect(recoded).toBeGreaterThan(20);
  }, 120_000);

  test('the digest that is given is kept in the container, and the length of the file around it', () => {
    const bytes = makeRaw(KEPT['nef'] as MadeRaw);
    const digest = createHash('sha256').update(bytes).digest();
    const container = encodeRaw(bytes, { digest });
    expect(container?.length).toBeGreaterThan(encoded(bytes).length);
    expect(decodeRaw(container ?? new Uint8Array(0))).toEqual(bytes);
  });

  test('previews that are kept apart are asked for, and must be the same', async () => {
    const frame = makeFrame({
      ...BASE,
      seed: 31,
      width: 640,
      height: 480,
      format: { kind: 'nef' },
    });
    const previews = await renderPreviews(frame, false);
    for (const layout of [{ kind: 'words' }, lossless(2, 1, 128).layout] as const) {
      const bytes = writeDng(frame, { facts: FACTS, previews, layout });
      const container = encodeRaw(bytes, { previews: 'apart' });
      if (container === null) throw new Error('it was not recoded');
      const apart = (describeRaw(container)?.apart ?? []).map(({ offset, length }) =>
        bytes.subarray(offset, offset + length),
      );
      expect(apart).toEqual([previews.full]);
      expect(decodeRaw(container, { previews: apart })).toEqual(bytes);
      expect(outcome(container)).toBe('DAMAGED');
      const wrong = apart.map((preview) => damage(preview, [[300, 1]]));
      expect(() => decodeRaw(container, { previews: wrong })).toThrow(FieldVaultError);
    }
  });

  test('other files are null', () => {
    for (const text of ['', 'II', 'II*\0', 'no RAW file at all, but long enough for a header']) {
      expect(encodeRaw(new TextEncoder().encode(text))).toBeNull();
    }
  });
});

describe('frames of a burst', () => {
  const first: MadeRaw = {
    ...BASE,
    ...{ seed: 20, iso: 64, width: 640, height: 480, format: { kind: 'nef' } },
  };
  const next: MadeRaw = { ...first, shot: { x: 4.2, y: -2.1, noiseSeed: 5 } };
  const sibling = { id: idOf(makeRaw(first)), bytes: makeRaw(first) };
  const bytes = makeRaw(next);

  test('are smaller beside a sibling, and need exactly it', () => {
    const container = encodeRaw(bytes, { sibling });
    if (container === null) throw new Error('it was not recoded');
    expect(container.length).toBeLessThan(encoded(bytes).length);
    expect(rawDependencies(container)).toEqual([sibling.id]);
    expect(outcome(container, [sibling])).toEqual(bytes);
    expect(outcome(container)).toBe('DAMAGED');
    const wrong = damage(sibling.bytes, [[sibling.bytes.length - 50_001, 64]]);
    expect(outcome(container, [{ id: sibling.id, bytes: wrong }])).toBe('DAMAGED');
    expect(outcome(container, [{ id: sibling.id, bytes: bytes.subarray(1) }])).toBe('DAMAGED');
  });

  test('need nobody where the sibling is of no use', () => {
    const other = makeRaw({ ...first, seed: 99, width: 64, height: 64 });
    const container = encodeRaw(bytes, { sibling: { id: idOf(other), bytes: other } });
    expect(rawDependencies(container ?? new Uint8Array(0))).toEqual([]);
    expect(container).toEqual(encoded(bytes));
  });
});

describe('damaged containers', () => {
  test('give the original or DAMAGED, never other bytes', () => {
    const originals = Object.values(KEPT).map(makeRaw);
    const containers = originals.map(encoded);
    fc.assert(
      fc.property(fc.nat({ max: originals.length - 1 }), changes, (index, flips) => {
        const result = outcome(damage(containers[index] ?? new Uint8Array(0), flips));
        if (result !== 'DAMAGED') expect(result).toEqual(originals[index]);
      }),
      { numRuns: 250 },
    );
  }, 120_000);

  test('cut short anywhere they are DAMAGED', () => {
    const container = encoded(
      makeRaw({ ...BASE, seed: 8, width: 64, height: 64, format: { kind: 'nef' } }),
    );
    for (let length = 0; length < container.length; length += length < 600 ? 1 : 61) {
      expect(outcome(container.subarray(0, length))).toBe('DAMAGED');
      expect(() => rawDependencies(container.subarray(0, length))).toThrow(FieldVaultError);
    }
    expect(outcome(Uint8Array.from([...container, 0]))).toBe('DAMAGED');
  });
});
