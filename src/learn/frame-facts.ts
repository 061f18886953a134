import { type EditorFacts, isReadOnlyCapture } from '../metadata/index.ts';
import type { FrameFacts } from '../query/index.ts';
import type { KnownFrame } from './known-frames.ts';
import { localMsOf } from './local-time.ts';

/**
 * What is known of a frame, in the words of the filter language; its tier is told from this, and not here.
 * @param group its group, and whether it is the best of it
 * @param tags ExifTool tags by name, without groups
 */
export function frameFactsOf(
  { frame, parts, facts, editors }: KnownFrame,
  { burst, isBest }: Pick<FrameFacts, 'burst' | 'isBest'>,
  tags: Readonly<Record<string, string>>,
): FrameFacts {
  const pictures = editors.filter(({ copyName }) => copyName === null);
  return {
    id: frame.id,
    paths: parts.map(({ path }) => path),
    camera: cameraOf(facts?.make ?? null, facts?.model ?? null),
    lens: facts?.lens ?? null,
    serial: facts?.serial ?? null,
    iso: facts?.iso ?? null,
    aperture: facts?.aperture ?? null,
    shutterSeconds: facts?.shutterSeconds ?? null,
    focal: facts?.focal ?? null,
    takenMs: localMsOf(facts?.time ?? null),
    rating: ratingOf(pictures, facts?.rating ?? null),
    label: firstOf(pictures, 'label') ?? facts?.label ?? null,
    pick: firstOf(pictures, 'pick'),
    keywords: unique([...editors.flatMap(({ keywords }) => keywords), ...(facts?.keywords ?? [])]),
    collections: unique(editors.flatMap(({ collections }) => collections)),
    tier: null,
    burst,
    isBest,
    sharpness: sharpnessOf(parts),
    isProtected: parts.some(({ path, mode }) => isReadOnlyCapture(path, mode)),
    kinds: unique(frame.parts.map(({ role }) => role)),
    sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    latitude: facts?.latitude ?? null,
    longitude: facts?.longitude ?? null,
    hasIssue: frame.ambiguities.length > 0 || parts.some(({ file }) => file.hasTrouble),
    tags,
  };
}

function sharpnessOf(parts: KnownFrame['parts']): number | null {
  for (const { file } of parts) if (file.look !== null) return file.look.bestTileSharpness;
  return null;
}

/** A model that names its maker is not told it twice. */
function cameraOf(make: string | null, model: string | null): string | null {
  if (make === null || model === null) return model ?? make;
  const maker = make.split(' ')[0] ?? '';
  return model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${make} ${model}`;
}

function firstOf<K extends 'label' | 'pick'>(
  editors: readonly EditorFacts[],
  field: K,
): EditorFacts[K] {
  return editors.find((facts) => facts[field] !== null)?.[field] ?? null;
}

/** Stars, or -1 where the first word about them is that the picture is rejected and it has none. */
function ratingOf(editors: readonly EditorFacts[], embedded: number | null): number | null {
  for (const { rating, pick } of editors) {
    if (rating !== null) return rating;
    if (pick === -1) return -1;
  }
  return embedded;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
