import type { BlobId } from '../base/index.ts';
import type { FullRecord } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import { type FrameFacts, type Query, TAG_TEXT_MAX } from '../query/index.ts';
import { readFacts, type Vault } from '../vault/index.ts';
import { frameFactsOf } from './frame-facts.ts';
import type { KnownFrame } from './known-frames.ts';
import { bestIdsOf, groupIdsOf, type Library } from './library.ts';
import { knownTiersOf, type Tiers } from './tiering.ts';

/**
 * The frames of a library in the words of the filter language. Full records are large: they are read file by file and
 * only where their tags are wanted, so frames come in no order.
 * @param query whose fields say whether tags are wanted; null wants them
 */
export async function* libraryFacts(
  world: Pick<World, 'disk' | 'clock'>,
  vault: Vault,
  library: Library,
  query: Query | null,
): AsyncGenerator<FrameFacts> {
  const groups = groupIdsOf(library);
  const best = bestIdsOf(library);
  const tiers = knownTiersOf(world, vault);
  const groupOf = (id: string): Pick<FrameFacts, 'burst' | 'isBest'> => {
    return { burst: groups.get(id) ?? null, isBest: best.has(id) };
  };
  const factsOf = (frame: KnownFrame, tags: Readonly<Record<string, string>>): FrameFacts =>
    withTier(frameFactsOf(frame, groupOf(frame.frame.id), tags), tiers);
  const left = new Set(library.frames);
  const isTierByTags = tiers?.rules.rules.some((rule) => asksForTags(rule.query)) === true;
  if (query === null || isTierByTags || asksForTags(query)) {
    const byBlob = framesByBlob(library);
    for await (const { blob, facts } of readFacts(world, vault, 'record')) {
      for (const frame of byBlob.get(blob) ?? []) {
        if (left.delete(frame)) yield factsOf(frame, tagsOf(facts as FullRecord));
      }
    }
  }
  for (const frame of left) yield factsOf(frame, {});
}

function withTier(facts: FrameFacts, tiers: Tiers | null): FrameFacts {
  return tiers === null ? facts : { ...facts, tier: tiers.of(facts).name };
}

/** By content of the primary part. */
function framesByBlob({ frames }: Library): ReadonlyMap<BlobId, readonly KnownFrame[]> {
  const byBlob = new Map<BlobId, KnownFrame[]>();
  for (const frame of frames) {
    const blob = frame.parts[0]?.blob;
    if (blob === undefined) continue;
    const known = byBlob.get(blob);
    if (known === undefined) byBlob.set(blob, [frame]);
    else known.push(frame);
  }
  return byBlob;
}

/** Texts and numbers by tag with its group. */
function tagsOf({ tags }: FullRecord): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(tags)) {
    if (FILE_GROUPS.test(key)) continue;
    const text = textOf(value);
    if (text !== '') texts[key] = text.slice(0, TAG_TEXT_MAX);
  }
  return texts;
}

/** What the file system and the reader say: of the stored file, not of the picture. */
const FILE_GROUPS = /^(System|ExifTool|File:FileName|SourceFile)/;

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function asksForTags(query: Query): boolean {
  if (query.type === 'and' || query.type === 'or') return query.parts.some(asksForTags);
  if (query.type === 'not') return asksForTags(query.part);
  return (query.type === 'text' || query.type === 'span') && query.field.startsWith('tag.');
}
