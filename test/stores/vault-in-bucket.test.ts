import { describe, expect, it } from 'vitest';
import { backup, check, createVault, findSnapshot, openVault, restore } from '../../src/index.ts';
import { MemoryStore } from '../../src/testing/index.ts';
import { noise, processAt, readBack, workstationAt } from './bucket-kit.ts';

const ROOT = 's3://studio/vaults/one';

describe('a vault in a bucket', () => {
  it('is made, filled twice, checked byte by byte and restored from', async () => {
    const store = new MemoryStore();
    const { machine, world } = workstationAt(store, 1);
    const files = [10, 0, 100_000, 9_000_000].map((size) => noise(size, size));
    for (const [index, bytes] of files.entries()) {
      machine.disk.stage.plant(`/card/DSC_${index}.NEF`, bytes);
    }
    const vault = await createVault(world, ROOT, { label: 'Studio' });
    const first = await backup(world, vault, ['/card']);
    expect(first.newBlobs).toBe(4);
    const next = processAt(machine, store);
    const second = await backup(next, await openVault(next, ROOT), ['/card']);
    expect(second.newBlobs).toBe(0);
    const last = processAt(machine, store);
    const found = await openVault(last, ROOT);
    const report = await check(last, found, { readData: true });
    expect(report.issues).toEqual([]);
    await restore(last, found, findSnapshot(found, 'latest'), { to: '/out' });
    for (const [index, bytes] of files.entries()) {
      expect(await readBack(machine, `/out/card/DSC_${index}.NEF`)).toEqual(bytes);
    }
    // The same names as on any disk, a key of '/' at its end for each folder, and no piece of a journal.
    const names = store.keys().map((key) => key.replace(/\d{6}-\d{8}T\d{6}Z-[0-9a-f]{16}/, 'RUN'));
    expect(new Set(names.filter((name) => !name.endsWith('/')))).toEqual(
      new Set([
        'vaults/one/READ ME FIRST.txt',
        'vaults/one/facts/RUN.look.jsonl.gz',
        'vaults/one/fieldvault.json',
        'vaults/one/journal/RUN.jsonl',
        'vaults/one/originals/2026/2026-11-22/DSC_0~be08d7cb7c7fed7d.NEF',
        'vaults/one/originals/2026/2026-11-22/DSC_1~e3b0c44298fc1c14.NEF',
        'vaults/one/originals/2026/2026-11-22/DSC_2~1bdc620ca7f52560.NEF',
        'vaults/one/originals/2026/2026-11-22/DSC_3~cfd496a4cb1735c5.NEF',
        'vaults/one/originals/2026/2026-11-22/SHA256SUMS-000002.txt',
        'vaults/one/recover.html',
      ]),
    );
  });
});
