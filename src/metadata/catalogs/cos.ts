import { SaxesParser } from 'saxes';
import { type EditorFacts, factsWith } from '../editor-facts.ts';
import { CAPTURE_ONE_COLORS, parseKeywords } from './capture-one-words.ts';
import { originsOf } from './catalog-reading.ts';
import { numberOf, starsOf } from './catalog-tables.ts';

/** A larger settings file is kept and not understood, in bytes. */
const COS_BYTES_MAX = 16_777_216;
const DEPTH_MAX = 64;
const VARIANTS_MAX = 1000;

/** What one `VAR` element says: keys by the layer they stand in. */
type Variant = Map<string, Map<string, string>>;

/**
 * Reads Capture One's settings file of one picture (`IMG.CR3.cos`, XML): the first variant is the picture itself.
 * Keys that readers name are `Basic_Rating` and `Content_Keywords`; the colour's key was not seen anywhere and is taken
 * to be called as its column is. Null where the file is broken or says nothing. Never throws.
 * @param path `.../CaptureOne/Settings153/IMG.CR3.cos`: the picture lies beside the `CaptureOne` folder.
 */
export function readCosFacts(path: string, bytes: Uint8Array): readonly EditorFacts[] | null {
  if (bytes.length > COS_BYTES_MAX) return null;
  const variants = parseVariants(new TextDecoder('utf-8').decode(bytes));
  if (variants === null || variants.length === 0) return null;
  const picture = pictureOf(path);
  return variants.map((variant, index) => {
    const rating = firstAnswer(variant, 'basicrating', starsOf);
    const color = firstAnswer(variant, 'colortagindex', numberOf);
    const keywords = firstAnswer(variant, 'contentkeywords', parseKeywords);
    const label = CAPTURE_ONE_COLORS[color?.value ?? 0] ?? null;
    return factsWith({
      path: picture,
      editor: 'capture-one',
      from: path,
      rating: rating?.value ?? null,
      label,
      keywords: keywords?.value ?? [],
      copyName: index === 0 ? null : `${index}`,
      origins: originsOf({
        rating: [rating, `${rating?.layer}/Basic_Rating`],
        label: [label, `${color?.layer}/Color_Tag_Index`],
        keywords: [keywords?.value ?? null, `${keywords?.layer}/Content_Keywords`],
      }),
    });
  });
}

function pictureOf(path: string): string {
  const match = /^(.*\/|)CaptureOne\/[^/]+\/([^/]+)$/.exec(path);
  const name = match?.[2] ?? path.slice(path.lastIndexOf('/') + 1);
  return (match?.[1] ?? '') + name.replace(/\.cos$/i, '');
}

/** Active layer over defaults over whatever else. */
const LAYERS = ['AL', 'DL', 'VAR'];

function firstAnswer<T>(
  variant: Variant,
  key: string,
  read: (text: string) => T | null,
): { readonly value: T; readonly layer: string } | null {
  for (const layer of LAYERS) {
    const text = variant.get(layer)?.get(key);
    const value = text === undefined ? null : read(text);
    if (value !== null) return { value, layer };
  }
  return null;
}

/** Stops the parser at the first fault; never leaves this file. */
class BrokenXml extends Error {}

function parseVariants(xml: string): Variant[] | null {
  const parser = new SaxesParser({ position: false });
  const variants: Variant[] = [];
  const open: string[] = [];
  parser.on('error', (error) => {
    throw new BrokenXml(error.message);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= DEPTH_MAX || variants.length > VARIANTS_MAX)
      throw new BrokenXml('too large');
    if (name === 'VAR') variants.push(new Map());
    const layer = open.findLast((element) => LAYERS.includes(element));
    const variant = variants.at(-1);
    const { K: key, V: value } = attributes;
    if (name === 'E' && open.includes('VAR') && layer !== undefined && variant !== undefined) {
      if (typeof key === 'string' && typeof value === 'string') put(variant, layer, [key, value]);
    }
    open.push(name);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  try {
    parser.write(xml).close();
    return variants;
  } catch (error) {
    if (error instanceof BrokenXml) return null;
    throw error;
  }
}

function put(variant: Variant, layer: string, [key, value]: readonly [string, string]): void {
  const keys = variant.get(layer) ?? new Map<string, string>();
  keys.set(key.replaceAll('_', '').toLowerCase(), value);
  variant.set(layer, keys);
}
