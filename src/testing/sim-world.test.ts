import { describe, expect, it } from 'vitest';
import { SimDisk, simWorld, withDisk, withoutSync, workersContract } from './simulation.ts';
import { PROBES } from './worker-probe.ts';

workersContract({ describe, it }, 'simulated', async () => {
  const { workers, disk } = simWorld(1);
  disk.stage.makeFolders('/work');
  return { workers, folder: '/work', close: async () => {} };
});

it('simWorld() is the same for the same seed', () => {
  expect(simWorld(7).random.hex(40)).toBe(simWorld(7).random.hex(40));
  expect(simWorld(7).random.hex(40)).not.toBe(simWorld(8).random.hex(40));
  expect(simWorld(7).random.hex(5)).toMatch(/^[0-9a-f]{5}$/);
});

it('a simulated clock moves only when it is moved or slept on', async () => {
  const { clock, disk } = simWorld(1, { nowMs: 1_000_000 });
  expect(clock.nowMs()).toBe(1_000_000);
  await clock.sleep(500);
  clock.advance(10);
  await clock.sleep(9999, AbortSignal.abort());
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_000_510, 510]);
  clock.jumpTo(3);
  clock.moveTo(-120);
  expect([clock.nowMs(), clock.monotonicMs(), clock.offsetMinutes()]).toEqual([3, 510, -120]);
  expect(() => clock.advance(-1)).toThrow(RangeError);
  await (await disk.createNew('/a')).close();
  expect((await disk.stat('/a'))?.mtimeMs).toBe(3);
});

it('withDisk() shows the other disk to the workers too', async () => {
  const world = simWorld(1);
  const other = new SimDisk();
  const seen = withDisk(
    world,
    withoutSync(other, () => true),
  );
  const input = { folder: '/', bytes: new Uint8Array(1) };
  expect(await seen.workers.run(PROBES.writeAndList, input)).toEqual(['written 1']);
  expect(await seen.disk.listFolder('/')).toHaveLength(1);
  expect(await world.disk.listFolder('/')).toHaveLength(0);
});

it('a simulated volume is the deepest one that was set', async () => {
  const { volumes } = simWorld(1);
  volumes.set('/', { id: 'root' });
  volumes.set('/card', { id: 'one', label: 'EOS_DIGITAL' });
  expect((await volumes.describe('/card/DCIM')).label).toBe('EOS_DIGITAL');
  expect((await volumes.describe('/card')).mountPoint).toBe('/card');
  expect((await volumes.describe('/card2')).id).toBe('root');
  expect((await simWorld(1).volumes.describe('/x')).id).toBe('');
});

it('a simulated machine has the processes that it is said to have', () => {
  const { host } = simWorld(1);
  expect([host.isRunning(host.processId), host.isRunning(5)]).toEqual([true, false]);
  host.running.add(5);
  expect(host.isRunning(5)).toBe(true);
});
