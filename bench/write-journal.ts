import { createHash } from 'node:crypto';
import { createVault, openWorld } from '../src/index.ts';
import { type JournalRecord, VaultWriter } from '../src/vault/index.ts';

/** Writes a vault whose journal tells of so many files that were never there: how a journal reads at scale. */
const [path = '', count = '0'] = process.argv.slice(2);
const RUN = '0123456789abcdef';
const TIME = '2026-11-22T09:00:00.000Z';
const COMMIT_FILES = 10_000;

const world = openWorld();
const writer = await VaultWriter.open(world, await createVault(world, path));
for (let start = 0; start < Number(count); start += COMMIT_FILES) {
  const end = Math.min(start + COMMIT_FILES, Number(count));
  const indexes = Array.from({ length: end - start }, (_, offset) => start + offset);
  await writer.commit(indexes.flatMap(recordsOf));
}
await writer.abandon();
await world.workers.close();

function recordsOf(index: number): JournalRecord[] {
  const digits = createHash('sha256').update(String(index)).digest('hex');
  const blob = digits as Extract<JournalRecord, { type: 'blob' }>['blob'];
  const stem = `DSC_${String(index).padStart(8, '0')}`;
  const size = 20_000_000 + index;
  const day = `originals/2026/2026-11-22_${2 + Math.floor(index / 4096)}`;
  const at = `${day}/${stem}~${digits.slice(0, 16)}.NEF`;
  const head = digits.slice(16, 32);
  return [
    { type: 'blob', blob, size, form: 'verbatim', at, head, verified: 'direct', time: TIME },
    {
      type: 'entry',
      run: RUN,
      source: 'CARD',
      path: `DCIM/${100 + Math.floor(index / 999)}NCZ_9/${stem}.NEF`,
      kind: 'file',
      size,
      mtimeUs: 1_795_338_000_000_000 + index * 1000,
      mode: 0o644,
      blob,
    },
  ];
}
