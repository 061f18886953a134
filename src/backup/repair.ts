import { type BlobId, FieldVaultError, systemCodeOf } from '../base/index.ts';
import { ORIGINAL_TASK, originalName, placesOf } from '../forms/index.ts';
import type { World } from '../platform/index.ts';
import { type ContentNeed, type ContentPlace, StopFlag } from '../store/index.ts';
import {
  type BlobRecord,
  type CheckReport,
  dayOfPlace,
  filesOfPlace,
  type Place,
  splitPlace,
  type Vault,
  type VaultWriter,
} from '../vault/index.ts';
import { relistFolders } from './relist.ts';
import { PUBLISH_TASK, STAGE_TASK } from './stage-task.ts';
import { writing } from './writing.ts';

/** A stored place to be mended: its file, or one that belongs to it, is wrong. */
interface Broken {
  readonly blob: BlobId;
  readonly place: Place;
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
    for (const place of stored.places) {
      const files = [...filesOfPlace(stored, place)];
      if (files.some(({ at }) => wrong.has(at))) broken.push({ blob, place });
    }
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
        (isMended ? repaired : unrepaired).push(one.place.at);
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

/** Where good bytes may be had: other places here first, then the other vault; verbatim ones before others. */
function sourcesOf(vault: Vault, other: Vault, { blob, place }: Broken): ContentPlace[] {
  const own = `${vault.root}/${place.at}`;
  const here = placesOf(vault, blob).filter(({ path }) => path !== own);
  const all = [...here, ...placesOf(other, blob)];
  const isVerbatim = ({ form }: ContentPlace): boolean => form === 'verbatim';
  return [...all.filter(isVerbatim), ...all.filter((one) => !isVerbatim(one))];
}

/** An unfinished file with the content, verified. */
type Copy = { readonly part: string } & Pick<BlobRecord, 'size' | 'head' | 'verified'>;

async function mend(
  world: World,
  writer: VaultWriter,
  broken: Broken,
  { sources, stop }: { readonly sources: readonly ContentPlace[]; readonly stop: StopFlag },
): Promise<boolean> {
  for (const source of sources) {
    if (stop.isRaised) return false;
    const part = writer.partPath();
    const copy =
      source.form === 'verbatim'
        ? await copyVerbatim(world, { source: source.path, part, stop }, broken.blob)
        : await copyDecoded(world, { blob: broken.blob, places: [source] }, part);
    if (copy === null) {
      await world.disk.removeFile(part).catch(() => {});
      continue;
    }
    await replace(world, writer, broken, copy);
    return true;
  }
  return false;
}

async function copyVerbatim(
  world: World,
  { source, part, stop }: { source: string; part: string; stop: StopFlag },
  blob: BlobId,
): Promise<Copy | null> {
  const { outcomes } = await world.workers.run(STAGE_TASK, {
    files: [{ source, parts: [part] }],
    counter: new SharedArrayBuffer(8),
    stop: stop.memory,
  });
  const [outcome] = outcomes;
  if (outcome?.state !== 'read' || outcome.parts[0]?.state !== 'verified') return null;
  if (outcome.blob !== blob) return null;
  const verified = outcome.parts[0].isDirect ? 'direct' : 'cached';
  return { part, size: outcome.sizeBytes, head: outcome.head, verified };
}

async function copyDecoded(world: World, content: ContentNeed, part: string): Promise<Copy | null> {
  try {
    const written = await world.workers.run(ORIGINAL_TASK, { content, unfinished: part });
    const verified = written.isDirect ? 'direct' : 'cached';
    return { part, size: written.sizeBytes, head: written.head, verified };
  } catch (error) {
    // The vault's own drive is the act's trouble; what cannot be decoded is this place's.
    if (/^(ENOSPC|EDQUOT|EROFS)$/.test(systemCodeOf(error))) throw error;
    return null;
  }
}

async function replace(
  world: World,
  writer: VaultWriter,
  { blob, place: broken }: Broken,
  { part, size, head, verified }: Copy,
): Promise<void> {
  const { root } = writer.vault;
  const { at, form, parts = [] } = broken;
  const { folder, name } = splitPlace(at);
  const place = await writer.claimPlace(originalName(name, form), blob, dayOfPlace(at));
  await world.workers.run(PUBLISH_TASK, {
    files: [{ part, target: `${root}/${place}` }],
    folders: writer.foldersToSync(splitPlace(place).folder),
  });
  const time = new Date(world.clock.nowMs()).toISOString();
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
  for (const gone of [at, ...parts.map((one) => one.at)]) {
    await world.disk.removeFile(`${root}/${gone}`).catch(() => {});
  }
  await world.disk.syncFolder(`${root}/${folder}`).catch(() => {});
}
