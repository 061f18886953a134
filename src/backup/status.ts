import { originalName } from '../forms/index.ts';
import { type FileRole, roleOf } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import {
  listSnapshots,
  type RunId,
  type RunSource,
  type SnapshotSource,
  type SnapshotSummary,
  totalsOf,
  treeOf,
  type Vault,
} from '../vault/index.ts';
import { type Savings, savingsOf } from './compact/savings.ts';

/** What one source has in the vault. */
export interface SourceStatus {
  readonly source: string;
  readonly lastTime: string;
  readonly lastSnapshot: RunId;
  readonly files: number;
  readonly bytes: number;
  /** Whether its last run was cut off: run the backup again. */
  readonly isUnfinished: boolean;
  /** Whether its last run left out files, with an issue for each: they are not protected. */
  readonly hasIssues: boolean;
}

/** What a vault holds and how it is. */
export interface VaultStatus {
  readonly id: string;
  readonly label: string;
  readonly format: number;
  readonly snapshots: number;
  readonly sources: readonly SourceStatus[];
  readonly blobs: number;
  /** Bytes of all contents, each counted once. */
  readonly bytes: number;
  /** Contents and bytes by what they are to a photographer. */
  readonly byRole: Readonly<Record<FileRole, { readonly blobs: number; readonly bytes: number }>>;
  /** What other forms than verbatim save, by kind, and storing each content once. */
  readonly savings: Savings;
  /** Stored files known to be damaged. */
  readonly damaged: number;
  /** When the content that was not read for longest was last read; '' where there is none. */
  readonly oldestVerified: string;
  /** Runs that were cut off and not done again since. */
  readonly unfinished: number;
  readonly freeBytes: number | null;
}

/** Says what is protected, since when, and what needs attention. Reads only the journals. */
export async function status(world: World, vault: Vault): Promise<VaultStatus> {
  const { ledger, identity } = vault;
  const sources = sourceStatuses(vault);
  const stored = [...ledger.blobs].filter(([, blob]) => blob.places.length > 0);
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const [id] of stored) oldestMs = Math.min(oldestMs, ledger.verifiedMs(id));
  return {
    id: identity.id,
    label: identity.label,
    format: identity.format,
    snapshots: listSnapshots(ledger).filter(({ state }) => state !== 'unfinished').length,
    sources,
    blobs: stored.length,
    bytes: stored.reduce((sum, [, blob]) => sum + blob.sizeBytes, 0),
    byRole: rolesOf(vault),
    savings: savingsOf(ledger),
    damaged: ledger.damaged.size,
    oldestVerified: stored.length === 0 ? '' : new Date(oldestMs).toISOString(),
    unfinished: sources.filter((source) => source.isUnfinished).length,
    freeBytes: await world.disk.freeBytes(vault.root).catch(() => null),
  };
}

/** The newest state of each source. */
function sourceStatuses(vault: Vault): SourceStatus[] {
  const newest = new Map<string, SnapshotSummary>();
  for (const snapshot of listSnapshots(vault.ledger)) {
    for (const { source } of snapshot.sources) newest.set(source, snapshot);
  }
  return [...newest].map(([source, { id, time, state, sources }]) => {
    const record = sources.find((one) => one.source === source);
    const totals =
      record !== undefined && isCounted(record)
        ? record
        : totalsOf(treeOf(vault.ledger, id, source));
    return {
      source,
      lastTime: time,
      lastSnapshot: id,
      files: totals.files,
      bytes: totals.bytes,
      isUnfinished: state === 'unfinished',
      hasIssues: state === 'with-issues',
    };
  });
}

function isCounted(source: RunSource): source is SnapshotSource {
  return 'tree' in source;
}

function rolesOf(vault: Vault): VaultStatus['byRole'] {
  const roles = {
    capture: { blobs: 0, bytes: 0 },
    sidecar: { blobs: 0, bytes: 0 },
    catalog: { blobs: 0, bytes: 0 },
    other: { blobs: 0, bytes: 0 },
  };
  for (const stored of vault.ledger.blobs.values()) {
    const place = stored.places[0];
    if (place === undefined) continue;
    const role = roles[roleOf(originalName(place.at, place.form))];
    role.blobs += 1;
    role.bytes += stored.sizeBytes;
  }
  return roles;
}
