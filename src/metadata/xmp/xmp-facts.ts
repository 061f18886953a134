import type { Editor, EditorFacts } from '../editor-facts.ts';
import { findXmpProperty, parseXmp, type XmpDocument } from './parse-xmp.ts';
import { XMP_NAMESPACES } from './xmp-names.ts';

/** An answer and the property that gave it. */
interface Answer<T> {
  readonly value: T;
  readonly from: string;
}

/** Where an answer may stand, and how it is read; null: it does not say. The first that answers is taken. */
type Source<T> = readonly [name: string, read: (texts: readonly string[]) => T | null];

/**
 * Stars. Windows counts in percent: 1, 25, 50, 75, 99. Adobe's -1 for a rejected picture is no rating.
 */
const RATINGS: readonly Source<number>[] = [
  ['xmp:Rating', ([text]) => numberWithin(text, 0, 5)],
  ['MicrosoftPhoto:Rating', ([text]) => starsOfPercent(numberWithin(text, 0, 100))],
];

/** xmpDM:good is a check box: unticked is not rejected. digiKam: 1 rejected, 2 pending, 3 accepted. */
const PICKS: readonly Source<1 | 0 | -1>[] = [
  ['xmpDM:pick', ([text]) => signOf(numberWithin(text, -1, 1))],
  ['xmpDM:good', ([text]) => goodOf(text)],
  [
    'digiKam:PickLabel',
    ([text]) => ([0, -1, 0, 1] as const)[numberWithin(text, 0, 3) ?? -1] ?? null,
  ],
  ['xmp:Rating', ([text]) => (Number(text) === -1 ? -1 : null)],
];

const DIGIKAM_COLORS = 'None Red Orange Yellow Green Blue Magenta Gray Black White'.split(' ');
const DARKTABLE_COLORS = 'Red Yellow Green Blue Purple'.split(' ');

const LABELS: readonly Source<string>[] = [
  ['xmp:Label', ([text]) => text || null],
  ['photoshop:LabelColor', ([text]) => labelOf(text)],
  ['digiKam:ColorLabel', ([text]) => labelOf(DIGIKAM_COLORS[numberWithin(text, 0, 9) ?? -1])],
  ['darktable:colorlabels', (texts) => colorsOf(texts)],
];

const joinParts = (text: string): string => text.replaceAll('/', '|');
/** All of these are read together. */
const KEYWORDS: readonly (readonly [name: string, read: (text: string) => string])[] = [
  ['dc:subject', (text) => text],
  ['lr:hierarchicalSubject', (text) => text],
  ['digiKam:TagsList', joinParts],
];
/** A copy of the keywords that others may not keep up to date: read where there are no others. */
const LAST_KEYWORDS = 'MicrosoftPhoto:LastKeywordXMP';

/** Who wrote it, by the namespace that only that editor uses. */
const EDITORS: readonly (readonly [namespace: string, editor: Editor])[] = [
  [XMP_NAMESPACES.darktable, 'darktable'],
  [XMP_NAMESPACES.digiKam, 'digikam'],
  [XMP_NAMESPACES.crs, 'lightroom'],
];
const DEVELOP: ReadonlySet<string> = new Set([XMP_NAMESPACES.darktable, XMP_NAMESPACES.crs]);
/** Longer develop settings stay in the sidecar alone, in characters. */
const DEVELOP_CHARS_MAX = 65_536;

/**
 * What an XMP sidecar or packet says of its picture; null where it is no XMP or broken. Never throws.
 * @param path of the sidecar; its name tells the picture where the packet does not.
 */
export function readXmpFacts(path: string, bytes: Uint8Array): EditorFacts | null {
  const document = parseXmp(bytes);
  if (document === null) return null;
  const rating = answerOf(document, RATINGS);
  const pick = pickOf(document);
  const label = answerOf(document, LABELS);
  const keywords = keywordsOf(document);
  const picture = pictureOf(path, document);
  const answers = { path: picture, rating, pick, label, keywords };
  return {
    path: picture.value,
    editor: editorOf(document),
    from: path,
    rating: rating?.value ?? null,
    pick: pick?.value ?? null,
    label: label?.value ?? null,
    keywords: keywords?.value ?? [],
    collections: [],
    copyName: copyNameOf(path, picture.value),
    develop: developOf(document, bytes),
    origins: Object.fromEntries(
      Object.entries(answers).flatMap(([field, answer]) =>
        answer === null || answer.from === '' ? [] : [[field, answer.from]],
      ),
    ),
  };
}

/** The texts of a property: one of a simple property, all of an array; empty where it is missing. */
function textsOf(document: XmpDocument, name: string): string[] {
  const value = findXmpProperty(document, name)?.value;
  if (value?.kind === 'text') return [value.text.trim()];
  if (value?.kind !== 'array') return [];
  return value.items.flatMap(({ text }) => (text === null ? [] : [text.trim()]));
}

function answerOf<T>(document: XmpDocument, sources: readonly Source<T>[]): Answer<T> | null {
  return answersOf(document, sources)[0] ?? null;
}

function answersOf<T>(document: XmpDocument, sources: readonly Source<T>[]): Answer<T>[] {
  return sources.flatMap(([from, read]) => {
    const texts = textsOf(document, from);
    const value = texts.length === 0 ? null : read(texts);
    return value === null ? [] : [{ value, from }];
  });
}

/** An editor that has set no mark does not take back what another says. */
function pickOf(document: XmpDocument): Answer<1 | 0 | -1> | null {
  const answers = answersOf(document, PICKS);
  return answers.find(({ value }) => value !== 0) ?? answers[0] ?? null;
}

function keywordsOf(document: XmpDocument): Answer<readonly string[]> | null {
  const found = KEYWORDS.map(([from, read]) => ({
    from,
    texts: textsOf(document, from).filter(Boolean).map(read),
  })).filter(({ texts }) => texts.length > 0);
  if (found.length > 0) {
    const value = [...new Set(found.flatMap(({ texts }) => texts))];
    return { value, from: found.map(({ from }) => from).join(', ') };
  }
  const last = textsOf(document, LAST_KEYWORDS).filter(Boolean).map(joinParts);
  return last.length > 0 ? { value: [...new Set(last)], from: LAST_KEYWORDS } : null;
}

/** Lightroom says for which extension, darktable for which file; Adobe's DerivedFrom is a structure about something else. */
function pictureOf(path: string, document: XmpDocument): Answer<string> {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.xmp$/i, '');
  const [extension = ''] = textsOf(document, 'photoshop:SidecarForExtension');
  if (/^\w{1,10}$/.test(extension) && !stem.toLowerCase().endsWith(`.${extension.toLowerCase()}`)) {
    return { value: `${stem}.${extension}`, from: 'photoshop:SidecarForExtension' };
  }
  const [derived = ''] = textsOf(document, 'xmpMM:DerivedFrom');
  const isDarktable = editorOf(document) === 'darktable' && /^[^/\\:]+\.\w+$/.test(derived);
  return isDarktable ? { value: derived, from: 'xmpMM:DerivedFrom' } : { value: stem, from: '' };
}

/** darktable writes its duplicates of S.E to S_01.E.xmp. */
function copyNameOf(path: string, picture: string): string | null {
  const match = /^(.+)_(\d{2,})(\.[^.]+)\.xmp$/i.exec(path.slice(path.lastIndexOf('/') + 1));
  return match !== null && `${match[1]}${match[3]}` === picture ? (match[2] ?? null) : null;
}

function editorOf({ properties }: XmpDocument): Editor {
  const used = new Set(properties.map(({ namespace }) => namespace));
  return EDITORS.find(([namespace]) => used.has(namespace))?.[1] ?? 'xmp';
}

function developOf({ encoding, properties }: XmpDocument, bytes: Uint8Array): string | null {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const pieces = properties
    .filter(({ namespace }) => DEVELOP.has(namespace))
    .map(({ span }) => decoder.decode(bytes.subarray(span.start, span.end)));
  const develop = pieces.join('\n');
  return develop === '' || develop.length > DEVELOP_CHARS_MAX ? null : develop;
}

function numberWithin(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^[+-]?\d+(\.\d+)?$/.test(text)) return null;
  const number = Math.round(Number(text));
  return number >= min && number <= max ? number : null;
}

function starsOfPercent(percent: number | null): number | null {
  if (percent === null || percent === 0) return percent;
  return Math.round((percent - 1) / 24.5) + 1;
}

function signOf(number: number | null): 1 | 0 | -1 | null {
  return number === 1 || number === 0 || number === -1 ? number : null;
}

function goodOf(text = ''): 1 | 0 | null {
  if (/^true$/i.test(text)) return 1;
  return /^false$/i.test(text) ? 0 : null;
}

/** As editors show it; a label that is none says that there is none. */
function labelOf(text: string | undefined): string | null {
  if (text === undefined || text === '' || /^none$/i.test(text)) return null;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** darktable allows several. */
function colorsOf(texts: readonly string[]): string | null {
  const colors = texts.flatMap((text) => DARKTABLE_COLORS[numberWithin(text, 0, 4) ?? -1] ?? []);
  return colors.length > 0 ? colors.join(', ') : null;
}
