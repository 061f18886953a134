import { type Editor, type EditorFacts, factsWith } from '../editor-facts.ts';
import { readXmpFacts } from '../xmp/xmp-facts.ts';
import { parseIni } from './parse-ini.ts';
import { type LuaTable, type LuaValue, parseLuaTable } from './parse-lua-table.ts';

/** A larger sidecar is kept and not understood. */
const SIDECAR_BYTES_MAX = 16_777_216;

/** Reads one kind of sidecar: first what it says of the picture itself, then of its virtual copies. */
type Reader = (path: string, bytes: Uint8Array) => readonly EditorFacts[] | null;

const READERS: Readonly<Record<string, Reader>> = {
  xmp: (path, bytes) => asList(readXmpFacts(path, bytes)),
  pp3: (path, bytes) => asList(readPp3Facts(path, bytes)),
  // ART keeps RawTherapee's format.
  arp: (path, bytes) => asList(readPp3Facts(path, bytes)),
  dop: readDopFacts,
};

/**
 * What a sidecar says, of the picture itself first and then of each virtual copy; null where its kind is not known, it
 * is broken, or says nothing that is understood. Never throws. Capture One's `.cos` is read with its catalogs.
 */
export function readSidecarCopies(path: string, bytes: Uint8Array): readonly EditorFacts[] | null {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  const read = Object.hasOwn(READERS, extension) ? READERS[extension] : undefined;
  return read === undefined || bytes.length > SIDECAR_BYTES_MAX ? null : read(path, bytes);
}

/** What a sidecar says of the picture itself; null as {@link readSidecarCopies}. */
export function readSidecarFacts(path: string, bytes: Uint8Array): EditorFacts | null {
  return readSidecarCopies(path, bytes)?.[0] ?? null;
}

function asList(facts: EditorFacts | null): readonly EditorFacts[] | null {
  return facts === null ? null : [facts];
}

/** RawTherapee's list of colour labels, by number. */
const PP3_COLORS = 'None Red Yellow Green Blue Purple'.split(' ');

/** RawTherapee, rtengine/procparams: `[General] Rank` 0..5, `ColorLabel` 0..5, `InTrash`; `[IPTC] Keywords` by `;`. */
function readPp3Facts(path: string, bytes: Uint8Array): EditorFacts | null {
  const sections = parseIni(decode(bytes));
  if (sections === null) return null;
  const general = sections.get('General');
  const rank = numberWithin(general?.get('Rank'), 5);
  const inTrash = general?.get('InTrash');
  const color = PP3_COLORS[numberWithin(general?.get('ColorLabel'), PP3_COLORS.length - 1) ?? 0];
  const keywords = sections.get('IPTC')?.get('Keywords')?.split(';').filter(Boolean) ?? [];
  return factsOf(path, 'rawtherapee', {
    rating: rank,
    pick: inTrash === undefined ? null : inTrash === 'true' || inTrash === '1' ? -1 : 0,
    label: color === 'None' ? null : (color ?? null),
    keywords: [...new Set(keywords)],
    origins: {
      ...(rank === null ? {} : { rating: '[General] Rank' }),
      ...(inTrash === undefined ? {} : { pick: '[General] InTrash' }),
      ...(color === 'None' ? {} : { label: '[General] ColorLabel' }),
      ...(keywords.length === 0 ? {} : { keywords: '[IPTC] Keywords' }),
    },
  });
}

/**
 * DxO PhotoLab: `Sidecar = { Source = { Items = { { Rating, ShouldProcess, Name }, ... } } }`; several items are virtual
 * copies. ShouldProcess: 0 was seen for a pick, 2 for none; any other number is not understood.
 */
function readDopFacts(path: string, bytes: Uint8Array): readonly EditorFacts[] | null {
  const parsed = parseLuaTable(decode(bytes));
  if (parsed?.name !== 'Sidecar') return null;
  const items = tableOf(tableOf(parsed.table, 'Source'), 'Items')?.listed ?? [];
  const facts = items.filter(isTable).map((item, index) => {
    const rating = item.named.get('Rating');
    const pick = ({ 0: 1, 2: 0 } as const)[Number(item.named.get('ShouldProcess') ?? -1)] ?? null;
    const isRating =
      typeof rating === 'number' && Number.isInteger(rating) && rating >= 0 && rating <= 5;
    const name = item.named.get('Name');
    return factsOf(path, 'dxo', {
      rating: isRating ? rating : null,
      pick,
      copyName: index === 0 ? null : `${index}`,
      ...(typeof name === 'string' && /^[^/\\]+\.\w+$/.test(name) ? { path: name } : {}),
      origins: {
        ...(isRating ? { rating: 'Rating' } : {}),
        ...(pick === null ? {} : { pick: 'ShouldProcess' }),
      },
    });
  });
  return facts.length > 0 ? facts : null;
}

function factsOf(from: string, editor: Editor, said: Partial<EditorFacts>): EditorFacts {
  const name = from.slice(from.lastIndexOf('/') + 1);
  return factsWith({ path: name.replace(/(\.out)?\.[^.]+$/i, ''), editor, from, ...said });
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

function isTable(value: LuaValue | undefined): value is LuaTable {
  return typeof value === 'object' && value !== null;
}

function tableOf(table: LuaTable | null, name: string): LuaTable | null {
  const value = table?.named.get(name);
  return isTable(value) ? value : null;
}

function numberWithin(text: string | undefined, max: number): number | null {
  return text !== undefined && /^\d+$/.test(text) && Number(text) <= max ? Number(text) : null;
}
