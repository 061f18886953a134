import { FieldVaultError, type IssueLog, LIMITS } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import type { CameraConnection, CameraInfo, CameraObject } from '../connection.ts';
import type { CaptureSink } from '../sink.ts';
import { cameraPath } from './jobs.ts';
import { Link } from './link.ts';
import { type SessionCounts, SessionState, type TakenFrame } from './session-state.ts';
import type { SessionTimings } from './timings.ts';

/** How a session is run. */
export interface SessionOptions {
  /** Opens another connection to the same camera after the link broke. */
  readonly reopen: () => Promise<CameraConnection>;
  readonly sink: CaptureSink;
  readonly issues: IssueLog;
  /** Name of the camera, for messages. */
  readonly camera: string;
  /** Ends the session in a safe state. */
  readonly signal?: AbortSignal;
  /** False: what lies on the card already stays there; only frames from now on are taken. */
  readonly takesExisting?: boolean;
  /** Told of each file once it is safe. */
  readonly onFrame?: (frame: TakenFrame) => void;
  /** Told when there is nothing to take from the camera, and when there is again: what follows behind works meanwhile. */
  readonly onQuiet?: (isQuiet: boolean) => void;
  /** Told when the link broke and when it is there again. */
  readonly onLink?: (state: 'lost' | 'back') => void;
  /** The camera may be away this long; half an hour where left out. */
  readonly patienceMs?: number;
}

/** How a session went. */
export interface SessionReport extends Readonly<SessionCounts> {
  readonly timings: SessionTimings;
  /** Files that are known to be on the camera and were not taken. */
  readonly left: number;
  /** Why it ended before anybody asked; null where somebody did. */
  readonly failure: FieldVaultError | null;
}

/**
 * Takes frame after frame from a camera until the signal aborts or the camera stays away for too long. What the camera
 * does not tell is found by comparing; a link that breaks is opened again, and a file that was cut is continued.
 * @param camera an open connection; it is closed at the end
 */
export async function runSession(
  world: World,
  camera: CameraConnection,
  options: SessionOptions,
): Promise<SessionReport> {
  const { sink, issues, signal, onFrame, onQuiet } = options;
  const takesExisting = options.takesExisting !== false;
  const name = options.camera;
  const body = camera.info();
  const state = new SessionState({
    ...{ world, sink, issues, camera: name, signal, takesExisting, onFrame, onQuiet },
  });
  const onAbort = (): void => state.wake();
  signal?.addEventListener('abort', onAbort);
  let failure: FieldVaultError | null = null;
  try {
    let connection: CameraConnection | null = camera;
    while (connection !== null) {
      const end = await new Link(state, connection).run();
      if (end.kind === 'stopped') break;
      state.noteLinkLost(end.reason);
      options.onLink?.('lost');
      connection = await reconnect(world, options, body);
      if (connection === null && signal?.aborted !== true) failure = goneForGood(name, end.reason);
      if (connection === null) break;
      state.counts.reconnects += 1;
      options.onLink?.('back');
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await state.dropPartial();
  }
  if (state.failure !== null) throw state.failure;
  const left = state.queue.drain();
  for (const { object, handle } of left.slice(0, NAMED_MAX)) {
    state.tellNotTaken(object === null ? handle : nameOf(object), 'the session ended before');
  }
  return { ...state.counts, timings: state.timings.report(), left: left.length, failure };
}

/** Files that stayed in the camera are named up to here; the report counts all. */
const NAMED_MAX = 1000;

function nameOf(object: CameraObject): string {
  return cameraPath(object);
}

/** Tries again and again, at first soon; null once it was long enough, or somebody asked to stop. */
async function reconnect(
  world: World,
  { reopen, signal, issues, camera, patienceMs = LIMITS.captureAwayMs }: SessionOptions,
  first: CameraInfo,
): Promise<CameraConnection | null> {
  const { clock } = world;
  const endMs = clock.monotonicMs() + patienceMs;
  let waitMs: number = LIMITS.captureRetryMs;
  let isTold = false;
  while (signal?.aborted !== true) {
    try {
      const again = await reopen();
      if (isSame(first, again.info())) return again;
      await again.close();
      if (!isTold) issues.add('CAMERA_GONE', camera, OTHER_CAMERA);
      isTold = true;
    } catch (error) {
      if (!(error instanceof FieldVaultError)) throw error;
    }
    if (clock.monotonicMs() >= endMs) return null;
    await clock.sleep(waitMs, signal);
    waitMs = Math.min(2 * waitMs, LIMITS.captureRetryMsMax);
  }
  return null;
}

const OTHER_CAMERA =
  'Another camera answers in its place; its frames are not taken as those of the first. Connect the first one again, or end this session and begin one for the other.';

/** Whether the same body answers, as far as both say who they are. */
function isSame(first: CameraInfo, again: CameraInfo): boolean {
  if (first.serial === '' || again.serial === '') return true;
  return first.serial === again.serial && first.model === again.model;
}

function goneForGood(camera: string, reason: string): FieldVaultError {
  return new FieldVaultError(
    'CAMERA_GONE',
    `${camera} did not come back (${reason}). Everything that was read is safe; what was not is in the camera. Wake or connect it and run the same command again: it finds what is missing.`,
    { details: { camera, reason }, retry: 'after-user-acts' },
  );
}
