import { filesOfPlace, type Ledger, type Place, type StoredBlob } from '../../vault/index.ts';

/** By what bytes were saved: a recoded JPEG or RAW, by itself or beside its burst; a delta; plain compression. */
export const SAVING_KINDS = [
  'jpeg',
  'jpeg-burst',
  'raw-single',
  'raw-burst',
  'delta',
  'zstd',
] as const;

/** One of {@link SAVING_KINDS}. */
export type SavingKind = (typeof SAVING_KINDS)[number];

/** How many contents, what they were, and what they take now, in bytes. */
export interface Saving {
  readonly blobs: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** What a vault saves. */
export interface Savings {
  readonly byKind: Readonly<Record<SavingKind, Saving>>;
  /** Files whose content was in the vault already, in all runs, and their bytes. */
  readonly duplicates: { readonly files: number; readonly bytes: number };
}

/** No saving at all, to be added to. */
export function noSavings(): Record<SavingKind, Saving> {
  const none = { blobs: 0, bytesBefore: 0, bytesAfter: 0 };
  return {
    ...{ jpeg: none, 'jpeg-burst': none, 'raw-single': none, 'raw-burst': none },
    ...{ delta: none, zstd: none },
  };
}

/** A saving with one more content. */
export function addSaving(
  saving: Saving,
  one: { readonly bytesBefore: number; readonly bytesAfter: number },
): Saving {
  return {
    blobs: saving.blobs + 1,
    bytesBefore: saving.bytesBefore + one.bytesBefore,
    bytesAfter: saving.bytesAfter + one.bytesAfter,
  };
}

/** What a form counts as; null for a verbatim one and for what this version does not know. */
export function savingKindOf({ form, needs }: Pick<Place, 'form' | 'needs'>): SavingKind | null {
  if (form === 'jpeg-recoded') return needs === undefined ? 'jpeg' : 'jpeg-burst';
  if (form === 'raw-recoded') return needs === undefined ? 'raw-single' : 'raw-burst';
  return form === 'delta' || form === 'zstd' ? form : null;
}

/** What a vault saves by forms, and by storing each content once. */
export function savingsOf(ledger: Ledger): Savings {
  const byKind = noSavings();
  for (const stored of ledger.blobs.values()) {
    const [place] = stored.places;
    const kind = place === undefined ? null : savingKindOf(place);
    if (place === undefined || kind === null) continue;
    const bytesAfter = bytesOf(stored, place);
    byKind[kind] = addSaving(byKind[kind], { bytesBefore: stored.sizeBytes, bytesAfter });
  }
  return { byKind, duplicates: duplicatesOf(ledger) };
}

function bytesOf(stored: StoredBlob, place: Place): number {
  return [...filesOfPlace(stored, place)].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function duplicatesOf(ledger: Ledger): Savings['duplicates'] {
  const seen = new Set<string>();
  let files = 0;
  let bytes = 0;
  for (const run of ledger.runs.values()) {
    for (const changes of run.changes.values()) {
      for (const entry of changes.values()) {
        if (entry?.kind !== 'file') continue;
        if (seen.has(entry.content)) {
          files += 1;
          bytes += entry.sizeBytes;
        }
        seen.add(entry.content);
      }
    }
  }
  return { files, bytes };
}
