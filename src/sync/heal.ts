import type { IssueLog } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { StopFlag } from '../store/index.ts';
import {
  type DamagedRecord,
  openVault,
  type StoredFile,
  storedFiles,
  type Vault,
} from '../vault/index.ts';
import { type Accepted, findMissing } from './guard.ts';
import type { LinkPace } from './link-pace.ts';
import type { Heal } from './sync-report.ts';

/** What became of stored files that were damaged or lost. */
export interface Healing {
  /** Places that are whole again. */
  readonly healed: readonly string[];
  /** Files found missing that nobody could mend and no line tells of yet. */
  readonly lost: readonly StoredFile[];
}

/**
 * Mends what a vault knows to be damaged, and what is found to be missing, with bytes of the other one; what neither has is
 * said. The vault is up to date afterwards.
 * @throws FieldVaultError TARGET_GONE, VAULT_INCOMPLETE, and what the healer throws
 */
export async function healVault(
  world: World,
  [vault, other]: readonly [Vault, Vault],
  options: {
    readonly accepted: ReadonlySet<Accepted>;
    readonly issues: IssueLog;
    readonly heal: Heal | undefined;
    readonly isDryRun: boolean;
    readonly pace: LinkPace;
    readonly stop: StopFlag;
  },
): Promise<Healing> {
  const { ledger } = vault;
  const missing = await findMissing(world, vault, options.accepted);
  const damaged = new Set([...missing.map(({ at }) => at), ...ledger.damaged.keys()]);
  if (damaged.size === 0 || options.isDryRun) return { healed: [], lost: [] };
  const owners = ownersOf(vault);
  const { tried, mended } = await mend([vault, other], [...damaged], options);
  const isMended = (at: string): boolean => mended.has(owners.get(at) ?? at);
  const left = tried.filter((at) => !isMended(at));
  for (const at of left) {
    const message = `This file of ${vault.root} is damaged or lost, and ${other.root} could not mend it. Another vault may: sync with it; or its card: back it up again.`;
    options.issues.add('BLOB_MISSING', at, message);
  }
  if (mended.size > 0) Object.assign(vault, await openVault(world, vault.root));
  const isNew = ({ at }: StoredFile): boolean => !ledger.damaged.has(at) && !isMended(at);
  return { healed: [...damaged].filter(isMended), lost: missing.filter(isNew) };
}

/** All at once; where the rate is limited one after the other, each when its bytes are allowed. */
async function mend(
  [vault, other]: readonly [Vault, Vault],
  damaged: readonly string[],
  how: { readonly heal: Heal | undefined; readonly pace: LinkPace; readonly stop: StopFlag },
): Promise<{ readonly tried: readonly string[]; readonly mended: ReadonlySet<string> }> {
  const { heal = async () => [], pace, stop } = how;
  if (!pace.isLimited)
    return { tried: damaged, mended: new Set(await heal(vault, damaged, other)) };
  const sizes = new Map([...storedFiles(vault.ledger)].map(({ at, sizeBytes }) => [at, sizeBytes]));
  const tried: string[] = [];
  const mended = new Set<string>();
  for (const at of damaged) {
    const bytes = sizes.get(at) ?? 0;
    await pace.wait(bytes, () => stop.isRaised);
    if (stop.isRaised) break;
    for (const one of await heal(vault, [at], other)) mended.add(one);
    pace.count(bytes);
    tried.push(at);
  }
  return { tried, mended };
}

/** By each stored file of a vault: the place that it belongs to. */
function ownersOf({ ledger }: Vault): Map<string, string> {
  const owners = new Map<string, string>();
  let owner = '';
  for (const { at, isPart } of storedFiles(ledger)) {
    if (!isPart) owner = at;
    owners.set(at, owner);
  }
  return owners;
}

/** Lines that say of files what was found of them: nothing. */
export function lostLines(
  world: Pick<World, 'clock'>,
  files: readonly StoredFile[],
): DamagedRecord[] {
  const time = new Date(world.clock.nowMs()).toISOString();
  return files.map(({ blob, at }) => ({ type: 'damaged', blob, at, found: 'missing', time }));
}
