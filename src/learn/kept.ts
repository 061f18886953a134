import type { BurstHint, Look } from '../analysis/index.ts';
import type { CatalogHealth, EditorFacts, QuickFacts } from '../metadata/index.ts';

/**
 * The kinds of facts that vaults keep, each with the version of what learns it: a higher number makes everything of that
 * kind be learned again.
 */
export const KINDS = {
  /** {@link LookFacts} of captures and sidecars. */
  look: 1,
  /** {@link FullFacts} of captures: what the full record says, in few words. */
  full: 1,
  /** The full record itself (`FullRecord` of metadata). */
  record: 1,
  /** {@link CatalogFacts} of catalogs, several lines for a large one. */
  catalog: 1,
  /** {@link PreviewFacts} of captures whose previews were asked for: they travel before the pictures do. */
  preview: 1,
} as const;

/** Name of a kind of facts, as it stands in file names and journal lines. */
export type Kind = keyof typeof KINDS;

/** What the file itself tells at once. */
export interface LookFacts {
  readonly quick: QuickFacts | null;
  readonly look: Look | null;
  /** What a sidecar says of its picture, then of virtual copies. */
  readonly editor: readonly EditorFacts[];
  /** Why the metadata could not be understood, as a sentence; null where it could. */
  readonly trouble: string | null;
}

/** A small copy of a picture. */
export interface PreviewFacts {
  /** JPEG, as base64; null where there is nothing to see. */
  readonly jpeg: string | null;
}

/** What the full record tells that frames, groups and search ask for. */
export interface FullFacts {
  readonly facts: QuickFacts | null;
  readonly hint: BurstHint | null;
  /** Joins the still and the film of one press of the shutter. */
  readonly contentIdentifier: string | null;
  /** Metres. */
  readonly focusDistance: number | null;
  /** Where quick and full record contradict each other, as sentences. */
  readonly disagreements: readonly string[];
  readonly trouble: string | null;
}

/** What a catalog tells of its pictures; the first line about a catalog has its health. */
export interface CatalogFacts {
  /** `<source>/<path>` of the catalog. */
  readonly path: string;
  readonly health: CatalogHealth | null;
  readonly editor: readonly EditorFacts[];
}
