import { mapPool } from '../../base/index.ts';
import type { Workers } from '../../platform/index.ts';
import { writeCatalog } from './catalog.ts';
import {
  extensionOf,
  type PlannedFrame,
  type PlannedGroup,
  planFrames,
  type ShootPlan,
} from './shoot-plan.ts';
import { type CardDisk, FRAME_TASK, putFile, type ShotFile, writeFrame } from './write-frame.ts';

/** What a shoot left on the card, with the truth about its frames. */
export interface ShootSummary {
  readonly files: readonly ShotFile[];
  readonly bytes: number;
  /** Bursts, brackets and single shots in order of time. */
  readonly groups: readonly ShotGroup[];
  /** Every frame's files, RAW first. */
  readonly frames: readonly (readonly ShotFile[])[];
}

/** Frames that belong together. */
export interface ShotGroup {
  readonly kind: PlannedGroup['kind'];
  /** Paths of the RAW files below the card's root, in order. */
  readonly frames: readonly string[];
}

/**
 * Writes a card as the simulated camera would: DCIM folders, RAW, JPEG, sidecars, voice notes, a catalog.
 * @param folder absolute path that becomes the card's root; made where it is not there (its parent must be)
 * @param workers where given, frames are made in parallel on the disk that those reach
 */
export async function writeShoot(
  disk: CardDisk,
  folder: string,
  plan: ShootPlan,
  workers?: Workers,
): Promise<ShootSummary> {
  const planned = planFrames(plan);
  await disk.makeFolder(folder);
  await disk.makeFolder(`${folder}/DCIM`);
  for (const name of new Set(planned.map((frame) => frame.folder))) {
    await disk.makeFolder(`${folder}/${name}`);
  }
  const frames = await inOrder(workers?.count ?? 1, planned, (frame) => {
    const request = { plan, frame, folder };
    return workers === undefined ? writeFrame(disk, request) : workers.run(FRAME_TASK, request);
  });
  const files = frames.flat();
  if (plan.catalog) files.push(await putCatalog(disk, folder, plan, planned));
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { files, bytes, groups: groupsOf(planned), frames };
}

async function putCatalog(
  disk: CardDisk,
  folder: string,
  plan: ShootPlan,
  frames: readonly PlannedFrame[],
): Promise<ShotFile> {
  const images = frames.map((frame) => ({
    folder: `${frame.folder}/`,
    baseName: frame.stem,
    extension: extensionOf(frame.format),
    facts: frame.facts,
    edit: frame.edit,
    pick: frame.pick,
    groupId: frame.group.id,
    sidecarExtensions: [plan.pairs ? 'JPG' : '', frame.hasSidecar ? 'xmp' : '']
      .filter((extension) => extension !== '')
      .join(','),
  }));
  const bytes = writeCatalog('/Volumes/CARD/', images);
  // The evening of the last frame.
  const lastMs = frames.at(-1)?.facts.takenLocalMs ?? plan.startLocalMs;
  const mtimeMs = lastMs - plan.offsetMinutes * 60_000 + 6 * 3_600_000;
  return putFile(disk, folder, { path: 'Expedition.lrcat', bytes, mtimeMs });
}

function groupsOf(frames: readonly PlannedFrame[]): ShotGroup[] {
  const groups = new Map<number, { kind: PlannedGroup['kind']; frames: string[] }>();
  for (const { group, folder, stem, format } of frames) {
    const known = groups.get(group.id) ?? { kind: group.kind, frames: [] };
    known.frames.push(`${folder}/${stem}.${extensionOf(format)}`);
    groups.set(group.id, known);
  }
  return [...groups.values()];
}

/** Results in the order of the items, at most so many at a time; after an error nothing new is begun. */
async function inOrder<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const runs = mapPool(limit, items.entries(), async ([index, item]) => {
    results.set(index, await work(item));
  });
  for await (const _ of runs);
  return items.map((_item, index) => results.get(index) as R);
}
