import type { EditorFacts, QuickFacts } from '../../metadata/index.ts';
import type { FrameFacts } from '../../query/index.ts';

/** What stands about one frame on the card. */
export interface Said {
  readonly id: string;
  readonly paths: readonly string[];
  readonly kinds: readonly string[];
  readonly sizeBytes: number;
  readonly isProtected: boolean;
  /** What the pictures say of themselves, joined. */
  readonly quick: QuickFacts | null;
  /** What sidecars say that were read now. */
  readonly editors: readonly EditorFacts[];
}

/**
 * What is known of a frame before it is copied: what its sidecars on the card say now, then what the vault knows of it,
 * then what the picture says of itself.
 */
export function wordsOf(said: Said, known: FrameFacts | undefined): FrameFacts {
  const { quick, editors } = said;
  const pictures = editors.filter(({ copyName }) => copyName === null);
  const first = pictures[0];
  const time = quick?.time ?? null;
  const takenMs = time === null ? Number.NaN : Date.parse(`${time.local}Z`);
  return {
    id: said.id,
    paths: said.paths,
    kinds: said.kinds,
    sizeBytes: said.sizeBytes,
    isProtected: said.isProtected,
    camera: known?.camera ?? quick?.model ?? null,
    lens: known?.lens ?? quick?.lens ?? null,
    serial: known?.serial ?? quick?.serial ?? null,
    iso: known?.iso ?? quick?.iso ?? null,
    aperture: known?.aperture ?? quick?.aperture ?? null,
    shutterSeconds: known?.shutterSeconds ?? quick?.shutterSeconds ?? null,
    focal: known?.focal ?? quick?.focal ?? null,
    takenMs: known?.takenMs ?? (Number.isNaN(takenMs) ? null : takenMs),
    rating: ratingOf(pictures) ?? known?.rating ?? quick?.rating ?? null,
    label: first?.label ?? known?.label ?? quick?.label ?? null,
    pick: first?.pick ?? known?.pick ?? null,
    keywords: unique([
      ...editors.flatMap(({ keywords }) => keywords),
      ...(known?.keywords ?? []),
      ...(quick?.keywords ?? []),
    ]),
    collections: known?.collections ?? [],
    tier: null,
    burst: known?.burst ?? null,
    isBest: known?.isBest ?? false,
    sharpness: known?.sharpness ?? null,
    latitude: known?.latitude ?? quick?.latitude ?? null,
    longitude: known?.longitude ?? quick?.longitude ?? null,
    hasIssue: known?.hasIssue ?? false,
    tags: known?.tags ?? {},
  };
}

/** Stars, or -1 where the first word about them is that the picture is rejected and it has none. */
function ratingOf(editors: readonly EditorFacts[]): number | null {
  for (const { rating, pick } of editors) {
    if (rating !== null) return rating;
    if (pick === -1) return -1;
  }
  return null;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
