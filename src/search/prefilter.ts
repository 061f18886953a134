import { fold, literalsOf, type Query, WORD_FIELDS } from '../query/index.ts';
import { boxesOf, type EarthBox } from './earth-boxes.ts';

/** What every frame that fits a query must have; asked first, because it is quick. null: nothing is known. */
export interface Prefilter {
  /** An FTS5 expression of trigrams over the table `words`. */
  readonly words: string | null;
  /** Boxes of the table `place`, of which one must hold the frame. */
  readonly boxes: readonly EarthBox[] | null;
}

/** Trigrams of one text that are asked for: more make it no quicker. */
const TRIGRAMS_OF_TEXT_MAX = 12;
/** Texts or boxes of one query that are asked for. */
const PARTS_MAX = 24;

/** Fields whose texts are all in the table `words`. */
const INDEXED_FIELDS: readonly string[] = [...WORD_FIELDS, 'name'];

/** What can be asked first. */
export function prefilterOf(query: Query): Prefilter {
  return { words: wordsOf(query), boxes: placesOf(query) };
}

function wordsOf(query: Query): string | null {
  switch (query.type) {
    case 'text':
      if (query.comparison === '!=' || !INDEXED_FIELDS.includes(query.field)) return null;
      return trigramsOf(query.value);
    case 'word':
      return trigramsOf(query.value);
    case 'and': {
      const parts = query.parts.map(wordsOf).filter((part) => part !== null);
      return parts.length === 0 ? null : `(${parts.slice(0, PARTS_MAX).join(' AND ')})`;
    }
    case 'or': {
      const parts = query.parts.map(wordsOf).filter((part) => part !== null);
      if (parts.length < query.parts.length || parts.length > PARTS_MAX) return null;
      return parts.length === 0 ? null : `(${parts.join(' OR ')})`;
    }
    default:
      return null;
  }
}

/** Every run of three characters that a text must have; null for texts that are shorter. */
function trigramsOf(value: string): string | null {
  const trigrams = new Set<string>();
  for (const literal of literalsOf(fold(value))) {
    const characters = [...literal];
    for (let at = 0; at + 3 <= characters.length; at += 1) {
      trigrams.add(characters.slice(at, at + 3).join(''));
    }
  }
  if (trigrams.size === 0) return null;
  const asked = [...trigrams].slice(0, TRIGRAMS_OF_TEXT_MAX);
  return `(${asked.map((one) => `"${one.replaceAll('"', '""')}"`).join(' AND ')})`;
}

function placesOf(query: Query): readonly EarthBox[] | null {
  if (query.type === 'near') return boxesOf(query.circle);
  if (query.type === 'and') {
    return query.parts.map(placesOf).find((boxes) => boxes !== null) ?? null;
  }
  if (query.type !== 'or') return null;
  const boxes: EarthBox[] = [];
  for (const part of query.parts) {
    const some = placesOf(part);
    if (some === null || boxes.length > PARTS_MAX) return null;
    boxes.push(...some);
  }
  return boxes.length === 0 ? null : boxes;
}
