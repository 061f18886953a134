import { expect, it } from 'vitest';
import type { BlobId } from '../base/index.ts';
import type { Disk, FolderEntry } from '../platform/index.ts';
import { findByName, Ledger, type Vault } from '../vault/index.ts';
import { planPrune } from './prune-plan.ts';
import { scanSource } from './scan.ts';

/** More than a call takes arguments, and more than can be copied once for each of them. */
const MANY = 200_000;
const BLOB = 'a'.repeat(64) as BlobId;
const FACTS = { sizeBytes: 0, mtimeMs: 0, mode: 0o644 };

/** A disk that lists many entries in one folder, and none elsewhere. */
function diskOf(folder: string, entries: readonly FolderEntry[]): Disk {
  const listFolder = async (path: string): Promise<FolderEntry[]> =>
    path === folder ? [...entries] : [];
  return { listFolder } as Partial<Disk> as Disk;
}

it('a source with very many folders beside each other is walked', async () => {
  const entries = Array.from({ length: MANY }, (_, index): FolderEntry => {
    return { name: String(index), kind: 'folder', ...FACTS };
  });
  const plan = { name: 'CARD', root: '/card', only: null, except: [] };
  const issues = { add: (): void => expect.fail('an issue') } as never;
  const notes = {
    issues,
    leftOut: { count: 0, names: new Set<string>() },
    unlisted: new Set<string>(),
  };
  let count = 0;
  for await (const _ of scanSource(diskOf('/card', entries), plan, notes)) count += 1;
  expect(count).toBe(MANY);
});

it('a content that very many files have is pruned by all their paths', () => {
  const ledger = new Ledger();
  const run = '1'.repeat(16);
  const facts = { kind: 'file', size: 0, mtimeUs: 0, mode: 0o644, blob: BLOB } as const;
  ledger.apply({
    ...{ type: 'blob', blob: BLOB, size: 0, form: 'verbatim', at: 'originals/a', time: '' },
    ...{ head: BLOB.slice(0, 16), verified: 'direct' },
  });
  for (let index = 0; index < MANY; index += 1) {
    ledger.apply({ type: 'entry', run, source: 'CARD', path: `${index}.txt`, ...facts });
  }
  ledger.apply({ type: 'forget', snapshots: [run], time: '' });
  expect(planPrune(ledger).drop).toMatchObject([{ blob: BLOB }]);
});

it('very many stored files with the digits of one content are all found by name', async () => {
  const entries = Array.from({ length: MANY }, (_, index): FolderEntry => {
    return { name: `${index}~${'a'.repeat(16)}.NEF`, kind: 'file', ...FACTS };
  });
  const disk = diskOf('/vault/originals', entries);
  const placesOf = await findByName(disk, { root: '/vault' } as Vault);
  expect(placesOf(BLOB)).toHaveLength(MANY);
});
