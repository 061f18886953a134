import type { FrameFacts } from '../src/query/index.ts';
import { pickBelow, type SeededRandom, seededRandom } from '../src/testing/index.ts';

const SEED = 20_261_122;
const CAMERAS = ['NIKON Z 9', 'NIKON Z 8', 'Canon EOS R5 Mark II', 'SONY ILCE-1', 'FUJIFILM X-H2S'];
const LENSES = [
  'NIKKOR Z 600mm f/4 TC VR S',
  'NIKKOR Z 24-70mm f/2.8 S',
  'RF100-500mm F4.5-7.1 L IS USM',
  'FE 70-200mm F2.8 GM OSS II',
  'XF150-600mmF5.6-8 R LM OIS WR',
];
const KEYWORDS =
  'lion leopard cheetah elephant giraffe zebra buffalo rhino hippo crocodile vulture eagle stork dawn dusk river ' +
  'kill cubs portrait silhouette rain dust migration crossing camp people vehicle landscape macro night';
const COLLECTIONS = ['Best of 2026', 'Agency', 'Book', 'Print', 'Website'];
const START_MS = Date.UTC(2016, 0, 1);
const TEN_YEARS_MS = 3650 * 86_400_000;

/**
 * Frames of ten years of shoots, one after the other and never all in memory: bursts, sidecars, places around a few
 * camps, keywords, ratings; a third has no place and a tenth no word from an editor.
 * @param tags how many ExifTool tags each has
 */
export function* benchFrames(count: number, tags: number): Generator<FrameFacts, void, undefined> {
  const random = seededRandom(SEED);
  const keywords = KEYWORDS.split(' ');
  for (let index = 0; index < count; index += 1) {
    const takenMs = START_MS + Math.floor((TEN_YEARS_MS * index) / count) + pickBelow(random, 1000);
    yield frameOf({ random, index, takenMs, keywords, tags });
  }
}

interface Draft {
  readonly random: SeededRandom;
  readonly index: number;
  readonly takenMs: number;
  readonly keywords: readonly string[];
  readonly tags: number;
}

function frameOf({ random, index, takenMs, keywords, tags }: Draft): FrameFacts {
  const pick = <T>(from: readonly T[]): T | undefined => from[pickBelow(random, from.length)];
  const maker = pickBelow(random, CAMERAS.length);
  const day = new Date(takenMs).toISOString().slice(0, 10);
  const stem = `CARD_${maker}/DCIM/${100 + (Math.floor(index / 1000) % 900)}NCZ_9/${day}/DSC_${String(index % 10_000).padStart(4, '0')}`;
  const camp = Math.floor(index / 5000) % 40;
  const hasPlace = random() < 0.67;
  const isEdited = random() < 0.9;
  return {
    id: `${index.toString(16).padStart(8, '0')}${String(Math.floor(random() * 1e12)).padStart(24, '0')}`,
    paths: [
      `${stem}.NEF`,
      ...(random() < 0.5 ? [`${stem}.JPG`] : []),
      ...(isEdited ? [`${stem}.xmp`] : []),
    ],
    camera: CAMERAS[maker] ?? null,
    lens: LENSES[maker] ?? null,
    serial: String(6_000_000 + maker),
    iso: 64 * 2 ** pickBelow(random, 9),
    aperture: pick([1.8, 2.8, 4, 5.6, 8, 11]) ?? null,
    shutterSeconds: 1 / (pick([60, 250, 500, 1000, 2000, 4000]) ?? 1),
    focal: pick([24, 50, 70, 200, 400, 600]) ?? null,
    takenMs,
    rating: isEdited ? pickBelow(random, 6) : null,
    label: random() < 0.1 ? 'Red' : null,
    pick: isEdited ? pickBelow(random, 3) - 1 : null,
    keywords: isEdited ? [pick(keywords) ?? '', pick(keywords) ?? '', `Serengeti ${camp}`] : [],
    collections: random() < 0.05 ? [pick(COLLECTIONS) ?? ''] : [],
    tier: random() < 0.03 ? 'select' : 'general',
    burst: random() < 0.7 ? `burst-${Math.floor(index / 12)}` : null,
    kinds: ['raw', 'xmp'],
    sizeBytes: 20_000_000 + pickBelow(random, 40_000_000),
    latitude: hasPlace ? -2.3 + (camp % 8) * 0.4 + random() * 0.05 : null,
    longitude: hasPlace ? 34.8 + Math.floor(camp / 8) * 0.4 + random() * 0.05 : null,
    hasIssue: random() < 0.01,
    isProtected: false,
    isBest: false,
    sharpness: null,
    tags: tagsOf(random, index, tags),
  };
}

/** As ExifTool tells them: a quarter is different in nearly every frame, the rest are settings of a few values each. */
function tagsOf(random: SeededRandom, index: number, count: number): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let tag = 0; tag < count; tag += 1) {
    if (tag === 0) tags['ShutterCount'] = String(100_000 + index);
    else if (tag % 4 === 0) tags[`MakerNoteValue${tag}`] = `${random() * 1e6}`;
    else tags[`MakerNoteSetting${tag}`] = `Setting ${pickBelow(random, 2 + (tag % 30))} of ${tag}`;
  }
  return tags;
}
