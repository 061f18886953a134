/** XMP sidecars of many editors, read and changed here, and read by ExifTool as a peer. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  findXmpProperty,
  parseXmp,
  readSidecarFacts,
  readXmpFacts,
  setXmpProperty,
  type XmpProperty,
} from '../../src/metadata/index.ts';
import { skipBecause } from '../skip.ts';

const FOLDER = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/data'),
);
const absent = existsSync(join(FOLDER, 'sidecars'))
  ? null
  : 'no folder sidecars in the samples folder (FIELDVAULT_SAMPLES)';
const hasExiftool = spawnSync('exiftool', ['-ver']).status === 0;
const noPeer = absent ?? (hasExiftool ? null : 'no exiftool here');

const filesIn = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.toLowerCase().endsWith(ending))
        .map((name) => join(folder, name))
        .sort()
    : [];
const SIDECARS = filesIn(join(FOLDER, 'sidecars'), '.xmp');
const OTHERS = filesIn(join(FOLDER, 'metadata'), '.xmp');

/** Changes of one property, each as a person would make it, and what is read back. */
const CHANGES = [
  ['xmp:Rating', '4'],
  ['xmp:Rating', '-1'],
  ['xmp:Label', 'Grün & "rot"'],
  ['xmpDM:pick', '1'],
  ['dc:subject', { add: ['Ölberg <1>', 'field'] }],
  ['lr:hierarchicalSubject', { add: ['Places|Rome'] }],
] as const;

describe('sidecars of real editors', skipBecause(absent), () => {
  test('every one is read, and every property stands where it is said to stand', () => {
    expect(SIDECARS.length).toBeGreaterThanOrEqual(70);
    for (const path of SIDECARS) {
      const bytes = readFileSync(path);
      const document = parseXmp(bytes);
      expect(document, path).not.toBeNull();
      const decoder = new TextDecoder(document?.encoding, { fatal: true, ignoreBOM: true });
      for (const { name, form, span } of document?.properties ?? []) {
        const text = decoder.decode(bytes.subarray(span.start, span.end));
        const begin = form === 'attribute' ? name : `<${name}`;
        expect(text.startsWith(begin) && /["'>]$/.test(text), `${path}: ${text}`).toBe(true);
      }
    }
  });

  test('rating, label, pick and keywords can be set in every one, and nothing else changes', () => {
    for (const path of SIDECARS) {
      for (const [name, value] of CHANGES) {
        const bytes = readFileSync(path);
        const changed = setXmpProperty(bytes, name, value);
        expect(changed, `${path}: ${name}`).not.toBeNull();
        if (changed !== null) expectOnlyChange(bytes, changed, name);
      }
    }
  });

  test('their ratings are read: the rejected, the unrated and the starred of darktable', () => {
    const counts = new Map<string, number>();
    for (const path of SIDECARS.filter((one) => one.includes('darktable'))) {
      const facts = readXmpFacts(path, readFileSync(path));
      expect(facts).toMatchObject({ editor: 'darktable', origins: { path: 'xmpMM:DerivedFrom' } });
      expect(facts?.path).toMatch(/^mire1(-xtrans)?\.(cr2|raf)$/);
      const key = facts?.pick === -1 ? 'rejected' : `${facts?.rating}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // Counted by `grep -o 'xmp:Rating="[^"]*"'`.
    expect(Object.fromEntries(counts)).toEqual({ rejected: 4, 0: 17, 1: 35, 2: 1, 3: 3 });
  });

  test('profiles of RawTherapee are read', () => {
    const profiles = filesIn(join(FOLDER, 'sidecars'), '.pp3');
    expect(profiles.length).toBeGreaterThan(0);
    for (const path of profiles) {
      expect(readSidecarFacts(path, readFileSync(path))?.editor, path).toBe('rawtherapee');
    }
  });

  test('packets that test other readers are read, or refused without trouble', () => {
    const refused = OTHERS.filter((path) => {
      const bytes = readFileSync(path);
      const changed = setXmpProperty(bytes, 'xmp:Rating', '4');
      if (changed !== null) expectOnlyChange(bytes, changed, 'xmp:Rating');
      return parseXmp(bytes) === null;
    });
    // It holds a control character, which no XML may hold.
    expect(refused.map((path) => path.slice(-8))).toEqual(['XMP2.xmp'].slice(0, OTHERS.length));
  });
});

/** By its own means: the same bytes before and behind, and the same other properties. */
function expectOnlyChange(bytes: Uint8Array, changed: Uint8Array, name: string): void {
  const others = (from: Uint8Array): string[] => {
    const document = parseXmp(from);
    const own = document === null ? null : findXmpProperty(document, name);
    return (document?.properties ?? [])
      .filter((property) => property !== own)
      .map(({ span }) => Buffer.from(from.subarray(span.start, span.end)).toString('latin1'));
  };
  expect(others(changed)).toEqual(others(bytes));
  if (Buffer.compare(bytes, changed) === 0) return;
  const document = parseXmp(bytes);
  const span = (document === null ? null : findXmpProperty(document, name))?.span;
  let start = 0;
  while (start < bytes.length && bytes[start] === changed[start]) start += 1;
  let tail = 0;
  while (tail < bytes.length - start && bytes.at(-1 - tail) === changed.at(-1 - tail)) tail += 1;
  if (span === undefined) expect(start + tail).toBeGreaterThanOrEqual(bytes.length - 1);
  else {
    expect(start).toBeGreaterThanOrEqual(span.start);
    expect(bytes.length - tail).toBeLessThanOrEqual(span.end);
  }
}

/** Namespaces whose properties ExifTool gives under the same prefix and name, and mostly unconverted. */
const COMPARED: Readonly<Record<string, string>> = {
  'http://ns.adobe.com/xap/1.0/': 'xmp',
  'http://purl.org/dc/elements/1.1/': 'dc',
  'http://ns.adobe.com/lightroom/1.0/': 'lr',
  'http://www.digikam.org/ns/1.0/': 'digikam',
  'http://ns.adobe.com/photoshop/1.0/': 'photoshop',
  'http://darktable.sf.net/': 'darktable',
  'http://ns.adobe.com/camera-raw-settings/1.0/': 'crs',
};

type Tags = ReadonlyMap<string, unknown>;

function askExiftool(paths: readonly string[]): Map<string, Tags> {
  const words = ['-j', '-n', '-q', '-q', '-struct', '-G1', '-XMP:all', ...paths];
  const { stdout } = spawnSync('exiftool', words, { encoding: 'utf8', maxBuffer: 1e8 });
  const records = JSON.parse(stdout) as Record<string, unknown>[];
  return new Map(
    records.map((record) => [
      String(record['SourceFile']),
      new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value])),
    ]),
  );
}

/** ExifTool writes dates with colons and truth without a capital. */
function plain(value: unknown): string {
  const text = String(value).toLowerCase();
  if (/^-?\d+\/\d+$/.test(text)) return text;
  const date = /^(\d{4})[:-](\d\d)[:-](\d\d)(?:[t ](.*))?$/.exec(text);
  if (date !== null) return date.slice(1).join(' ');
  return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}

function textsOf({ value }: XmpProperty): string[] | null {
  if (value.kind === 'text') return [plain(value.text)];
  if (value.kind === 'struct' || value.items.some(({ text }) => text === null)) return null;
  const items = value.order === 'Alt' ? value.items.slice(0, 1) : value.items;
  return items.map(({ text }) => plain(text));
}

describe('ExifTool as a peer', skipBecause(noPeer), () => {
  test('reads the same values', () => {
    let compared = 0;
    for (const [path, tags] of askExiftool(SIDECARS)) {
      for (const property of parseXmp(readFileSync(path))?.properties ?? []) {
        const prefix = COMPARED[property.namespace];
        const texts = textsOf(property);
        const theirs = tags.get(`xmp-${prefix}:${property.local}`.toLowerCase());
        if (prefix === undefined || texts === null || theirs === undefined) continue;
        // An array without items is an empty text to ExifTool.
        const list = texts.length === 0 && theirs === '' ? [] : [theirs].flat();
        expect(texts, `${path}: ${property.name}`).toEqual(list.map(plain));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(800);
  });

  test('reads what was set here', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'fieldvault-xmp-'));
    const written = SIDECARS.flatMap((path, index) => {
      let bytes: Uint8Array | null = readFileSync(path);
      // ExifTool cannot read the three packets whose mark was spoiled by another program.
      if (parseXmp(bytes)?.encoding !== 'utf-8') return [];
      bytes = setXmpProperty(bytes, 'xmp:Rating', '5');
      if (bytes !== null) bytes = setXmpProperty(bytes, 'xmp:Label', 'Grün & "rot"');
      if (bytes !== null) bytes = setXmpProperty(bytes, 'dc:subject', { add: ['Ölberg <1>'] });
      const copy = join(scratch, `${index}.xmp`);
      writeFileSync(copy, bytes ?? '');
      return [copy];
    });
    const read = askExiftool(written);
    expect(read.size).toBe(written.length);
    for (const [path, tags] of read) {
      expect(tags.get('xmp-xmp:rating'), path).toBe(5);
      expect(tags.get('xmp-xmp:label'), path).toBe('Grün & "rot"');
      expect([tags.get('xmp-dc:subject')].flat(), path).toContain('Ölberg <1>');
    }
    rmSync(scratch, { recursive: true });
  });
});
