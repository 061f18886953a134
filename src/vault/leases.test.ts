import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../base/index.ts';
import { type SimWorld, simWorld } from '../testing/index.ts';
import { createVault } from './create.ts';
import { type HeldLease, liveLeases, takeLease } from './leases.ts';
import { openVault, type Vault } from './open.ts';
import { VaultWriter } from './writer.ts';

let world: SimWorld;
let vault: Vault;

beforeEach(async () => {
  world = simWorld(1);
  vault = await createVault(world, '/vault');
});

async function take(): Promise<{
  writer: VaultWriter;
  lease: HeldLease;
}> {
  const writer = await VaultWriter.open(world, vault, { isExclusive: true });
  return { writer, lease: await takeLease(world, vault, { act: 'prune', writer: writer.id }) };
}

/** Lets what was started in the background come to its end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

describe('leases', () => {
  it('let one act in at a time, and the next when it is given back', async () => {
    const first = await take();
    await expect(take()).rejects.toMatchObject({ code: 'LEASED', retry: 'later' });
    await first.lease.release();
    await first.writer.abandon();
    // The one that was refused left its journal unsealed in this test; its process is gone.
    world.host.running.clear();
    world.host.running.add(101);
    await expect(take()).resolves.toBeDefined();
  });

  it('renew themselves while they are held, and are gone when released', async () => {
    const { writer, lease } = await take();
    for (let minutes = 0; minutes < 60; minutes += 5) {
      world.clock.advance(5 * 60_000);
      await settle();
      expect(await liveLeases(world, vault.root)).toHaveLength(1);
    }
    await lease.release();
    expect(await liveLeases(world, vault.root)).toHaveLength(0);
    await writer.abandon();
  });

  it('die with their time when nobody renews them', async () => {
    await take();
    // Another machine looks; the one that held the lease is cut off from it.
    world.disk.faults.add({
      when: (call) => call.kind === 'createNew' && call.path.includes('/lease'),
      error: 'EIO',
      times: Number.POSITIVE_INFINITY,
    });
    world.clock.advance(LIMITS.leaseMs);
    await settle();
    expect(await liveLeases(world, vault.root)).toHaveLength(0);
  });

  it('die with their process, on the same machine only', async () => {
    await take();
    world.host.running.clear();
    expect(await liveLeases(world, vault.root)).toHaveLength(0);
    const elsewhere = { ...world, host: { name: 'other', processId: 1, isRunning: () => false } };
    expect(await liveLeases(elsewhere, vault.root)).toHaveLength(1);
  });

  it('leave no files for ever: who holds the vault clears the dead ones away, and no live one', async () => {
    const { lease } = await take();
    world.host.running.clear();
    world.host.running.add(101);
    world.disk.stage.plant('/vault/leases/000009-ffffffffffffffff.jsonl', '');
    const elsewhere = { ...world, host: { name: 'other', processId: 1, isRunning: () => false } };
    // From another machine nobody can tell that its process is gone.
    expect(await liveLeases(elsewhere, vault.root)).toHaveLength(1);
    expect(world.disk.stage.paths('/vault/leases')).toHaveLength(2);
    const { writer } = await take();
    const left = world.disk.stage.paths('/vault/leases');
    expect(left).toEqual([expect.stringContaining(writer.id)]);
    // The one that was taken for dead comes back and finds nothing to give back.
    await lease.release();
    expect(world.disk.stage.paths('/vault/leases')).toEqual(left);
  });

  it('are refused while a backup writes, and a backup is refused while one is held', async () => {
    const backup = await VaultWriter.open(world, vault);
    const late = await openVault(world, '/vault');
    const pruner = await VaultWriter.open(world, late, { isExclusive: true });
    const taking = takeLease(world, late, { act: 'prune', writer: pruner.id });
    await expect(taking).rejects.toMatchObject({ code: 'LEASED' });
    await pruner.abandon();
    await backup.finish([]);
    const { writer } = await take();
    await expect(VaultWriter.open(world, vault)).rejects.toMatchObject({ code: 'LEASED' });
    await writer.abandon();
  });

  it('are not held up by a backup whose process is gone', async () => {
    await VaultWriter.open(world, vault);
    world.host.running.clear();
    await expect(take()).resolves.toBeDefined();
  });
});
