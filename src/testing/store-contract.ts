import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { listAll, type ObjectStore, probeStore } from '../store/index.ts';
import type { TestRunner } from './disk-contract.ts';

/** A store to try, and what may differ between engines. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Start of the keys that the contract may use; ends with '/'. */
  readonly prefix: string;
  /** Whether `ifAbsent` is honoured; where it is not, `probeStore` must find that out. */
  readonly hasConditionalPut: boolean;
  /** Whether the digest of a part is its MD5, which resuming an upload builds on. */
  readonly hasMd5Parts: boolean;
  /** This machine's time. */
  readonly nowMs: () => number;
  close(): Promise<void>;
}

type Body = (tested: StoreUnderTest) => Promise<void>;

/** What every store must do, of any engine, wrapped or not. `make` gives each test a prefix of its own. */
export function storeContract(
  runner: TestRunner,
  name: string,
  make: () => Promise<StoreUnderTest>,
): void {
  const rules: Readonly<Record<string, Body>> = { ...OBJECT_RULES, ...LIST_RULES, ...UPLOAD_RULES };
  runner.describe(`store contract: ${name}`, () => {
    for (const [rule, body] of Object.entries(rules)) {
      runner.it(rule, async () => {
        const tested = await make();
        try {
          await body(tested);
        } finally {
          await tested.close();
        }
      });
    }
  });
}

const OBJECT_RULES: Readonly<Record<string, Body>> = {
  'what was put comes back, whole and in pieces': async ({ store, prefix }) => {
    for (const sizeBytes of [0, 1, 1000, 70_000]) {
      const bytes = bytesOf(sizeBytes, sizeBytes);
      assert.equal(await store.put(`${prefix}a`, bytes), 'put');
      const whole = await store.get(`${prefix}a`);
      assert.deepEqual(plain(whole?.bytes), bytes);
      assert.equal(whole?.sizeBytes, sizeBytes);
      const piece = await store.get(`${prefix}a`, { fromBytes: 10, lengthBytes: 500 });
      assert.deepEqual(plain(piece?.bytes), bytes.subarray(10, 510));
      assert.equal(piece?.sizeBytes, sizeBytes);
      const beyond = await store.get(`${prefix}a`, { fromBytes: 100_000, lengthBytes: 5 });
      assert.equal(beyond?.bytes.length, 0);
    }
  },
  'what is not there is null': async ({ store, prefix }) => {
    assert.equal(await store.get(`${prefix}missing`), null);
    assert.equal(await store.get(`${prefix}missing`, { fromBytes: 0, lengthBytes: 9 }), null);
    assert.equal(await store.head(`${prefix}missing`), null);
  },
  'put() replaces, and the etag tells': async ({ store, prefix }) => {
    await store.put(`${prefix}a`, bytesOf(10, 1));
    const before = await store.head(`${prefix}a`);
    await store.put(`${prefix}a`, bytesOf(20, 2));
    const after = await store.head(`${prefix}a`);
    assert.equal(after?.sizeBytes, 20);
    assert.notEqual(before?.etag, after?.etag);
    assert.doesNotMatch(after?.etag ?? '"', /"/);
  },
  'put() with ifAbsent never replaces': async ({ store, prefix, hasConditionalPut }) => {
    if (!hasConditionalPut) return;
    const put = (seed: number): Promise<string> =>
      store.put(`${prefix}a`, bytesOf(10, seed), { ifAbsent: true });
    assert.equal(await put(1), 'put');
    assert.equal(await put(2), 'taken');
    assert.deepEqual(plain((await store.get(`${prefix}a`))?.bytes), bytesOf(10, 1));
  },
  'of twenty that put at the same time one wins': async ({ store, prefix, hasConditionalPut }) => {
    if (!hasConditionalPut) return;
    const puts = Array.from({ length: 20 }, (_, index) =>
      store.put(`${prefix}a`, bytesOf(50, index), { ifAbsent: true }),
    );
    const outcomes = await Promise.all(puts);
    const winners = outcomes.flatMap((outcome, index) => (outcome === 'put' ? [index] : []));
    assert.equal(winners.length, 1);
    const found = await store.get(`${prefix}a`);
    assert.deepEqual(plain(found?.bytes), bytesOf(50, winners[0] ?? -1));
  },
  'probeStore() finds out by the effect, and leaves nothing': async (tested) => {
    const { store, prefix, hasConditionalPut } = tested;
    assert.deepEqual(await probeStore(store, `${prefix}probe`), { hasConditionalPut });
    assert.deepEqual((await listAll(store, { prefix })).objects, []);
  },
  'remove() takes away what is there, and does nothing else': async ({ store, prefix }) => {
    await store.put(`${prefix}a`, bytesOf(10, 1));
    await store.put(`${prefix}ab`, bytesOf(10, 1));
    await store.remove(`${prefix}a`);
    await store.remove(`${prefix}a`);
    assert.equal(await store.head(`${prefix}a`), null);
    assert.equal((await store.head(`${prefix}ab`))?.sizeBytes, 10);
  },
  'times are of this machine': async ({ store, prefix, nowMs }) => {
    const beforeMs = nowMs();
    await store.put(`${prefix}a`, bytesOf(10, 1));
    const facts = await store.head(`${prefix}a`);
    const offMs = Math.abs((facts?.modifiedMs ?? 0) - beforeMs);
    assert.ok(offMs < 30_000, `${offMs} ms`);
  },
};

/** Names that a vault gives, and others that a person may have put into the bucket. */
const NAMES = [
  'DSC_0001~3f2a9c1b77d2e0aa.NEF',
  'READ ME FIRST.txt',
  'Zürich 東京 🏔.jpg',
  '000001-20261122T090000Z-0123456789abcdef.jsonl.tail-000001',
  "it's +100% & #1 (=?).jpg",
  'folder/',
];

const LIST_RULES: Readonly<Record<string, Body>> = {
  'every key comes back exactly, in order of its bytes': async ({ store, prefix }) => {
    for (const [index, name] of NAMES.entries()) {
      await store.put(`${prefix}${name}`, bytesOf(index + 1, index));
    }
    const { objects, folders } = await listAll(store, { prefix });
    const names = objects.map(({ key }) => key.slice(prefix.length));
    assert.deepEqual(names, NAMES.toSorted(byBytes));
    assert.deepEqual(folders, []);
    for (const { key, sizeBytes, etag } of objects) {
      assert.equal(NAMES[sizeBytes - 1], key.slice(prefix.length));
      assert.equal((await store.head(key))?.etag, etag);
    }
  },
  'a delimiter tells folders once': async ({ store, prefix }) => {
    for (const name of ['a/1', 'a/2', 'a-b', 'b', 'c/d/e']) {
      await store.put(`${prefix}${name}`, bytesOf(1, 1));
    }
    const { objects, folders } = await listAll(store, { prefix, delimiter: '/' });
    assert.deepEqual(objects.map(({ key }) => key).sort(), [`${prefix}a-b`, `${prefix}b`]);
    assert.deepEqual([...folders].sort(), [`${prefix}a/`, `${prefix}c/`]);
  },
  'pages follow each other without gap or double': async ({ store, prefix }) => {
    const names = Array.from({ length: 25 }, (_, index) => `${prefix}n/${1000 + index}`);
    for (const key of names) await store.put(key, bytesOf(1, 1));
    await store.put(`${prefix}m/1`, bytesOf(1, 1));
    const plainly = await listAll(store, { prefix: `${prefix}n/`, countMax: 7 });
    assert.deepEqual(
      plainly.objects.map(({ key }) => key),
      names,
    );
    const first = await store.list({ prefix, delimiter: '/', countMax: 1 });
    assert.deepEqual(first.folders, [`${prefix}m/`]);
    assert.notEqual(first.next, null);
    const both = await listAll(store, { prefix, delimiter: '/', countMax: 1 });
    assert.deepEqual(both.folders, [`${prefix}m/`, `${prefix}n/`]);
  },
  'nothing is listed where there is nothing': async ({ store, prefix }) => {
    const page = await store.list({ prefix: `${prefix}none/`, delimiter: '/' });
    assert.deepEqual(page, { objects: [], folders: [], next: null });
  },
};

/** S3 takes no smaller part but the last. */
const PART = 5 * 1_048_576;

const UPLOAD_RULES: Readonly<Record<string, Body>> = {
  'an upload is seen whole or not at all': async ({ store, prefix }) => {
    const upload = await store.beginUpload(`${prefix}a`);
    const first = await store.putPart(upload, 1, bytesOf(PART, 1));
    const second = await store.putPart(upload, 2, bytesOf(77, 2));
    assert.equal(await store.head(`${prefix}a`), null);
    await store.completeUpload(upload, [first, second]);
    assert.equal((await store.head(`${prefix}a`))?.sizeBytes, PART + 77);
    const found = await store.get(`${prefix}a`, { fromBytes: PART - 3, lengthBytes: 80 });
    const expected = Buffer.concat([bytesOf(PART, 1).subarray(-3), bytesOf(77, 2)]);
    assert.deepEqual(plain(found?.bytes), plain(expected));
  },
  'an upload is found again with its parts, and goes on': async (tested) => {
    const { store, prefix, hasMd5Parts } = tested;
    const begun = await store.beginUpload(`${prefix}a`);
    await store.putPart(begun, 1, bytesOf(PART, 1));
    await store.putPart(begun, 2, bytesOf(10, 9));
    await store.putPart(begun, 2, bytesOf(11, 2));
    assert.ok((await uploadsOf(store, `${prefix}a`)).includes(begun.id));
    const parts = await store.listParts(begun);
    assert.deepEqual(
      parts.map(({ number, sizeBytes }) => [number, sizeBytes]),
      [
        [1, PART],
        [2, 11],
      ],
    );
    if (hasMd5Parts) assert.equal(parts[0]?.etag, md5Of(bytesOf(PART, 1)));
    await store.completeUpload(begun, parts);
    assert.equal((await store.head(`${prefix}a`))?.sizeBytes, PART + 11);
    assert.ok(!(await uploadsOf(store, `${prefix}a`)).includes(begun.id));
  },
  'an upload that was dropped is gone': async ({ store, prefix }) => {
    const upload = await store.beginUpload(`${prefix}a`);
    await store.putPart(upload, 1, bytesOf(100, 1));
    await store.abortUpload(upload);
    await store.abortUpload(upload);
    // One whose beginning was told twice may be there still, under another id.
    assert.ok(!(await uploadsOf(store, `${prefix}a`)).includes(upload.id));
    assert.equal(await store.head(`${prefix}a`), null);
    await assert.rejects(store.listParts(upload), { code: 'ENOENT' });
  },
};

async function uploadsOf(store: ObjectStore, key: string): Promise<readonly string[]> {
  const uploads = await store.listUploads(key);
  return uploads.filter((upload) => upload.key === key).map(({ id }) => id);
}

/** The same for the same seed; its period is no power of two, so that a piece from elsewhere is seen. */
function bytesOf(length: number, seed: number): Uint8Array {
  const digests = Array.from({ length: 130 }, (_, index) =>
    createHash('sha256').update(`${seed} ${index}`).digest(),
  );
  const block = Buffer.concat(digests).subarray(0, 4099);
  return new Uint8Array(Buffer.alloc(length, block));
}

/** Buffers and arrays of bytes are the same bytes. */
function plain(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : new Uint8Array(bytes);
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
