import { type BlobId, FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { StopFlag } from '../store/index.ts';
import {
  type BlobRecord,
  type CheckReport,
  splitPlace,
  type Vault,
  type VaultWriter,
} from '../vault/index.ts';
import { relistFolders } from './relist.ts';
import { PUBLISH_TASK, STAGE_TASK } from './stage-task.ts';
import { writing } from './writing.ts';

/** A stored file to be mended. */
interface Broken {
  readonly blob: BlobId;
  readonly at: string;
}

/** Where good bytes come from. */
export interface RepairOptions {
  /** Another vault that holds the same pictures. */
  readonly from: Vault;
  /** Ends the repair within one chunk; what was mended stays mended. */
  readonly signal?: AbortSignal;
}

/** What a repair did. */
export interface RepairReport {
  /** Places that were mended. */
  readonly repaired: readonly string[];
  /** Places whose content neither vault has. */
  readonly unrepaired: readonly string[];
  /** Whether it was ended before every place was tried. */
  readonly isInterrupted: boolean;
}

/**
 * Mends what a check found damaged or missing, with bytes from another vault or from another place in this one.
 * The mended file gets a new name; the damaged one is removed only after the journal names the new one.
 * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function repair(
  world: World,
  vault: Vault,
  found: CheckReport,
  options: RepairOptions,
): Promise<RepairReport> {
  const { from: other, signal } = options;
  const wrong = new Set(found.damagedPaths);
  const broken: Broken[] = [];
  for (const [blob, stored] of vault.ledger.blobs) {
    for (const { at } of stored.places) if (wrong.has(at)) broken.push({ blob, at });
  }
  refuseItself(vault, other);
  const repaired: string[] = [];
  const unrepaired: string[] = [];
  await writing(world, vault, {}, async (writer) => {
    const stop = new StopFlag(signal);
    try {
      for (const one of broken) {
        const sources = sourcesOf(vault, other, one);
        const isMended = await mend(world, writer, one, { sources, stop });
        // What was not tried to its end is not known to be beyond repair.
        if (!isMended && stop.isRaised) break;
        (isMended ? repaired : unrepaired).push(one.at);
      }
    } finally {
      stop.release();
    }
    await relistMended(world, writer, repaired);
    await writer.finish([]);
  });
  const isInterrupted = repaired.length + unrepaired.length < broken.length;
  return { repaired, unrepaired, isInterrupted };
}

function refuseItself(vault: Vault, other: Vault): void {
  if (vault.identity.id !== other.identity.id) return;
  throw new FieldVaultError(
    'BAD_USAGE',
    'A vault cannot be mended from itself. Nothing was changed; name the mirror or another vault.',
  );
}

/** The lists of digests must not name damaged files any more: the system's own check would complain for ever. */
async function relistMended(
  world: World,
  writer: VaultWriter,
  repaired: readonly string[],
): Promise<void> {
  const { root, ledger } = writer.vault;
  const folders = new Set(repaired.map((at) => splitPlace(at).folder));
  const time = new Date(world.clock.nowMs()).toISOString();
  const old = await relistFolders({ writer, ledger, folders, gone: new Set(), time });
  for (const at of old) await world.disk.removeFile(`${root}/${at}`).catch(() => {});
  for (const folder of folders) await world.disk.syncFolder(`${root}/${folder}`).catch(() => {});
}

/** Where good bytes may be had: other places here first, then the other vault. */
function sourcesOf(vault: Vault, other: Vault, broken: Broken): string[] {
  const here = vault.ledger.blobs.get(broken.blob)?.places ?? [];
  const there = other.ledger.blobs.get(broken.blob)?.places ?? [];
  return [
    ...here.filter(({ at }) => at !== broken.at).map(({ at }) => `${vault.root}/${at}`),
    ...there.map(({ at }) => `${other.root}/${at}`),
  ];
}

async function mend(
  world: World,
  writer: VaultWriter,
  broken: Broken,
  { sources, stop }: { readonly sources: readonly string[]; readonly stop: StopFlag },
): Promise<boolean> {
  for (const source of sources) {
    if (stop.isRaised) return false;
    const part = writer.partPath();
    const counter = new SharedArrayBuffer(8);
    const reply = await world.workers.run(STAGE_TASK, {
      files: [{ source, parts: [part] }],
      counter,
      stop: stop.memory,
    });
    const outcome = reply.outcomes[0];
    if (outcome?.state !== 'read' || outcome.parts[0]?.state !== 'verified') continue;
    if (outcome.blob !== broken.blob) {
      await world.disk.removeFile(part).catch(() => {});
      continue;
    }
    const { isDirect } = outcome.parts[0];
    await replace(world, writer, broken, {
      part,
      size: outcome.sizeBytes,
      head: outcome.head,
      verified: isDirect ? 'direct' : 'cached',
    });
    return true;
  }
  return false;
}

async function replace(
  world: World,
  writer: VaultWriter,
  { blob, at }: Broken,
  copy: { readonly part: string } & Pick<BlobRecord, 'size' | 'head' | 'verified'>,
): Promise<void> {
  const { root } = writer.vault;
  const { folder, name } = splitPlace(at);
  const day = (folder.split('/')[2] ?? '1970-01-01').slice(0, 10);
  const sourceName = name.replace(/~[0-9a-f]{16,64}(?=\.[^.]*$|$)/, '');
  const place = await writer.claimPlace(sourceName, blob, day);
  await world.workers.run(PUBLISH_TASK, {
    files: [{ part: copy.part, target: `${root}/${place}` }],
    folders: writer.foldersToSync(splitPlace(place).folder),
  });
  const time = new Date(world.clock.nowMs()).toISOString();
  const { size, head, verified } = copy;
  const mended: BlobRecord = {
    type: 'blob',
    blob,
    size,
    form: 'verbatim',
    at: place,
    head,
    verified,
    time,
  };
  // A file that was missing gets its own name again: then there is nothing to drop.
  if (place === at) return writer.commit([mended]);
  await writer.commit([mended, { type: 'drop', blob, at, time }]);
  await world.disk.removeFile(`${root}/${at}`).catch(() => {});
  await world.disk.syncFolder(`${root}/${folder}`).catch(() => {});
}
