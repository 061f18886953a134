import { type BlobId, FieldVaultError } from '../base/index.ts';
import { placesOf } from '../forms/index.ts';
import type { World } from '../platform/index.ts';
import { type ContentPlace, StopFlag } from '../store/index.ts';
import { type CheckReport, filesOfPlace, type Vault, type VaultWriter } from '../vault/index.ts';
import {
  decodeCopy,
  type PlaceOfBlob,
  relistReplaced,
  replacePlace,
  type VerbatimCopy,
} from './replace-place.ts';
import { STAGE_TASK } from './stage-task.ts';
import { writing } from './writing.ts';

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
  const broken: PlaceOfBlob[] = [];
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
    await relistReplaced(world, writer, repaired);
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

/** Where good bytes may be had: other places here first, then the other vault; verbatim ones before others. */
function sourcesOf(vault: Vault, other: Vault, { blob, place }: PlaceOfBlob): ContentPlace[] {
  const own = `${vault.root}/${place.at}`;
  const here = placesOf(vault, blob).filter(({ path }) => path !== own);
  const all = [...here, ...placesOf(other, blob)];
  const isVerbatim = ({ form }: ContentPlace): boolean => form === 'verbatim';
  return [...all.filter(isVerbatim), ...all.filter((one) => !isVerbatim(one))];
}

async function mend(
  world: World,
  writer: VaultWriter,
  broken: PlaceOfBlob,
  { sources, stop }: { readonly sources: readonly ContentPlace[]; readonly stop: StopFlag },
): Promise<boolean> {
  for (const source of sources) {
    if (stop.isRaised) return false;
    const part = writer.partPath();
    const copy =
      source.form === 'verbatim'
        ? await copyVerbatim(world, { source: source.path, part, stop }, broken.blob)
        : await decodeCopy(world, { blob: broken.blob, places: [source] }, part);
    if (copy === null) {
      await world.disk.removeFile(part).catch(() => {});
      continue;
    }
    await replacePlace(world, writer, broken, copy);
    return true;
  }
  return false;
}

async function copyVerbatim(
  world: World,
  { source, part, stop }: { source: string; part: string; stop: StopFlag },
  blob: BlobId,
): Promise<VerbatimCopy | null> {
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
