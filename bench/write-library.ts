import { createHash } from 'node:crypto';
import { createVault, openWorld } from '../src/index.ts';
import { type JournalRecord, VaultWriter } from '../src/vault/index.ts';

/**
 * Writes a vault that tells of so many frames that were never there, with all that would have been learned of them:
 * bursts of five, a sidecar for every second frame, full records of about 150 tags.
 */
const [path = '', count = '0'] = process.argv.slice(2);
const RUN = '0123456789abcdef';
const TIME = '2026-11-22T09:00:00.000Z';
const COMMIT_FRAMES = 1024;
const START_MS = Date.UTC(2020, 0, 1);

type BlobId = Extract<JournalRecord, { type: 'blob' }>['blob'];

const world = openWorld();
const writer = await VaultWriter.open(world, await createVault(world, path));
await writer.commit([
  {
    type: 'run',
    run: RUN,
    time: TIME,
    sources: [
      {
        source: 'LIBRARY',
        origin: '/library',
        volume: { id: '', label: '', fileSystem: '' },
        parent: null,
      },
    ],
  },
]);
for (let start = 0; start < Number(count); start += COMMIT_FRAMES) {
  const end = Math.min(start + COMMIT_FRAMES, Number(count));
  const indexes = Array.from({ length: end - start }, (_, offset) => start + offset);
  const records = indexes.flatMap((index) => [
    ...fileRecords(index, 'NEF'),
    ...(index % 2 === 0 ? fileRecords(index, 'xmp') : []),
  ]);
  await writer.commit(records);
  const sidecars = indexes.filter((index) => index % 2 === 0);
  await writer.commit([
    await writer.writeFacts('look', 1, [
      ...indexes.map((index) => [blobOf(index, 'NEF'), lookFacts(index)] as const),
      ...sidecars.map((index) => [blobOf(index, 'xmp'), sidecarFacts(index)] as const),
    ]),
    await writer.writeFacts(
      'full',
      1,
      indexes.map((index) => [blobOf(index, 'NEF'), fullFacts(index)]),
    ),
    await writer.writeFacts(
      'record',
      1,
      indexes.map((index) => [blobOf(index, 'NEF'), record(index)]),
    ),
  ]);
}
await writer.abandon();
await world.workers.close();

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function blobOf(index: number, extension: string): BlobId {
  return digestOf(`${index}.${extension}`) as BlobId;
}

function fileRecords(index: number, extension: string): JournalRecord[] {
  const blob = blobOf(index, extension);
  const stem = `DSC_${String(index % 10_000).padStart(4, '0')}`;
  const size = extension === 'NEF' ? 20_000_000 + index : 2000;
  const at = `originals/2026/2026-11-22_${2 + Math.floor(index / 2048)}/${stem}~${blob.slice(0, 16)}.${extension}`;
  const head = blob.slice(16, 32);
  const folder = `${100 + (Math.floor(index / 999) % 900)}NCZ_9/${Math.floor(index / 899_100)}`;
  return [
    { type: 'blob', blob, size, form: 'verbatim', at, head, verified: 'direct', time: TIME },
    {
      type: 'entry',
      run: RUN,
      source: 'LIBRARY',
      path: `DCIM/${folder}/${stem}.${extension}`,
      kind: 'file',
      size,
      mtimeUs: takenMs(index) * 1000,
      mode: 0o644,
      blob,
    },
  ];
}

/** Bursts of five, ten frames a second, one every minute. */
function takenMs(index: number): number {
  return START_MS + Math.floor(index / 5) * 60_000 + (index % 5) * 100;
}

function quickFacts(index: number): object {
  const local = new Date(takenMs(index)).toISOString().slice(0, -1);
  const hasPlace = index % 3 !== 0;
  return {
    version: 1,
    make: 'NIKON CORPORATION',
    model: 'NIKON Z 9',
    serial: '6001234',
    lens: 'NIKKOR Z 600mm f/4 TC VR S',
    iso: 64 * 2 ** (index % 8),
    aperture: 5.6,
    shutterSeconds: 1 / 2000,
    focal: 600,
    exposureBias: 0,
    time: { local, offsetMinutes: 180, from: 'ExifIFD:DateTimeOriginal', offsetFrom: null },
    orientation: 1,
    rating: null,
    label: null,
    keywords: [],
    latitude: hasPlace ? -2.3 + (index % 1000) / 1000 : null,
    longitude: hasPlace ? 34.8 + (index % 777) / 777 : null,
    altitude: null,
    width: 8256,
    height: 5504,
    key: `NIKON CORPORATION|NIKON Z 9|6001234|${local}|`,
  };
}

function lookFacts(index: number): object {
  const look = {
    version: 1,
    // One scene for each burst.
    fingerprint: digestOf(`scene ${Math.floor(index / 5)}`),
    tone: Array.from({ length: 16 }, (_, at) => (index * 7 + at * 13) % 256),
    colour: Array.from({ length: 32 }, (_, at) => ((index + at) % 9) - 4),
    width: 8256,
    height: 5504,
    aspect: 1.5,
    from: 'preview',
    seenPixels: 1024,
    quality: 60,
    sharpness: 12.3,
    bestTileSharpness: 20.1,
    edgeEnergy: 14.2,
    clippedDark: 0.01,
    clippedBright: 0.002,
    exposure: -2.5,
  };
  return { quick: quickFacts(index), look, editor: [], trouble: null };
}

function sidecarFacts(index: number): object {
  const stem = `DSC_${String(index % 10_000).padStart(4, '0')}`;
  const editor = {
    path: `${stem}.NEF`,
    editor: 'lightroom',
    from: `${stem}.xmp`,
    rating: index % 6,
    pick: null,
    label: index % 4 === 0 ? 'Red' : null,
    keywords: ['Serengeti', index % 7 === 0 ? 'lion' : 'zebra'],
    collections: [],
    copyName: null,
    develop: null,
    origins: { path: 'photoshop:SidecarForExtension', rating: 'xmp:Rating' },
  };
  return { quick: null, look: null, editor: [editor], trouble: null };
}

function fullFacts(index: number): object {
  return {
    facts: quickFacts(index),
    hint: null,
    contentIdentifier: null,
    focusDistance: 35,
    disagreements: [],
    trouble: null,
  };
}

function record(index: number): object {
  const tags: Record<string, unknown> = {
    'IFD0:Model': 'NIKON Z 9',
    'Nikon:ShutterCount': 100_000 + index,
    'Nikon:ImageUniqueID': digestOf(`id ${index}`).slice(0, 32),
  };
  for (let tag = 0; tag < 147; tag += 1)
    tags[`Nikon:Tag${tag}`] = tag < 100 ? tag % 5 : (index * tag) % 50;
  return { version: 1, tool: 'ExifTool 13.59', tags, warnings: [], leftOut: [] };
}
