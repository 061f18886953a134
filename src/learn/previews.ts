import { type BlobId, type IssueLog, mapPool } from '../base/index.ts';
import { roleOf } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import { readFacts, type Vault } from '../vault/index.ts';
import { FactsKeeper } from './facts-keeper.ts';
import type { PreviewFacts } from './kept.ts';
import { PREVIEW_TASK } from './preview-task.ts';
import { type Unlearned, unlearnedOf } from './unlearned.ts';

/** Pictures that one thread makes copies of before it is asked again. */
const PICTURES_AT_ONCE = 8;

/**
 * Makes small copies of captures and keeps them as facts, for those that have none: facts travel first, so a picture can be
 * seen before it arrives. Returns how many were made.
 * @param isWanted leaves out captures whose copy nobody asked for
 */
export async function learnPreviews(
  world: World,
  vault: Vault,
  isWanted: (blob: BlobId) => boolean,
  { issues, signal }: { readonly issues: IssueLog; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const isCapture = (path: string): boolean => roleOf(path) === 'capture';
  const wanted = unlearnedOf([vault], 'preview', isCapture).filter(({ blob }) => isWanted(blob));
  if (wanted.length === 0) return 0;
  const keeper = await FactsKeeper.open(world, [vault], { issues });
  let made = 0;
  try {
    const work = mapPool(world.workers.count, portions(wanted, signal), async (files) => {
      const paths = files.map(({ place }) => place);
      return { files, copies: await world.workers.run(PREVIEW_TASK, { paths }) };
    });
    for await (const { files, copies } of work) {
      for (const [index, { blob }] of files.entries()) {
        const copy = copies[index] ?? null;
        const jpeg = copy === null ? null : Buffer.from(copy).toString('base64');
        if (jpeg !== null) made += 1;
        const facts: PreviewFacts = { jpeg };
        await keeper.keep('preview', blob, facts);
      }
    }
  } finally {
    await keeper.close();
  }
  return made;
}

function* portions(
  files: readonly Unlearned[],
  signal: AbortSignal | undefined,
): Generator<readonly Unlearned[]> {
  for (let start = 0; start < files.length; start += PICTURES_AT_ONCE) {
    if (signal?.aborted === true) return;
    yield files.slice(start, start + PICTURES_AT_ONCE);
  }
}

/** A small copy of a picture that a vault knows; the picture itself may not have arrived yet. */
export interface KnownPreview {
  readonly blob: BlobId;
  /** `<source>/<path>` that it had, the first one known. */
  readonly path: string;
  readonly jpeg: Uint8Array;
  /** Whether the vault holds the picture itself. */
  readonly isHeld: boolean;
}

/** The small copies that a vault has, each once. */
export async function* knownPreviews(
  world: Pick<World, 'disk'>,
  vault: Vault,
): AsyncGenerator<KnownPreview> {
  const paths = pathsByBlob(vault);
  for await (const { blob, facts } of readFacts(world, vault, 'preview')) {
    const { jpeg } = facts as PreviewFacts;
    const path = paths.get(blob);
    if (jpeg === null || path === undefined) continue;
    yield {
      blob,
      path,
      jpeg: new Uint8Array(Buffer.from(jpeg, 'base64')),
      isHeld: vault.ledger.holds(blob),
    };
  }
}

function pathsByBlob({ ledger }: Vault): Map<BlobId, string> {
  const paths = new Map<BlobId, string>();
  for (const run of ledger.runs.values()) {
    for (const [source, changes] of run.changes) {
      for (const [path, entry] of changes) {
        if (entry?.kind !== 'file' || paths.has(entry.content as BlobId)) continue;
        paths.set(entry.content as BlobId, `${source}/${path}`);
      }
    }
  }
  return paths;
}
