import type { BlobId } from '../../base/index.ts';
import { type EncodeOutcome, formTail, previewTail, type StagedFile } from '../../forms/index.ts';
import type { World } from '../../platform/index.ts';
import {
  type BlobRecord,
  dayOfPlace,
  type NameTail,
  type PartRecord,
  sourceNameOf,
  splitPlace,
  type Vault,
  type VaultWriter,
} from '../../vault/index.ts';
import { relistFolders } from '../relist.ts';
import { takenError } from '../replace-place.ts';
import { PUBLISH_TASK } from '../stage-task.ts';
import type { Candidate } from './candidates.ts';
import type { Compacted } from './compact-report.ts';
import { savingKindOf } from './savings.ts';

/** A content with its smaller form, which is written and proven and has no name yet. */
export interface Encoded {
  readonly candidate: Candidate;
  readonly outcome: Extract<EncodeOutcome, { state: 'encoded' }>;
}

/** Where forms are settled. */
export interface Settling {
  readonly world: World;
  readonly writer: VaultWriter;
  readonly vault: Vault;
}

/**
 * Gives forms their names, tells the journal, and only then drops and removes the verbatim files. Removal is the last
 * step: cut off anywhere, the content stands in one form or both.
 */
export async function settleForms(
  settling: Settling,
  forms: readonly Encoded[],
): Promise<Compacted[]> {
  if (forms.length === 0) return [];
  const { world, writer } = settling;
  const time = new Date(world.clock.nowMs()).toISOString();
  const records = await publishForms(settling, forms, time);
  await writer.commit(records);
  await dropVerbatim(
    settling,
    forms.map(({ candidate: { blob, place } }, index) => {
      return { blob, at: place.at, stands: records[index]?.at ?? place.at };
    }),
  );
  return records.map((record) => compactedOf(record));
}

/** A verbatim file whose content stands in another form, proven. */
export interface Replaced {
  readonly blob: BlobId;
  readonly at: string;
  /** The place of the other form. */
  readonly stands: string;
}

/** Drops verbatim files from the journal, then removes them. */
export async function dropVerbatim(
  { world, writer, vault }: Settling,
  replaced: readonly Replaced[],
): Promise<void> {
  const time = new Date(world.clock.nowMs()).toISOString();
  await writer.commit(replaced.map(({ blob, at }) => ({ type: 'drop', blob, at, time })));
  const folders = new Set(
    replaced.flatMap(({ at, stands }) => [splitPlace(at).folder, splitPlace(stands).folder]),
  );
  const { ledger } = vault;
  const gone = replaced.map(({ at }) => at);
  const lists = await relistFolders({ writer, ledger, folders, gone: new Set(gone), time });
  // What the journal has dropped and is still there harms nobody: prune removes it.
  for (const at of [...gone, ...lists]) {
    await world.disk.removeFile(`${vault.root}/${at}`).catch(() => {});
  }
  for (const folder of folders) {
    await world.disk.syncFolder(`${vault.root}/${folder}`).catch(() => {});
  }
}

async function publishForms(
  { world, writer, vault }: Settling,
  forms: readonly Encoded[],
  time: string,
): Promise<BlobRecord[]> {
  const records: BlobRecord[] = [];
  const files: { readonly part: string; readonly target: string }[] = [];
  const folders = new Set<string>();
  const claim = async (
    { blob, place }: Candidate,
    file: StagedFile,
    tail: NameTail,
  ): Promise<PartRecord> => {
    const name = sourceNameOf(splitPlace(place.at).name);
    const at = await writer.claimPlace(name, blob, dayOfPlace(place.at), tail);
    files.push({ part: file.path, target: `${vault.root}/${at}` });
    for (const folder of writer.foldersToSync(splitPlace(at).folder)) folders.add(folder);
    return { at, size: file.size, sha256: file.sha256 };
  };
  for (const { candidate, outcome } of forms) {
    const { at, size, sha256 } = await claim(candidate, outcome.file, formTail(outcome.form));
    const parts: PartRecord[] = [];
    for (const [index, part] of outcome.parts.entries()) {
      parts.push(await claim(candidate, part, previewTail(index)));
    }
    records.push(recordOf({ candidate, outcome }, { at, stored: { size, sha256 }, parts }, time));
  }
  const { states } = await world.workers.run(PUBLISH_TASK, { files, folders: [...folders] });
  if (states.some((state) => state !== 'published')) throw takenError();
  return records;
}

function recordOf(
  { candidate, outcome }: Encoded,
  stands: Pick<BlobRecord, 'at' | 'stored'> & { readonly parts: readonly PartRecord[] },
  time: string,
): BlobRecord {
  const { blob, sizeBytes, head } = candidate;
  const needs: readonly BlobId[] = outcome.needs;
  return {
    type: 'blob',
    blob,
    size: sizeBytes,
    form: outcome.form,
    at: stands.at,
    head,
    verified: outcome.isDirect ? 'direct' : 'cached',
    time,
    ...(stands.stored && { stored: stands.stored }),
    ...(needs.length > 0 && { needs }),
    ...(stands.parts.length > 0 && { parts: stands.parts }),
  };
}

/** What a form saves. */
export function compactedOf({
  blob,
  size,
  form,
  needs,
  stored,
  parts = [],
}: Pick<BlobRecord, 'blob' | 'size' | 'form' | 'needs' | 'stored' | 'parts'>): Compacted {
  const bytesAfter = parts.reduce((sum, part) => sum + part.size, stored?.size ?? size);
  const kind = savingKindOf({ form, ...(needs && { needs }) }) ?? 'zstd';
  return { blob, kind, bytesBefore: size, bytesAfter };
}
