/**
 * A small vault of format 1 written from docs/vault-format.md alone, without the library: what readers built from that
 * page are tested against, and what the library's own reader must understand too.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { flipBit, formatLine, type SampleEntry, sha256, treeOf } from './format-1-lines.ts';

/** The vault that was written and what readers must find in it. */
export interface SampleVault {
  readonly folder: string;
  /** What each run's snapshot holds, by run id. */
  readonly states: ReadonlyMap<string, readonly SampleEntry[]>;
  /** Vault paths of what is wrong with it, sorted; empty when asked for a sound one. */
  readonly damaged: readonly string[];
  /** Where each content stands (the newest place), by its text. */
  readonly places: ReadonlyMap<string, string>;
}

/** The runs of the sample in the order they were made. */
export const SAMPLE_RUNS = {
  first: '1111111111111111',
  second: '2222222222222222',
  forgotten: '3333333333333333',
  cutOff: '4444444444444444',
  latest: '5555555555555555',
} as const;

const VAULT_ID = '00112233445566778899aabbccddeeff';
const LABEL = 'Field A <b>& "co"</b>';
const DAY = 'originals/2026/2026-11-22';
const TIME = '2026-11-22T09:00:00.000Z';
const MTIME_US = 1_795_338_000_123_456;
const VOLUME = { id: 'ABCD-1234', label: 'NIKON Z 9', fileSystem: 'exfat' };

/** One hour later with each run. */
function timeOf(run: string): string {
  return TIME.replace('09:', `1${run[0]}:`);
}

interface Journal {
  readonly name: string;
  readonly lines: Buffer[];
}

interface Draft {
  readonly folder: string;
  readonly places: Map<string, string>;
  readonly listed: string[];
  readonly stored: Set<string>;
  journal: Journal;
}

/** Content of the sample by its text; the same text is the same blob. */
function contentOf(text: string): Buffer {
  return text === '' ? Buffer.alloc(0) : Buffer.from(`${text}\n`.repeat(40));
}

function file(source: string, path: string, text: string, mode = 0o644): SampleEntry {
  const content = contentOf(text);
  return {
    source,
    path,
    kind: 'file',
    content,
    target: '',
    mtimeUs: MTIME_US + content.length,
    mode,
  };
}

function folder(source: string, path: string): SampleEntry {
  const content = Buffer.alloc(0);
  return { source, path, kind: 'folder', content, target: '', mtimeUs: MTIME_US, mode: 0o755 };
}

function link(source: string, path: string, target: string): SampleEntry {
  const content = Buffer.alloc(0);
  return { source, path, kind: 'link', content, target, mtimeUs: MTIME_US, mode: 0o777 };
}

const CARD = 'NIKON Z 9';
const DESK = 'Desk';

/** Ordinary frames of a card. */
const CARD_ENTRIES: readonly SampleEntry[] = [
  folder(CARD, 'DCIM'),
  folder(CARD, 'DCIM/100NIKON'),
  file(CARD, 'DCIM/100NIKON/DSC_0001.NEF', 'raw one'),
  file(CARD, 'DCIM/100NIKON/DSC_0001.JPG', 'jpeg one'),
  file(CARD, 'DCIM/100NIKON/DSC_0002.JPG', 'jpeg two'),
  file(CARD, 'DCIM/100NIKON/DSC_0001.xmp', 'three stars'),
];

/** Names that trouble readers: every one must come back exactly where the target can hold it. */
const DESK_ENTRIES: readonly SampleEntry[] = [
  folder(DESK, 'empty'),
  file(DESK, 'empty.dat', ''),
  file(DESK, 'tab\there\u0001.jpg', 'control characters'),
  file(DESK, 'caf\u00e9.jpg', 'composed'),
  file(DESK, 'cafe\u0301.jpg', 'decomposed'),
  file(DESK, 'bad\udcff\udc80.jpg', 'not utf-8'),
  file(DESK, 'what: a "day"?.jpg', 'forbidden on Windows'),
  file(DESK, 'CON.jpg', 'device name'),
  file(DESK, 'trailing dot.', 'trailing dot'),
  file(DESK, 'IMG.jpg', 'case upper'),
  file(DESK, 'img.jpg', 'case lower'),
  file(DESK, '<img src=x onerror=document.title="owned">.jpg', 'markup'),
  file(DESK, '\u{1f304} sunrise \u65e5\u51fa.jpg', 'emoji'),
  file(DESK, 'copy of one.NEF', 'raw one', 0o600),
  link(DESK, 'newest', 'what: a "day"?.jpg'),
  link(DESK, 'outside', '../../etc/passwd'),
];

function sourceRecord(source: string, parent: string | null): Readonly<Record<string, unknown>> {
  return { source, origin: `/media/${source}`, volume: VOLUME, parent };
}

function entryRecord(run: string, entry: SampleEntry): Readonly<Record<string, unknown>> {
  const { source, path, kind, content, mtimeUs, mode } = entry;
  const common = { type: 'entry', run, source, path, kind, size: content.length, mtimeUs, mode };
  if (kind === 'file') return { ...common, blob: sha256(content) };
  return kind === 'link' ? { ...common, target: entry.target } : common;
}

function beginJournal(draft: Draft, number: string, writer: string): void {
  const time = '20261122T090000Z';
  draft.journal = { name: `journal/${number}-${time}-${writer.repeat(16)}.jsonl`, lines: [] };
  draft.listed.length = 0;
  add(draft, {
    type: 'open',
    format: 1,
    vault: VAULT_ID,
    label: LABEL,
    writer: writer.repeat(16),
    software: 'from the page',
    host: 'test',
    pid: 1,
    time: TIME,
  });
}

function add(draft: Draft, record: Readonly<Record<string, unknown>>): void {
  draft.journal.lines.push(formatLine(record));
}

/** Stores the content under the stem and extension of the name with this many digits of its digest. */
async function store(draft: Draft, content: Buffer, name: string, digits = 16): Promise<string> {
  const blob = sha256(content);
  const clean = name
    .normalize('NFC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the page forbids
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]|\p{Surrogate}/gu, '_');
  const dot = clean.lastIndexOf('.');
  const stem = (dot < 0 ? clean : clean.slice(0, dot)).replace(/[ .]+$/, '') || 'file';
  const extension = dot < 0 || dot === clean.length - 1 ? '' : clean.slice(dot);
  const safe = /^(con|prn|aux|nul)$/i.test(stem) ? `_${stem}` : stem;
  const at = `${DAY}/${safe}~${blob.slice(0, digits)}${extension}`;
  await put(draft.folder, at, content);
  draft.listed.push(at);
  draft.stored.add(at);
  add(draft, {
    type: 'blob',
    blob,
    size: content.length,
    form: 'verbatim',
    at,
    head: sha256(content.subarray(0, 65_536)).slice(0, 16),
    verified: 'cached',
    time: TIME,
  });
  draft.places.set(content.toString().split('\n')[0] ?? '', at);
  return at;
}

async function put(root: string, path: string, bytes: Buffer | string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), bytes, { flag: 'wx' });
}

/** Writes a file that is no blob and its `file` line. */
async function putNamed(draft: Draft, at: string, bytes: Buffer | string): Promise<void> {
  await put(draft.folder, at, bytes);
  add(draft, { type: 'file', at, size: Buffer.byteLength(bytes), sha256: sha256(bytes) });
}

async function putSums(draft: Draft, number: string, paths: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const path of paths) {
    const digest = sha256(await readFile(join(draft.folder, path)));
    lines.push(`${digest}  ${path.slice(DAY.length + 1)}\n`);
  }
  await putNamed(draft, `${DAY}/SHA256SUMS-${number}.txt`, lines.join(''));
}

/** Stores and lists entries as a run does; content already stored is only listed. */
async function addEntries(draft: Draft, run: string, entries: readonly SampleEntry[]) {
  for (const entry of entries) {
    const known = draft.places.has(entry.content.toString().split('\n')[0] ?? '');
    const name = entry.path.split('/').at(-1) ?? '';
    if (entry.kind === 'file' && !known) await store(draft, entry.content, name);
    add(draft, entryRecord(run, entry));
  }
}

function addSnapshot(
  draft: Draft,
  run: string,
  parents: Readonly<Record<string, string | null>>,
  state: readonly SampleEntry[],
): void {
  const sources = Object.entries(parents).map(([source, parent]) => {
    const entries = state.filter((entry) => entry.source === source);
    const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length;
    return {
      ...sourceRecord(source, parent),
      files: count('file'),
      folders: count('folder'),
      links: count('link'),
      bytes: entries.reduce((sum, entry) => sum + entry.content.length, 0),
      tree: treeOf(entries),
    };
  });
  for (let twice = 0; twice < 2; twice++) {
    add(draft, { type: 'snapshot', run, time: timeOf(run), complete: true, issues: 0, sources });
  }
}

async function endJournal(draft: Draft, seal: boolean): Promise<void> {
  const { name, lines } = draft.journal;
  const bytes = Buffer.concat(lines);
  if (seal) add(draft, { type: 'seal', lines: lines.length, sha256: sha256(bytes) });
  await put(draft.folder, name, Buffer.concat(lines));
}

const SECOND_NEW: readonly SampleEntry[] = [
  file(CARD, 'DCIM/100NIKON/DSC_0003.JPG', 'jpeg three'),
  file(CARD, 'DCIM/100NIKON/DSC_0001.xmp', 'five stars'),
];
const FORGOTTEN: readonly SampleEntry[] = [file('Trial', 'test shot.jpg', 'nobody needs this')];
const CUT_OFF: readonly SampleEntry[] = [file(CARD, 'DCIM/100NIKON/DSC_0004.JPG', 'jpeg four')];
const LAST: readonly SampleEntry[] = [file(CARD, 'DCIM/100NIKON/DSC_0005.JPG', 'jpeg five')];

function without(entries: readonly SampleEntry[], gone: readonly SampleEntry[]): SampleEntry[] {
  return entries.filter((entry) => !gone.some((other) => other.path === entry.path));
}

async function writeFirstRun(draft: Draft): Promise<void> {
  const run = SAMPLE_RUNS.first;
  beginJournal(draft, '000001', 'a');
  await putNamed(draft, 'fieldvault.json', formatVaultFile());
  await putNamed(draft, 'READ ME FIRST.txt', 'Pictures are in originals.\n');
  await putNamed(draft, 'recover.html', '<!doctype html>\n');
  const sources = [sourceRecord(CARD, null), sourceRecord(DESK, null)];
  add(draft, { type: 'run', run, time: timeOf(run), sources });
  const entries = [...CARD_ENTRIES, ...DESK_ENTRIES];
  await addEntries(draft, run, entries);
  await putSums(draft, '000001', [...draft.listed]);
  addSnapshot(draft, run, { [CARD]: null, [DESK]: null }, entries);
  await endJournal(draft, true);
}

function formatVaultFile(): Buffer {
  return formatLine({ type: 'vault', format: 1, vault: VAULT_ID, label: LABEL, created: TIME });
}

/** Continues the card: one frame is gone, one is new, a sidecar changed, a capture reads differently. */
async function writeSecondRun(draft: Draft): Promise<readonly SampleEntry[]> {
  const run = SAMPLE_RUNS.second;
  const first = SAMPLE_RUNS.first;
  beginJournal(draft, '000002', 'b');
  add(draft, { type: 'run', run, time: timeOf(run), sources: [sourceRecord(CARD, first)] });
  await addEntries(draft, run, SECOND_NEW);
  await store(draft, contentOf('jpeg two'), 'DSC_0002.JPG', 24);
  await store(draft, contentOf('rotten one'), 'DSC_0001.NEF');
  const path = 'DCIM/100NIKON/DSC_0001.NEF';
  const rotten = { size: contentOf('rotten one').length, blob: sha256(contentOf('rotten one')) };
  add(draft, { type: 'suspect', run, source: CARD, path, ...rotten, mtimeUs: MTIME_US });
  add(draft, { type: 'gone', run, source: CARD, path: 'DCIM/100NIKON/DSC_0001.JPG' });
  await putSums(draft, '000002', [...draft.listed]);
  const goneToo = CARD_ENTRIES.filter((entry) => entry.path === 'DCIM/100NIKON/DSC_0001.JPG');
  const state = [...without(CARD_ENTRIES, [...SECOND_NEW, ...goneToo]), ...SECOND_NEW];
  addSnapshot(draft, run, { [CARD]: first }, state);
  await endJournal(draft, true);
  return state;
}

/** A snapshot that is forgotten again, its only blob dropped and the folder's list of digests made anew. */
async function writeForgottenRun(draft: Draft): Promise<void> {
  const run = SAMPLE_RUNS.forgotten;
  beginJournal(draft, '000002', 'c');
  add(draft, { type: 'run', run, time: timeOf(run), sources: [sourceRecord('Trial', null)] });
  await addEntries(draft, run, FORGOTTEN);
  await putSums(draft, '000002-2', [...draft.listed]);
  addSnapshot(draft, run, { Trial: null }, FORGOTTEN);
  await endJournal(draft, true);
  beginJournal(draft, '000003', 'd');
  add(draft, { type: 'forget', snapshots: [run], time: TIME });
  const at = draft.places.get('nobody needs this') ?? '';
  const blob = sha256(contentOf('nobody needs this'));
  draft.places.delete('nobody needs this');
  draft.stored.delete(at);
  await putSums(draft, '000003', [...draft.stored].sort());
  add(draft, { type: 'drop', blob, at, time: TIME });
  const old = ['000001', '000002', '000002-2'].map((number) => `${DAY}/SHA256SUMS-${number}.txt`);
  for (const path of old) {
    const digest = sha256(await readFile(join(draft.folder, path)));
    add(draft, { type: 'drop', blob: digest, at: path, time: TIME });
  }
  await endJournal(draft, true);
  for (const path of [...old, at]) await rm(join(draft.folder, path));
}

/** A run that was cut off in the middle of a line, and the run that closed its journal and went on. */
async function writeLastRuns(draft: Draft): Promise<void> {
  const { second, cutOff, latest } = SAMPLE_RUNS;
  beginJournal(draft, '000004', 'e');
  add(draft, {
    type: 'run',
    run: cutOff,
    time: timeOf(cutOff),
    sources: [sourceRecord(CARD, second)],
  });
  await addEntries(draft, cutOff, CUT_OFF);
  const whole = Buffer.concat(draft.journal.lines);
  const closed = draft.journal.name.slice('journal/'.length);
  draft.journal.lines.push(Buffer.from('{"type":"blob","blob":"12'));
  await endJournal(draft, false);
  beginJournal(draft, '000005', 'f');
  const bytes = whole.length;
  add(draft, { type: 'closed', journal: closed, bytes, sha256: sha256(whole) });
  add(draft, {
    type: 'run',
    run: latest,
    time: timeOf(latest),
    sources: [sourceRecord(CARD, cutOff)],
  });
  add(draft, { type: 'from-the-future', anything: [1, 2, 3] });
  add(draft, { type: 'policy', text: 'tiers:\n  - name: general\n', time: TIME });
  const marked = [{ id: 'f'.repeat(32), path: `${CARD}/A.NEF` }];
  add(draft, { type: 'mark', frames: marked, tier: null, who: 'someone', time: TIME });
  add(draft, { type: 'alive', time: TIME });
  await addEntries(draft, latest, LAST);
  await putSums(draft, '000005', [...draft.listed]);
}

/** Writes the sample vault into a folder that must not exist. With `sound`, nothing in it is damaged. */
export async function writeFormat1Vault(root: string, sound = false): Promise<SampleVault> {
  const journal = { name: '', lines: [] };
  const draft: Draft = { folder: root, places: new Map(), listed: [], stored: new Set(), journal };
  await mkdir(root);
  await writeFirstRun(draft);
  const second = await writeSecondRun(draft);
  await writeForgottenRun(draft);
  await writeLastRuns(draft);
  const cutOff = [...second, ...CUT_OFF];
  const latest = [...cutOff, ...LAST];
  addSnapshot(draft, SAMPLE_RUNS.latest, { [CARD]: SAMPLE_RUNS.cutOff }, latest);
  await endJournal(draft, true);
  await put(root, `${DAY}/LEFT_OVER~0123456789abcdef.NEF`, 'cut between rename and journal');
  await put(root, `incoming/${'e'.repeat(16)}/0001`, 'never read');
  const damaged = sound ? [] : await spoil(draft);
  const states = new Map<string, readonly SampleEntry[]>([
    [SAMPLE_RUNS.first, [...CARD_ENTRIES, ...DESK_ENTRIES]],
    [SAMPLE_RUNS.second, second],
    [SAMPLE_RUNS.forgotten, FORGOTTEN],
    [SAMPLE_RUNS.cutOff, cutOff],
    [SAMPLE_RUNS.latest, latest],
  ]);
  return { folder: root, states, damaged, places: draft.places };
}

/** Spoils one of two places of a blob, and one journal line that no tree needs beyond mending. */
async function spoil(draft: Draft): Promise<string[]> {
  const digits = sha256(contentOf('jpeg two')).slice(0, 16);
  const place = `${DAY}/DSC_0002~${digits}.JPG`;
  await flipBit(join(draft.folder, place), 100);
  const journal = join(draft.folder, draft.journal.name);
  const alive = (await readFile(journal)).indexOf('{"type":"alive"');
  for (const offset of [20, 21, 22, 23]) await flipBit(journal, alive + offset);
  return [draft.journal.name, place].sort();
}
