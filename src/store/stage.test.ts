import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Disk } from '../platform/index.ts';
import { type SimWorld, simWorld, withoutSync } from '../testing/index.ts';
import { stageFiles } from './stage.ts';
import { StopFlag } from './stop-flag.ts';

let world: SimWorld;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 31);

async function put(path: string, bytes: Uint8Array): Promise<void> {
  const file = await world.disk.createNew(path);
  await file.write(bytes);
  await file.close();
}

beforeEach(async () => {
  world = simWorld(1);
  for (const folder of ['/card', '/a', '/b']) await world.disk.makeFolder(folder);
});

describe('stageFiles()', () => {
  it('reads once and leaves a verified copy on each target', async () => {
    const bytes = content(3 * 1_048_576 + 5);
    await put('/card/x', bytes);
    const [outcome] = await stageFiles(world.disk, [
      { source: '/card/x', parts: ['/a/1', '/b/1'] },
    ]);
    expect(outcome).toMatchObject({
      state: 'read',
      blob: sha256(bytes),
      head: sha256(bytes.subarray(0, 65_536)).slice(0, 16),
      sizeBytes: bytes.length,
      parts: [
        { state: 'verified', isDirect: true, isWeak: false },
        { state: 'verified', isDirect: true },
      ],
    });
  });

  it('ends within one chunk once it is told to stop, and keeps what is verified only', async () => {
    for (const name of ['x', 'huge', 'z']) await put(`/card/${name}`, content(5 * 1_048_576));
    const files = ['x', 'huge', 'z'].map((name) => ({
      source: `/card/${name}`,
      parts: [`/a/${name}`, `/b/${name}`],
    }));
    const flag = new StopFlag();
    let bytes = 0;
    const onBytes = (count: number): void => {
      bytes += count;
      if (bytes === 7 * 1_048_576) flag.raise();
    };
    const outcomes = await stageFiles(world.disk, files, { onBytes, stop: flag.memory });
    expect(outcomes).toEqual([{ state: 'stopped' }, { state: 'stopped' }, { state: 'stopped' }]);
    expect(bytes).toBe(7 * 1_048_576);
    expect(world.disk.stage.paths('/a')).toEqual([]);
    // The twin: a flag that nobody raises changes nothing.
    const all = await stageFiles(world.disk, files, { stop: new StopFlag().memory });
    expect(all.map(({ state }) => state)).toEqual(['read', 'read', 'read']);
  });

  it('keeps no copy of a file on one target when it is stopped while another is read back', async () => {
    for (const name of ['x', 'y']) await put(`/card/${name}`, content(3 * 1_048_576));
    const controller = new AbortController();
    const flag = new StopFlag(controller.signal);
    const isLast = (call: { kind: string; path: string }): boolean =>
      call.kind === 'read' && call.path === '/b/y';
    world.disk.faults.add({ when: isLast, run: () => controller.abort() });
    const files = ['x', 'y'].map((name) => ({
      source: `/card/${name}`,
      parts: [`/a/${name}`, `/b/${name}`],
    }));
    const outcomes = await stageFiles(world.disk, files, { stop: flag.memory });
    expect(outcomes.map(({ state }) => state)).toEqual(['read', 'stopped']);
    expect(world.disk.stage.paths('/a')).toEqual(['/a/x']);
    expect(world.disk.stage.paths('/b')).toEqual(['/b/x']);
  });

  it('hands the first bytes on while they are in memory and counts what it reads', async () => {
    await put('/card/x', content(100));
    const heads: number[] = [];
    let bytes = 0;
    await stageFiles(world.disk, [{ source: '/card/x', parts: [] }], {
      onHead: (index, head) => heads.push(index, head.length),
      onBytes: (count) => {
        bytes += count;
      },
    });
    expect(heads).toEqual([0, 100]);
    expect(bytes).toBe(100);
  });

  it('spoils only its own file when one cannot be read, and leaves no unfinished file of it', async () => {
    await put('/card/bad', content(2_000_000));
    await put('/card/good', content(10));
    world.disk.faults.add({
      when: (call) =>
        call.kind === 'read' && call.path === '/card/bad' && (call.positionBytes ?? 0) > 0,
      error: 'EIO',
    });
    const outcomes = await stageFiles(world.disk, [
      { source: '/card/bad', parts: ['/a/1'] },
      { source: '/card/good', parts: ['/a/2'] },
    ]);
    expect(outcomes.map((outcome) => outcome.state)).toEqual(['unreadable', 'read']);
    expect(await world.disk.stat('/a/1')).toBeNull();
    expect(await world.disk.stat('/a/2')).not.toBeNull();
  });

  it('takes what was read from a card that is pulled before its file is closed', async () => {
    await put('/card/x', content(10));
    const disk: Disk = {
      ...withoutSync(world.disk, () => false),
      openRead: async (path, options) => {
        const file = await world.disk.openRead(path, options);
        if (!path.startsWith('/card')) return file;
        const close = async (): Promise<never> => {
          throw Object.assign(new Error('ENOTCONN: socket is not connected, close'), {
            code: 'ENOTCONN',
          });
        };
        const { isDirect } = file;
        return { isDirect, facts: () => file.facts(), read: (to, at) => file.read(to, at), close };
      },
    };
    const [outcome] = await stageFiles(disk, [{ source: '/card/x', parts: ['/a/1'] }]);
    expect(outcome).toMatchObject({ state: 'read', parts: [{ state: 'verified' }] });
  });

  it('spoils only its own target when one cannot be written', async () => {
    await put('/card/x', content(10));
    world.disk.faults.add({
      when: (call) => call.kind === 'write' && call.path === '/a/1',
      error: 'ENOSPC',
    });
    const [outcome] = await stageFiles(world.disk, [
      { source: '/card/x', parts: ['/a/1', '/b/1'] },
    ]);
    expect(outcome).toMatchObject({
      state: 'read',
      parts: [{ state: 'failed', failure: { code: 'ENOSPC' } }, { state: 'verified' }],
    });
  });

  it('finds a copy whose bytes on the disk are not those that were written', async () => {
    await put('/card/x', content(10));
    world.disk.faults.add({
      when: (call) => call.kind === 'openRead' && call.path === '/a/1',
      run: () => world.disk.stage.flipBit('/a/1', 13),
    });
    const [outcome] = await stageFiles(world.disk, [{ source: '/card/x', parts: ['/a/1'] }]);
    expect(outcome).toMatchObject({ parts: [{ state: 'failed', failure: { code: 'EVERIFY' } }] });
    expect(await world.disk.stat('/a/1')).toBeNull();
  });

  it('tells that a file changed while it was read', async () => {
    await put('/card/x', content(10));
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path === '/card/x',
      run: () => world.disk.stage.plant('/card/x', content(15)),
    });
    const [outcome] = await stageFiles(world.disk, [{ source: '/card/x', parts: ['/a/1'] }]);
    expect(outcome).toEqual({ state: 'changed' });
    expect(await world.disk.stat('/a/1')).toBeNull();
  });
});
