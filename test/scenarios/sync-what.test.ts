import { describe, expect, it, vi } from 'vitest';
import type { BlobId } from '../../src/base/index.ts';
import {
  backup,
  check,
  compact,
  findFrames,
  markFrames,
  parseQuery,
  policyOf,
  readPolicyFile,
  setPolicy,
  sync,
} from '../../src/index.ts';
import { tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { VaultWriter } from '../../src/vault/index.ts';
import { FieldKit, told } from './field-kit.ts';

// Pictures are compacted, on a machine that may be busy.
vi.setConfig({ testTimeout: 90_000 });

const STUDIO = '/studio/vault';
const NOW = { localMs: 0 };

/** A field vault that has learned a small shoot, and an empty studio. */
async function shot(): Promise<FieldKit> {
  const kit = await FieldKit.open();
  await kit.plugIn('/studio');
  kit.insert('/card');
  const plan = { ...tinyShoot(3), width: 192, height: 128, catalog: false };
  await writeShoot(kit.disk, '/card', plan, kit.world.workers);
  await backup(kit.process(), await kit.open(), ['/card']);
  return kit;
}

/** A catalog of which the next version changes a few lines. */
function catalogText(version: number): string {
  const lines = Array.from({ length: 4000 }, (_, at) => {
    return `frame ${at} rating ${at % (7 * (version + 1)) === 0 ? version : 5} ${(at * 7919) % 10007}`;
  });
  return lines.join('\n');
}

async function syncNow(kit: FieldKit, options: Parameters<typeof sync>[3] = {}) {
  return sync(kit.process(), await kit.open(), await kit.open(STUDIO), options);
}

describe('sync() brings', () => {
  it('compacted forms as they are, with what they need, and the studio gives back the originals', async () => {
    const kit = await shot();
    const { blobs } = await compact(kit.process(), await kit.open());
    expect(blobs).toBeGreaterThan(3);
    expect(await syncNow(kit)).toMatchObject({ issueCount: 0 });
    const forms = async (vault?: string): Promise<string[]> => {
      const { ledger } = await kit.open(vault);
      return [...ledger.blobs.values()]
        .map(({ id, places }) => `${id} ${places.at(-1)?.form}`)
        .sort();
    };
    expect(await forms(STUDIO)).toEqual(await forms());
    expect(told(await kit.check(STUDIO))).toEqual([]);
    const field = await kit.restore('latest');
    const studio = await kit.restore('latest', { vault: STUDIO });
    expect(studio.report.issues).toEqual([]);
    expect(studio.files).toEqual(field.files);
  });

  it('forms again that were lost, and what lay beside them', async () => {
    const kit = await shot();
    await compact(kit.process(), await kit.open());
    await syncNow(kit);
    const { ledger } = await kit.open(STUDIO);
    const places = [...ledger.blobs.values()].flatMap((blob) => blob.places);
    const form = places.find((place) => place.form !== 'verbatim' && place.parts === undefined);
    const beside = places.find((place) => place.parts !== undefined)?.parts?.[0];
    const lost = [form?.at, beside?.at].filter((at) => at !== undefined);
    expect(lost.length).toBeGreaterThan(0);
    for (const at of lost) kit.disk.stage.erase(`${STUDIO}/${at}`);
    const healing = await syncNow(kit, { accept: ['losses'] });
    expect(healing.issues).toEqual([]);
    expect([...healing.directions[1].healed].sort()).toEqual([...lost].sort());
    expect(told(await kit.check(STUDIO))).toEqual([]);
    const { report } = await kit.restore('latest', { vault: STUDIO });
    expect(report.issues).toEqual([]);
  });

  it('only the frames that fit; the rest is awaited, and comes with the next sync', async () => {
    const kit = await shot();
    const report = await syncNow(kit, { where: parseQuery('rating>=3', NOW) });
    const { ledger } = await kit.open(STUDIO);
    expect(report.blobsCopied).toBeGreaterThan(0);
    expect(report.directions[1].awaited).toBeGreaterThan(0);
    const checked = await kit.check(STUDIO);
    expect(checked).toMatchObject({ damaged: 0, awaited: report.directions[1].awaited });
    expect([...ledger.blobs.values()]).toHaveLength(report.blobsCopied);
    expect((await syncNow(kit)).directions[1].awaited).toBe(0);
  });

  it('what a form is decoded with, though nobody asked for that', async () => {
    const kit = await shot();
    await compact(kit.process(), await kit.open());
    const { ledger } = await kit.open();
    const places = [...ledger.blobs.values()].flatMap((blob) => blob.places);
    const beside = places.find(({ needs }) => needs !== undefined);
    const stem = /([^/~]*)~/.exec(beside?.at ?? '')?.[1];
    expect(stem).toBeDefined();
    await syncNow(kit, { where: parseQuery(`name:${stem}`, NOW) });
    const studio = (await kit.open(STUDIO)).ledger;
    for (const need of beside?.needs ?? []) expect(studio.standsAlone(need)).toBe(true);
    const all = await kit.restore('latest', { vault: STUDIO });
    const given = Object.keys(all.files).filter((path) => path.includes(stem ?? ''));
    expect(given.length).toBeGreaterThan(0);
    expect(await kit.check(STUDIO)).toMatchObject({ damaged: 0 });
  });

  it('a version alone that the other vault has only as a delta, where another builds on it', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio');
    kit.insert('/card');
    const keep = async (version: number, vaults: readonly string[]): Promise<void> => {
      kit.put('/card', { 'Trip.lrcat': catalogText(version) });
      for (const vault of vaults) await backup(kit.process(), await kit.open(vault), ['/card']);
    };
    await keep(0, [STUDIO]);
    await keep(1, [STUDIO, kit.vault]);
    await keep(2, [kit.vault]);
    for (const vault of [STUDIO, kit.vault]) await compact(kit.process(), await kit.open(vault));
    expect(await syncNow(kit)).toMatchObject({ issueCount: 0 });
    for (const vault of [STUDIO, kit.vault]) {
      const { ledger } = await kit.open(vault);
      expect([...ledger.blobs.keys()].every((blob) => ledger.holds(blob))).toBe(true);
      expect(told(await kit.check(vault))).toEqual([]);
    }
    const { files, report } = await kit.restore('latest', { vault: STUDIO });
    expect(report.issues).toEqual([]);
    expect(Object.values(files)).toContain(catalogText(2));
  });

  it('says so where a form cannot be decoded, and brings what is lacking with the next sync', async () => {
    const kit = await shot();
    await compact(kit.process(), await kit.open());
    await syncNow(kit);
    const { ledger } = await kit.open(STUDIO);
    const beside = [...ledger.blobs.values()].find(({ places }) => places[0]?.needs !== undefined);
    const [need] = beside?.places[0]?.needs ?? [];
    const at = need && ledger.blobs.get(need)?.places[0]?.at;
    if (beside === undefined || need === undefined || at === undefined) throw new Error('no form');
    const writer = await VaultWriter.open(kit.process(), await kit.open(STUDIO));
    const time = new Date(kit.world.clock.nowMs()).toISOString();
    await writer.finish([{ type: 'drop', blob: need, at, time }]);
    const studio = await kit.open(STUDIO);
    expect([studio.ledger.holds(beside.id), studio.ledger.blobs.get(need)?.places]).toEqual([
      ...[false, []],
    ]);
    const { damagedPaths } = await kit.check(STUDIO);
    expect(damagedPaths).toContain(beside.places[0]?.at);
    await syncNow(kit);
    expect((await kit.open(STUDIO)).ledger.holds(beside.id)).toBe(true);
    expect(told(await kit.check(STUDIO))).toEqual([]);
  });

  it('what was learned, so that the studio finds frames without looking at them', async () => {
    const kit = await shot();
    await syncNow(kit, { where: parseQuery('rating>=5', NOW) });
    const find = async (vault?: string): Promise<readonly string[]> => {
      const query = parseQuery('rating>=3', NOW);
      const { frames } = await findFrames(kit.world, await kit.open(vault), query, {});
      return frames.map(({ id }) => id).sort();
    };
    const found = await find();
    expect(found.length).toBeGreaterThan(0);
    expect(await find(STUDIO)).toEqual(found);
  });

  it('a policy and words about frames; the later word holds in both', async () => {
    const kit = await shot();
    await syncNow(kit);
    const text = 'tiers:\n  - name: keeper\n    where: rating>=1\n    order: 1\n';
    const rest = '  - name: general\n    order: 2\n';
    kit.put('/studio', { 'policy.yaml': `${text}${rest}` });
    const file = await readPolicyFile(kit.world, '/studio/policy.yaml');
    await setPolicy(kit.process(), await kit.open(STUDIO), file);
    await markFrames(kit.process(), await kit.open(), parseQuery('name:DSC_0001', NOW), null);
    const tiers = async (vault: string) => (await kit.open(vault)).ledger.marks.at(-1)?.tier;
    await syncNow(kit);
    expect(policyOf(await kit.open()).text).toContain('rating>=1');
    await markFrames(kit.process(), await kit.open(), parseQuery('name:DSC_0001', NOW), 'keeper');
    await syncNow(kit);
    expect([await tiers(kit.vault), await tiers(STUDIO)]).toEqual(['keeper', 'keeper']);
    await markFrames(
      kit.process(),
      await kit.open(STUDIO),
      parseQuery('name:DSC_0001', NOW),
      'general',
    );
    await syncNow(kit);
    expect([await tiers(kit.vault), await tiers(STUDIO)]).toEqual(['general', 'general']);
    expect(await syncNow(kit)).toMatchObject({ blobsCopied: 0, merges: [] });
  });

  it('the rest of a run that a mirror missed', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio', { capacityBytes: 4_000_000 });
    kit.insert('/card', { 'small.CR3': 'raw' });
    kit.disk.stage.plant('/card/large.CR3', new Uint8Array(3_000_000).fill(7));
    await kit.protect('/card', { mirrors: [STUDIO] });
    kit.disk.stage.setCapacity('/studio', 200_000_000);
    const { ledger: before } = await kit.open(STUDIO);
    expect([...before.runs.values()][0]?.snapshot?.complete).toBe(false);
    await syncNow(kit);
    const { files, report } = await kit.restore('latest', { vault: STUDIO });
    expect(report.issues).toEqual([]);
    expect(Object.keys(files).sort()).toEqual(['card/large.CR3', 'card/small.CR3']);
    expect(told(await kit.check(STUDIO))).toEqual([]);
  });

  it('receipts both ways, with the day each copy was last read; a check there makes them younger', async () => {
    const kit = await shot();
    await syncNow(kit);
    const blob = [...(await kit.open()).ledger.blobs.keys()][0] as BlobId;
    const seen = async () => (await kit.open()).ledger.replicas.receiptsOf(blob)[0];
    const first = await seen();
    expect(first?.vault).toBe((await kit.open(STUDIO)).identity.id);
    kit.world.clock.advance(5 * 86_400_000);
    const world = kit.process();
    await check(world, await kit.open(STUDIO), { readData: true });
    await syncNow(kit);
    expect((await seen())?.verifiedMs).toBeGreaterThan((first?.verifiedMs ?? 0) + 4 * 86_400_000);
    // A copy that is lost there is no copy any more.
    const writer = await VaultWriter.open(kit.process(), await kit.open(STUDIO));
    const at = writer.vault.ledger.blobs.get(blob)?.places[0]?.at ?? '';
    const time = new Date(kit.world.clock.nowMs()).toISOString();
    await writer.finish([{ type: 'drop', blob, at, time }]);
    await syncNow(kit, { where: parseQuery('name:nothing', NOW) });
    expect((await kit.open(STUDIO)).ledger.holds(blob)).toBe(false);
    expect(await seen()).toBeUndefined();
  });
});
