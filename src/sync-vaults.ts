import { repair } from './backup/index.ts';
import { type BlobId, IssueLog } from './base/index.ts';
import { originalOf, placesOf } from './forms/index.ts';
import { blobsWhere, learnPreviews, tiersByContent } from './learn/index.ts';
import type { World } from './platform/index.ts';
import type { Query } from './query/index.ts';
import { nothingNew, type SyncOptions, type SyncReport, syncVaults } from './sync/index.ts';
import { openTimeBox, type TimeBox } from './time-box.ts';
import { check, openVault, type Vault } from './vault/index.ts';

/** How two vaults are synced, in the words of a photographer. */
export interface SyncVaultsOptions
  extends Omit<SyncOptions, 'ranksOf' | 'wantedOf' | 'heal' | 'readOriginal'> {
  /**
   * Makes small copies of the captures that will travel, and sends these first; left out: where the rate is limited. What
   * was sent of a trip over a slow link can be seen (`knownPreviews`) before the pictures arrive.
   */
  readonly previews?: boolean;
  /** The only frames whose contents travel; what is no part of a frame stays then. */
  readonly where?: Query;
}

/**
 * Reconciles two vaults, both ways: each gets the snapshots, words and contents it lacks, as they are stored, the most precious
 * first; damaged files are mended from the other vault; states that both sides changed are merged. A sync that was cut
 * off anywhere goes on where it stopped. Opened vaults are up to date afterwards. Given as paths, two vaults with nothing
 * new are not even opened.
 * @param field a vault or its path; its versions are called `field` where a merge finds a conflict
 * @param studio the other side
 * @throws FieldVaultError BAD_USAGE, VAULT_OTHER, VAULT_BEHIND, VAULT_INCOMPLETE, LEASED, TARGET_READ_ONLY, TARGET_FULL,
 * TARGET_GONE, NOT_A_VAULT
 */
export async function sync(
  world: World,
  field: Vault | string,
  studio: Vault | string,
  options: SyncVaultsOptions = {},
): Promise<SyncReport> {
  if (typeof field === 'string' && typeof studio === 'string' && options.dryRun !== true) {
    const report = await nothingNew(world, [field, studio]);
    if (report !== null) return report;
  }
  const box = openTimeBox(world, options);
  try {
    const opened = [await opening(world, field), await opening(world, studio)] as const;
    return await syncOpened(world, opened, { options, box });
  } finally {
    box.close();
  }
}

async function syncOpened(
  world: World,
  [field, studio]: readonly [Vault, Vault],
  { options, box }: { readonly options: SyncVaultsOptions; readonly box: TimeBox },
): Promise<SyncReport> {
  const { where, previews = options.bytesPerSecond !== undefined, ...rest } = options;
  if (previews && options.dryRun !== true) {
    for (const [from, to] of [
      [field, studio],
      [studio, field],
    ] as const) {
      const blobs = where === undefined ? null : await blobsWhere(world, from, where);
      const isWanted = (blob: BlobId): boolean =>
        !to.ledger.holds(blob) && blobs?.has(blob) !== false;
      const issues = new IssueLog(rest.onIssue);
      await learnPreviews(world, from, isWanted, { issues, signal: box.signal });
    }
  }
  const maxMinutes = box.minutesLeft();
  return syncVaults(world, field, studio, {
    ...rest,
    ...(maxMinutes !== undefined && { maxMinutes }),
    ranksOf: (vault) => ranksOf(world, vault),
    readOriginal: (vault, blob) => originalOf(world.disk, { blob, places: placesOf(vault, blob) }),
    heal: (vault, damaged, from) => heal(world, vault, { damaged, from, signal: box.signal }),
    ...(where && {
      wantedOf: async (vault) => {
        const blobs = await blobsWhere(world, vault, where);
        return (blob) => blobs.has(blob);
      },
    }),
  });
}

async function opening(world: World, vault: Vault | string): Promise<Vault> {
  return typeof vault === 'string' ? openVault(world, vault) : vault;
}

/** As the tiers of the vault's policy say; where that is not understood, all are alike. */
async function ranksOf(world: World, vault: Vault): Promise<(blob: BlobId) => number> {
  const tiers = await tiersByContent(world, vault).catch(() => null);
  return (blob) => (tiers === null ? 0 : (tiers.byBlob.get(blob) ?? tiers.rest).sync);
}

async function heal(
  world: World,
  vault: Vault,
  wrong: {
    readonly damaged: readonly string[];
    readonly from: Vault;
    readonly signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const opened = await openVault(world, vault.root);
  const found = { ...(await check(world, opened)), damagedPaths: wrong.damaged };
  const { from, signal } = wrong;
  const { repaired } = await repair(world, opened, found, { from, signal });
  return repaired;
}
