import { type BlobId, LIMITS, mapPool } from '../../base/index.ts';
import {
  type FramePart,
  isReadOnlyCapture,
  joinFrames,
  mergeFacts,
  pictureFolder,
  type QuickFacts,
  roleOf,
} from '../../metadata/index.ts';
import type { World } from '../../platform/index.ts';
import { askedFields, type Policy } from '../../priority/index.ts';
import type { FrameFacts } from '../../query/index.ts';
import { changeOf } from '../change-test.ts';
import type { Survey, Surveyed } from '../survey.ts';
import type { TargetView } from '../target-view.ts';
import { readPath, shownPath, type WorkItem } from '../work.ts';
import { wordsOf } from './frame-words.ts';
import { SCOUT_TASK, type Scouted, SILENT } from './scout-task.ts';
import type { HeldFrames, Tiering } from './tiering.ts';

/** A frame that some vault lacks, or a file that belongs to none, with what is known before it is copied. */
export interface WorkFrame<T extends TargetView> {
  readonly facts: FrameFacts;
  /** Its files that are to be read. */
  readonly items: readonly WorkItem<T>[];
}

/** A run that is about to be planned. */
export interface Scouting<T extends TargetView> {
  readonly found: Survey<T>;
  readonly targets: readonly T[];
  readonly tiering: Pick<Tiering, 'policy' | 'held'>;
  readonly signal: AbortSignal | undefined;
}

/** Joins all work into frames, and looks into what is new as far as the policy asks for what may stand there. */
export async function framesOfWork<T extends TargetView>(
  world: World,
  scouting: Scouting<T>,
): Promise<WorkFrame<T>[]> {
  const { found, targets, tiering } = scouting;
  const parts = new Map<string, Part<T>>();
  const items = found.items.filter(isWork);
  for (const item of items) addPart(parts, targets, item, item);
  const folders = new Set(items.map(folderOf));
  for (const one of found.standing) {
    if (folders.has(folderOf(one))) addPart(parts, targets, one, null);
  }
  await scoutParts(world, scouting, parts);
  const isKnown = ({ content }: Part<T>): boolean => content !== '';
  const known = parts.values().some(isKnown) ? (await tiering.held()).byContent : NOTHING_KNOWN;
  const frames: WorkFrame<T>[] = [];
  const joined = joinFrames([...parts.values()].map(framePartOf));
  for (const frame of joined) {
    const own = frame.parts.flatMap(({ path }) => parts.get(path) ?? []);
    // A sidecar of several pictures goes with the first of them.
    const items = own.flatMap((part) => takeItem(part));
    if (items.length === 0) continue;
    frames.push({ items, facts: factsOf(frame, own, known) });
  }
  for (const part of parts.values()) {
    const items = takeItem(part);
    const alone = { id: `file:${part.path}`, parts: [] };
    if (items.length > 0) frames.push({ items, facts: factsOf(alone, [part], known) });
  }
  return frames;
}

/** Whether some vault lacks the file; what is only read again, to find rot, needs no plan. */
export function isWork<T extends TargetView>({ wants }: WorkItem<T>): boolean {
  return wants.values().some((reason) => reason !== 'sample');
}

const NOTHING_KNOWN: HeldFrames['byContent'] = new Map();

/** One file beside others, with what is known of it. */
interface Part<T extends TargetView> extends Surveyed {
  /** `<source>/<path>` */
  readonly path: string;
  /** Blob id where a vault knows the file by size and time; '' where it may be anything. */
  readonly content: BlobId | '';
  /** What there is to do for it; null where nothing, or where it was taken. */
  item: WorkItem<T> | null;
  scouted: Scouted;
}

function addPart<T extends TargetView>(
  parts: Map<string, Part<T>>,
  targets: readonly T[],
  { source, found }: Surveyed,
  item: WorkItem<T> | null,
): void {
  const path = shownPath({ source, found });
  let content: BlobId | '' = '';
  for (const target of targets) {
    const known = target.known(source.name, found.path);
    if (known === undefined || changeOf(known, found) !== 'unchanged') continue;
    content = known.content as BlobId;
    break;
  }
  parts.set(path, { source, found, path, content, item, scouted: SILENT });
}

function folderOf({ source, found }: Surveyed): string {
  return `${source.name}/${pictureFolder(found.path)}`;
}

function takeItem<T extends TargetView>(part: Part<T>): WorkItem<T>[] {
  const { item } = part;
  part.item = null;
  return item === null ? [] : [item];
}

/** Fields that the first bytes of a picture may answer. */
const IN_PICTURES =
  'camera lens serial iso aperture shutter focal date rating label keyword near has'.split(' ');

function asksPictures(policy: Policy): boolean {
  const asked = askedFields(policy);
  return IN_PICTURES.some((field) => asked.has(field));
}

/** Reads what is new in the workers. */
async function scoutParts<T extends TargetView>(
  world: World,
  { tiering, signal }: Scouting<T>,
  parts: ReadonlyMap<string, Part<T>>,
): Promise<void> {
  const isAsking = asksPictures(tiering.policy);
  const asked = [...parts.values()].filter(({ content, item, path, found }) => {
    if (content !== '' || item === null) return false;
    const role = roleOf(path);
    return role === 'sidecar' || (isAsking && role === 'capture' && isWorthAsking(found));
  });
  const batches = batchesOf(asked, signal);
  const scouts = mapPool(world.workers.count, batches, async (batch) => {
    const paths = batch.map(({ source, found }) => readPath({ source, found }));
    return { batch, scouted: await world.workers.run(SCOUT_TASK, { paths }) };
  });
  for await (const { batch, scouted } of scouts) {
    for (const [index, part] of batch.entries()) part.scouted = scouted[index] ?? SILENT;
  }
}

function isWorthAsking({ sizeBytes }: Surveyed['found']): boolean {
  return sizeBytes >= LIMITS.scoutBytesMin;
}

function* batchesOf<Item>(items: readonly Item[], signal?: AbortSignal): Generator<Item[]> {
  for (let at = 0; at < items.length && signal?.aborted !== true; at += LIMITS.scoutFilesMax) {
    yield items.slice(at, at + LIMITS.scoutFilesMax);
  }
}

function framePartOf<T extends TargetView>({ path, found, content, scouted }: Part<T>): FramePart {
  const { quick, editor } = scouted;
  const takenMs = quick?.time === undefined ? Number.NaN : Date.parse(`${quick.time?.local}Z`);
  const said = editor[0];
  const isFor = said?.origins['path'] === 'photoshop:SidecarForExtension';
  return {
    path,
    sizeBytes: found.sizeBytes,
    content,
    mtimeMs: found.mtimeMs,
    make: quick?.make ?? null,
    model: quick?.model ?? null,
    serial: quick?.serial ?? null,
    takenMs: Number.isNaN(takenMs) ? null : takenMs,
    contentIdentifier: null,
    sidecarFor: isFor ? (said?.path.slice(said.path.lastIndexOf('.') + 1) ?? null) : null,
  };
}

function factsOf<T extends TargetView>(
  frame: Pick<ReturnType<typeof joinFrames>[number], 'id' | 'parts'>,
  parts: readonly Part<T>[],
  known: ReadonlyMap<BlobId, readonly FrameFacts[]>,
): FrameFacts {
  let quick: QuickFacts | null = null;
  for (const { scouted } of parts) quick = mergeFacts(quick, scouted.quick);
  const same = parts.flatMap(({ content }) => (content === '' ? [] : (known.get(content) ?? [])));
  const isProtected = parts.some(({ found, path }) => isReadOnlyCapture(path, found.mode));
  return wordsOf(
    {
      id: frame.id,
      paths: parts.map(({ path }) => path),
      kinds: [...new Set(frame.parts.map(({ role }) => role))],
      sizeBytes: parts.reduce((sum, { found }) => sum + found.sizeBytes, 0),
      isProtected,
      quick,
      editors: parts.flatMap(({ scouted }) => scouted.editor),
    },
    same.find(({ id }) => id === frame.id) ?? same[0],
  );
}
