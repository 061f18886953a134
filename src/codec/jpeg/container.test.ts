import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BlobId, formatHex, parseBlobId } from '../../base/index.ts';
import { formatContainer, isJpegRecoded, parseContainer } from './container.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
const needs = fc.record({
  id: fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((digest) => parseBlobId(formatHex(digest)) as BlobId),
  bytes: fc.nat({ max: 1e6 }),
  recipeBytes: fc.nat({ max: 1000 }),
  recipe: fc.uint8Array({ minLength: 1, maxLength: 40 }),
});
const containers = fc.record({
  originalBytes: fc.nat({ max: 1000 }),
  crc: fc.integer({ min: 0, max: 0xffffffff }),
  digest: fc.constantFrom(new Uint8Array(0), new Uint8Array(32).fill(7)),
  needs: fc.option(needs),
  headBytes: fc.constant(0),
  notesBytes: fc.nat({ max: 1000 }),
  head: bytes,
  rest: bytes,
  notes: bytes,
  next: bytes,
  segments: fc.array(bytes, { maxLength: 5 }),
});

test('a container comes back, and not with a byte more or less', () => {
  fc.assert(
    fc.property(containers, (container) => {
      const written = formatContainer(container);
      expect(isJpegRecoded(written)).toBe(true);
      expect(parseContainer(written)).toEqual(container);
      expect(parseContainer(written.subarray(0, -1))).toBeNull();
      expect(parseContainer(Uint8Array.from([...written, 0]))).toBeNull();
    }),
  );
});

test('a container that asks for far more than it has is refused', () => {
  const plain = { crc: 0, digest: new Uint8Array(0), headBytes: 0, notesBytes: 0 };
  const parts = { ...plain, needs: null };
  const none = new Uint8Array(0);
  const lists = { head: none, rest: none, notes: none, next: none, segments: [] };
  expect(
    parseContainer(formatContainer({ originalBytes: 1e4, ...parts, ...lists })),
  ).not.toBeNull();
  expect(parseContainer(formatContainer({ originalBytes: 1e9, ...parts, ...lists }))).toBeNull();
  for (const asked of [{ notesBytes: 1e7 }, { headBytes: 1e6 }]) {
    const greedy = { originalBytes: 1e4, ...parts, ...asked, ...lists };
    expect(parseContainer(formatContainer(greedy))).toBeNull();
  }
  const id = parseBlobId('7'.repeat(64)) as BlobId;
  const sibling = { id, bytes: 1000, recipeBytes: 1000, recipe: new Uint8Array(1) };
  const beside = { originalBytes: 1e4, ...parts, ...lists, needs: sibling };
  expect(parseContainer(formatContainer(beside))).not.toBeNull();
  for (const asked of [{ bytes: 1e9 }, { recipeBytes: 1e6 }, { recipeBytes: 2000 }]) {
    const greedy = { ...beside, needs: { ...sibling, ...asked } };
    expect(parseContainer(formatContainer(greedy))).toBeNull();
  }
});
