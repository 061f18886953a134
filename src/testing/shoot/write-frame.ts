import { hashUnit } from '../../kernels/index.ts';
import type { Disk, Task, TaskWorld } from '../../platform/index.ts';
import { type SensorFrame, shootFrame, simCamera } from './camera.ts';
import { writeCameraJpeg } from './camera-jpeg.ts';
import { writeDng } from './dng.ts';
import { writeNef } from './nef.ts';
import { type Previews, renderPreviews } from './previews.ts';
import { extensionOf, type PlannedFrame, type ShootPlan } from './shoot-plan.ts';
import { writeSidecar } from './sidecar.ts';
import { writeVoiceNote } from './voice-note.ts';

/** The part of a disk that a card is written through. */
export type CardDisk = Pick<Disk, 'makeFolder' | 'createNew' | 'setMtime'>;

/** A file that was written. */
export interface ShotFile {
  /** Below the card's root. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** One frame to be made. */
export interface FrameRequest {
  readonly plan: ShootPlan;
  readonly frame: PlannedFrame;
  /** Absolute path of the card's root. */
  readonly folder: string;
}

/** Runs {@link writeFrameTask} in a worker. */
export const FRAME_TASK: Task<FrameRequest, ShotFile[]> = {
  moduleUrl: import.meta.url,
  name: 'writeFrameTask',
};

/** Makes one frame's files on the worker's disk. */
export async function writeFrameTask(world: TaskWorld, request: FrameRequest): Promise<ShotFile[]> {
  return writeFrame(world.disk, request);
}

/** Makes one frame: exposes, develops, writes RAW and what belongs to it. Holds one frame in memory. */
export async function writeFrame(disk: CardDisk, request: FrameRequest): Promise<ShotFile[]> {
  const { plan, frame, folder } = request;
  const { facts } = frame;
  const sensor = expose(plan, frame);
  const previews = await renderPreviews(sensor, plan.pairs);
  const extension = extensionOf(frame.format);
  const files: ShotFile[] = [];
  const put = async (ending: string, bytes: Uint8Array): Promise<void> => {
    const path = `${frame.folder}/${frame.stem}.${ending}`;
    files.push(await putFile(disk, folder, { path, bytes, mtimeMs: takenMs(frame) }));
  };
  await put(extension, writeRaw(frame, sensor, previews));
  if (plan.pairs) await put('JPG', await writeCameraJpeg(sensor, facts, previews));
  if (frame.hasSidecar) await put('xmp', writeSidecar(facts, frame.edit, extension));
  if (frame.hasVoiceNote) await put('WAV', writeVoiceNote(plan.seed + frame.index, 1));
  return files;
}

/** Takes a planned frame. A hand holds still to about a sample between frames of a burst, and drifts. */
export function expose(plan: ShootPlan, frame: PlannedFrame): SensorFrame {
  const { width, height, bits, cfa, seed } = plan;
  const { group, position, index, facts } = frame;
  const { sceneSeed } = group;
  const camera = simCamera({ seed, sceneSeed, width, height, bits, cfa, iso: facts.iso });
  const drift = (axis: number): number =>
    position * 3 * (hashUnit(sceneSeed, axis) - 0.5) + 1.5 * (hashUnit(seed, axis, index) - 0.5);
  return shootFrame(camera, {
    sceneTimeMs: frame.sceneTimeMs,
    shift: { x: drift(51), y: drift(52) },
    exposureStops: facts.exposureStops,
    noiseSeed: seed + index,
  });
}

function writeRaw(frame: PlannedFrame, sensor: SensorFrame, previews: Previews): Uint8Array {
  const { facts, format } = frame;
  if (format.kind === 'nef') return writeNef(sensor, { facts, previews });
  return writeDng(sensor, { facts, previews, layout: format.layout });
}

/** The moment of capture: cameras stamp their files with it. */
function takenMs({ facts }: PlannedFrame): number {
  return facts.takenLocalMs - facts.offsetMinutes * 60_000;
}

/** Writes a new file below the card's root with its modification time. */
export async function putFile(
  disk: CardDisk,
  folder: string,
  file: { readonly path: string; readonly bytes: Uint8Array; readonly mtimeMs: number },
): Promise<ShotFile> {
  const { path, bytes, mtimeMs } = file;
  const target = await disk.createNew(`${folder}/${path}`);
  try {
    await target.write(bytes);
  } finally {
    await target.close();
  }
  await disk.setMtime(`${folder}/${path}`, mtimeMs);
  return { path, sizeBytes: bytes.length, mtimeMs };
}
