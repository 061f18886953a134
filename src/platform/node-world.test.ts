import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workersContract } from '../testing/index.ts';
import { openNodeWorld } from './node-world.ts';
import { onInterrupt } from './signals.ts';

workersContract({ describe, it }, 'threads of this machine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fieldvault-workers-'));
  const { workers } = openNodeWorld();
  return { workers, folder, close: () => rm(folder, { recursive: true }) };
});

describe('openNodeWorld()', () => {
  const world = openNodeWorld();

  it('has between one and four threads, and closes without having started any', async () => {
    const { workers } = openNodeWorld();
    expect(workers.count).toBeGreaterThanOrEqual(1);
    expect(workers.count).toBeLessThanOrEqual(4);
    await workers.close();
  });

  it('gives random hex digits that do not meet', () => {
    const names = Array.from({ length: 1000 }, () => world.random.hex(17));
    expect(names.every((name) => /^[0-9a-f]{17}$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(1000);
  });

  it('has a wall clock, and one that only goes forward', () => {
    const { clock } = world;
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(60_000);
    const before = clock.monotonicMs();
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });

  it('counts local time east of UTC', () => {
    const summer = Date.UTC(2026, 6, 1);
    const local = new Date(summer);
    const wall = Date.UTC(local.getFullYear(), local.getMonth(), local.getDate(), local.getHours());
    const minutes = Math.floor(world.clock.offsetMinutes(summer) / 60) * 60;
    expect(wall - summer).toBe(minutes * 60_000);
  });

  it('sleeps until the time is over or the signal aborts', async () => {
    const before = world.clock.monotonicMs();
    await world.clock.sleep(3);
    expect(world.clock.monotonicMs() - before).toBeGreaterThanOrEqual(3);
    const abort = new AbortController();
    const slept = world.clock.sleep(1e12, abort.signal);
    abort.abort();
    await slept;
    await world.clock.sleep(1e12, AbortSignal.abort());
  });

  it('knows this process, and none by a number that is none', () => {
    const { host } = world;
    expect(host.isRunning(host.processId)).toBe(true);
    for (const processId of [0, -1, 1.5, Number.NaN, 2 ** 40]) {
      expect(host.isRunning(processId)).toBe(false);
    }
  });

  it('says what is known of a volume, and nothing of what is not there', async () => {
    const volume = await world.volumes.describe(tmpdir());
    expect(volume.id).not.toBe('');
    expect(await world.volumes.describe(tmpdir())).toBe(volume);
    const nothing = { id: '', label: '', fileSystem: '', mountPoint: '' };
    expect(await world.volumes.describe(join(tmpdir(), 'no such thing'))).toEqual(nothing);
  });
});

it('onInterrupt() takes Ctrl-C until it is told to stop', () => {
  const seen: string[] = [];
  const before = process.listenerCount('SIGINT');
  const stop = onInterrupt((signal) => seen.push(signal));
  process.emit('SIGINT');
  process.emit('SIGTERM');
  stop();
  expect(seen).toEqual(['SIGINT', 'SIGTERM']);
  expect(process.listenerCount('SIGINT')).toBe(before);
});
