import { type ForgetPlan, forget, planForget } from './backup/index.ts';
import { tiersByContent } from './learn/index.ts';
import type { World } from './platform/index.ts';
import type { Vault } from './vault/index.ts';

/**
 * Says which snapshots the policy does not need: how many versions of sidecars and catalogs are kept, the `keep` of
 * their tiers says. Changes nothing. No snapshot that alone lists a picture ever goes.
 * @throws FieldVaultError UNSUPPORTED_FORMAT (a policy that is not understood)
 */
export async function planForgetByPolicy(
  world: Pick<World, 'disk' | 'clock'>,
  vault: Vault,
): Promise<ForgetPlan> {
  const { byBlob, rest } = await tiersByContent(world, vault);
  const timeMs = world.clock.nowMs();
  const now = { timeMs, offsetMinutes: world.clock.offsetMinutes(timeMs) };
  return planForget(vault.ledger, (_, blob) => (byBlob.get(blob) ?? rest).keep, now);
}

/**
 * Forgets the snapshots that the policy does not need; what only they listed goes with the next prune.
 * @throws FieldVaultError as {@link planForgetByPolicy}; LEASED, TARGET_READ_ONLY, TARGET_FULL
 */
export async function forgetByPolicy(world: World, vault: Vault): Promise<ForgetPlan> {
  const plan = await planForgetByPolicy(world, vault);
  const ids = plan.forget.map(({ id }) => id);
  if (ids.length > 0) await forget(world, vault, ids);
  return plan;
}
