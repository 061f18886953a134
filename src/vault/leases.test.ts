import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../base/index.ts';
import { type SimWorld, simWorld } from '../testing/index.ts';
import { createVault } from './create.ts';
import { dropLease, liveLeases, takeLease } from './leases.ts';
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
  lease: Awaited<ReturnType<typeof takeLease>>;
}> {
  const writer = await VaultWriter.open(world, vault, { isExclusive: true });
  return { writer, lease: await takeLease(world, vault, { act: 'prune', writer: writer.id }) };
}

describe('leases', () => {
  it('let one act in at a time, and the next when it is given back', async () => {
    const first = await take();
    await expect(take()).rejects.toMatchObject({ code: 'LEASED', retry: 'later' });
    await dropLease(world, vault.root, first.lease);
    await first.writer.abandon();
    // The one that was refused left its journal unsealed in this test; its process is gone.
    world.host.running.clear();
    world.host.running.add(101);
    await expect(take()).resolves.toBeDefined();
  });

  it('die with their time', async () => {
    const { writer, lease } = await take();
    expect(await liveLeases(world, vault.root)).toHaveLength(1);
    world.clock.advance(LIMITS.leaseMs);
    expect(await liveLeases(world, vault.root)).toHaveLength(0);
    await dropLease(world, vault.root, lease);
    await writer.abandon();
  });

  it('die with their process, on the same machine only', async () => {
    await take();
    world.host.running.clear();
    expect(await liveLeases(world, vault.root)).toHaveLength(0);
    const elsewhere = { ...world, host: { name: 'other', processId: 1, isRunning: () => false } };
    expect(await liveLeases(elsewhere, vault.root)).toHaveLength(1);
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
    const { lease } = await take();
    expect(lease.act).toBe('prune');
  });
});
