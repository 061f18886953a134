import type { FrameCopy, PlanFrame } from '../../src/priority/index.ts';
import type { FrameFacts } from '../../src/query/index.ts';

/** A billion bytes, as drives are sold. */
export const GB = 1_000_000_000;
/** The morning of the expedition's third day. */
export const NOW_MS: number = Date.UTC(2026, 10, 22, 9);

/** What a frame of a test is, where it is not as all others. */
export interface FrameSketch {
  readonly id: string;
  readonly rating?: number;
  readonly pick?: number;
  readonly sizeBytes?: number;
  readonly takenMs?: number | null;
  readonly compactBytes?: number | null;
  readonly isAtHand?: boolean;
  readonly copies?: readonly FrameCopy[];
}

/** What is known of a frame that nobody said anything about. */
export function factsOf({ id, rating, pick, sizeBytes, takenMs }: FrameSketch): FrameFacts {
  return {
    id,
    paths: [`CARD_A/${id}.NEF`],
    camera: null,
    lens: null,
    serial: null,
    iso: null,
    aperture: null,
    shutterSeconds: null,
    focal: null,
    takenMs: takenMs === undefined ? NOW_MS : takenMs,
    rating: rating ?? null,
    label: null,
    pick: pick ?? null,
    keywords: [],
    collections: [],
    tier: null,
    burst: null,
    kinds: ['raw'],
    sizeBytes: sizeBytes ?? GB,
    latitude: null,
    longitude: null,
    hasIssue: false,
    isProtected: false,
    isBest: false,
    sharpness: null,
    tags: {},
  };
}

/** A frame on a card that is connected. */
export function frameOf(sketch: FrameSketch): PlanFrame {
  const { compactBytes = null, isAtHand = true, copies = [] } = sketch;
  return { facts: factsOf(sketch), compactBytes, isAtHand, copies };
}

/** So many frames alike, named by a letter and a number. */
export function framesOf(letter: string, count: number, sketch: Partial<FrameSketch>): PlanFrame[] {
  return Array.from({ length: count }, (_, index) =>
    frameOf({
      ...sketch,
      id: `${letter}${String(index).padStart(3, '0')}`,
      takenMs: NOW_MS + index,
    }),
  );
}

/** A whole copy, verified a day ago. */
export function copyOf(vault: string, copy: Partial<FrameCopy> = {}): FrameCopy {
  return {
    vault,
    form: 'verbatim',
    storedBytes: GB,
    missingBytes: 0,
    verifiedMs: NOW_MS - 86_400_000,
    ...copy,
  };
}
