import { describe, expect, it } from 'vitest';
import { sync } from '../../src/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { createVault } from '../../src/vault/index.ts';
import { FieldKit, told } from './field-kit.ts';

const STUDIO = '/studio/vault';

function card(from: number, count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let frame = from; frame < from + count; frame += 1)
    files[`IMG_${frame}.CR3`] = `raw ${frame}`;
  return files;
}

/** Two vaults that were synced once. */
async function synced(): Promise<FieldKit> {
  const kit = await FieldKit.open();
  await kit.plugIn('/studio');
  kit.insert('/card', card(0, 12));
  await kit.protect('/card');
  await syncNow(kit);
  return kit;
}

async function syncNow(kit: FieldKit, options: Parameters<typeof sync>[3] = {}) {
  // By their folders, as the command line does: what was synced whole is not even opened then.
  return sync(kit.process(), kit.vault, STUDIO, options);
}

function everything(kit: FieldKit): Readonly<Record<string, string>> {
  return { ...kit.filesBelow('/drive'), ...kit.filesBelow('/studio') };
}

/** Refused, and nothing was changed anywhere. */
async function expectRefusal(kit: FieldKit, code: string, message: RegExp): Promise<void> {
  const before = everything(kit);
  const refused = syncNow(kit);
  await expect(refused).rejects.toMatchObject({ code });
  await expect(refused).rejects.toThrow(message);
  expect(everything(kit)).toEqual(before);
}

describe('sync() refuses', () => {
  it('a drive that is not mounted, whose folder is empty', async () => {
    const kit = await synced();
    for (const path of kit.disk.stage.paths('/drive')) kit.disk.stage.erase(path);
    await expect(kit.open()).rejects.toMatchObject({ code: 'NOT_A_VAULT' });
  });

  it('a vault whose originals are not there, and takes none of that for a deletion', async () => {
    const kit = await synced();
    for (const path of kit.disk.stage.paths('/drive/vault/originals')) kit.disk.stage.erase(path);
    await expectRefusal(kit, 'VAULT_INCOMPLETE', /Absence is no deletion/);
    const report = await syncNow(kit, { accept: ['losses'] });
    expect(report.directions[0].healed).toHaveLength(12);
    expect(told(await kit.check())).toEqual([]);
  });

  it('a vault that was copied halfway, so that its journal has a hole', async () => {
    const kit = await synced();
    const [, second] = kit.disk.stage.paths('/drive/vault/journal');
    kit.disk.stage.erase(second ?? '');
    await expectRefusal(kit, 'VAULT_INCOMPLETE', /journal 2 is missing/);
  });

  it('another vault where a known one used to be, until a person says that it is meant', async () => {
    const kit = await synced();
    for (const path of kit.disk.stage.paths('/studio')) kit.disk.stage.erase(path);
    for (const folder of ['originals', 'journal', 'incoming', 'leases', 'facts']) {
      await removeBelow(kit, `/studio/vault/${folder}`);
    }
    await createVault(kit.process(), STUDIO, { label: 'wrong drive' });
    await expectRefusal(kit, 'VAULT_OTHER', /wrong drive/);
    expect(await syncNow(kit, { accept: ['other'] })).toMatchObject({ blobsCopied: 12 });
    expect(await syncNow(kit)).toMatchObject({ blobsCopied: 0 });
  });

  it('a vault restored from an older copy of itself, until a person says that it is meant', async () => {
    const kit = await synced();
    const older = kit.disk.stage.paths('/drive/vault').map((path) => {
      return [path, kit.disk.stage.peek(path) ?? new Uint8Array()] as const;
    });
    kit.insert('/card', card(100, 3));
    await kit.protect('/card');
    await syncNow(kit);
    for (const path of kit.disk.stage.paths('/drive/vault')) kit.disk.stage.erase(path);
    for (const [path, bytes] of older) kit.disk.stage.plant(path, bytes);
    await expectRefusal(kit, 'VAULT_BEHIND', /older copy of itself/);
    const report = await syncNow(kit, { accept: ['older'] });
    expect(report.directions[0].blobs).toBe(3);
    expect(told(await kit.check())).toEqual([]);
    expect(await syncNow(kit)).toMatchObject({ blobsCopied: 0, issueCount: 0 });
  });

  it('one vault twice, also where it was copied by hand', async () => {
    const kit = await synced();
    await expect(sync(kit.process(), await kit.open(), await kit.open(), {})).rejects.toMatchObject(
      { code: 'BAD_USAGE' },
    );
    kit.disk.stage.mount('/copy', { profile: PROFILES.ext4 });
    for (const path of kit.disk.stage.paths('/drive/vault')) {
      const bytes = kit.disk.stage.peek(path) ?? new Uint8Array();
      kit.disk.stage.plant(path.replace('/drive', '/copy'), bytes);
    }
    await expect(
      sync(kit.process(), await kit.open(), await kit.open('/copy/vault'), {}),
    ).rejects.toThrow(/copied by hand/);
  });
});

async function removeBelow(kit: FieldKit, folder: string): Promise<void> {
  for (const { name, kind } of await kit.disk.listFolder(folder).catch(() => [])) {
    if (kind === 'folder') await removeBelow(kit, `${folder}/${name}`);
  }
  await kit.disk.removeFolder(folder).catch(() => {});
}

describe('sync() goes on', () => {
  it('where a stored file rotted: says which, and does not spread it', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio');
    kit.insert('/card', card(0, 3));
    await kit.protect('/card');
    const rotten = kit.disk.stage.paths('/drive/vault/originals')[1] ?? '';
    kit.disk.stage.flipBit(rotten, 3);
    const report = await syncNow(kit);
    expect(report.blobsCopied).toBe(2);
    expect(told(report)).toEqual([`BLOB_DAMAGED ${rotten.slice('/drive/vault/'.length)}`]);
    // No vault has it whole: the studio's check says so too, and names nothing else.
    expect((await kit.check(STUDIO)).damagedKinds).toMatchObject({ unplaced: 1, damaged: 0 });
  });

  it('where a file is lost that the other never had: says so, and a backup of its card mends it', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio');
    kit.insert('/card', card(0, 12));
    await kit.protect('/card');
    const lost = kit.disk.stage.paths('/drive/vault/originals')[3] ?? '';
    kit.disk.stage.erase(lost);
    const report = await syncNow(kit);
    expect(told(report)).toEqual([`BLOB_MISSING ${lost.slice('/drive/vault/'.length)}`]);
    expect(report.blobsCopied).toBe(11);
    await kit.protect('/card');
    await syncNow(kit);
    expect(await syncNow(kit)).toMatchObject({ issueCount: 0, blobsCopied: 0 });
    expect(told(await kit.check())).toEqual([]);
    expect(told(await kit.check(STUDIO))).toEqual([]);
  });

  it('where one of them is full: what has no room is named, all else is there', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio', { capacityBytes: 80_000_000 });
    kit.insert('/card', { 'small.CR3': 'raw' });
    kit.disk.stage.plant('/card/large.CR3', new Uint8Array(20_000_000));
    await kit.protect('/card');
    const report = await syncNow(kit);
    expect(report).toMatchObject({ blobsCopied: 1, heldBack: 1 });
    expect(told(report)[0]).toMatch(/^TARGET_FULL .*large/);
    expect((await kit.check(STUDIO)).awaited).toBe(1);
  });

  it('while another sync works on the same vaults', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio');
    kit.insert('/card', card(0, 40));
    await kit.protect('/card');
    const host = (processId: number) => ({ name: 'laptop', processId, isRunning: () => true });
    const both = [1, 2].map(async (processId) => {
      const world = { ...kit.world, host: host(processId) };
      return sync(world, await kit.open(), await kit.open(STUDIO));
    });
    const reports = await Promise.all(both);
    expect(reports.map(({ issueCount }) => issueCount)).toEqual([0, 0]);
    expect(await syncNow(kit)).toMatchObject({ blobsCopied: 0, issueCount: 0 });
    expect(told(await kit.check(STUDIO))).toEqual([]);
    expect(told(await kit.check())).toEqual([]);
  });

  it('after a snapshot was forgotten in one: it stays forgotten there, and known to the other', async () => {
    const kit = await synced();
    const { snapshot } = await kit.protect('/card');
    await syncNow(kit);
    await kit.forget(snapshot);
    await syncNow(kit);
    expect((await kit.open()).ledger.forgotten.has(snapshot)).toBe(true);
    expect((await kit.open(STUDIO)).ledger.forgotten.has(snapshot)).toBe(false);
  });
});
