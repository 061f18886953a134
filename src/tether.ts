import {
  type CapturedFrame,
  type CaptureReport,
  findSources,
  refuseSameVaultTwice,
  refuseVaultAsSource,
  type Source,
  VaultCaptureSink,
} from './backup/index.ts';
import { type FieldVaultError, type Issue, IssueLog } from './base/index.ts';
import {
  type CameraAddress,
  type CameraConnection,
  type CameraInfo,
  type CaptureDestination,
  type FrameTimes,
  openFujiCamera,
  openHotFolder,
  openPtpIpCamera,
  openUsbCamera,
  parseCameraAddress,
  parseNaming,
  runSession,
  type SessionReport,
  type TakenFrame,
} from './capture/index.ts';
import { SessionFollower } from './follow-session.ts';
import {
  type CulledFrame,
  type CullRule,
  type LearnReport,
  learn,
  SessionCuller,
  type SessionPart,
} from './learn/index.ts';
import { type RecordReader, roleOf } from './metadata/index.ts';
import type { World } from './platform/index.ts';
import type { Vault } from './vault/index.ts';

/** How a tethered session is run. */
export interface TetherOptions {
  /** Vaults that get every frame at the same time. */
  readonly mirrors?: readonly Vault[];
  /** Ends the session; what was acknowledged is safe, and a snapshot is made. */
  readonly signal?: AbortSignal;
  readonly onIssue?: (issue: Issue) => void;
  /** Told once the camera answers. */
  readonly onCamera?: (camera: TetheredCamera) => void;
  /** Told of each file once it is durable, read back and acknowledged on every vault. */
  readonly onFrame?: (frame: TetheredFrame) => void;
  readonly onLink?: (state: 'lost' | 'back') => void;
  /** False: what lies on the camera already stays there. */
  readonly takesExisting?: boolean;
  /** Where the camera puts frames; card and this computer where left out. */
  readonly destination?: CaptureDestination;
  /** What a connection noticed and went on with, in words. */
  readonly onNote?: (note: string) => void;
  /** Name of the session: its frames go to a folder of that name. */
  readonly session?: string;
  /** How files are named, as `{session}/{date}/{camera}_{number}.{extension}`; left out: as the camera does. */
  readonly naming?: string;
  /** Looks at frames while there is nothing to take; it only marks. */
  readonly cull?: CullOptions;
  /** Told of each frame when culling has something new to say of it. */
  readonly onCull?: (frame: CulledFrame) => void;
  /** False: what ends by itself does not learn from its pictures; the next `learn` does. */
  readonly learn?: boolean;
  /** Reads full records; left out, ExifTool does where files can be reached by other programs. */
  readonly records?: RecordReader;
  /** The camera may be away this long, in milliseconds; half an hour where left out. */
  readonly patienceMs?: number;
  /** Ends the session too, and is no interruption: it was meant to end. */
  readonly endSignal?: AbortSignal;
  /** Ends after so many files. */
  readonly framesMax?: number;
}

/** What culling does beside looking. */
export interface CullOptions {
  /** Queries that give frames a tier or a label. */
  readonly rules?: readonly CullRule[];
  /** Writes what is said as XMP beside the frames in the vault, as new sidecars; no picture is touched. */
  readonly writesSidecars?: boolean;
}

/** The camera of a session. */
export interface TetheredCamera extends CameraInfo {
  /** Name of the source in the vault. */
  readonly source: string;
  readonly canCapture: boolean;
  /** Releases the shutter, where `canCapture`. */
  readonly capture: () => Promise<void>;
}

/** One file that is safe. */
export interface TetheredFrame {
  /** `<source>/<path>` in the vault. */
  readonly path: string;
  readonly blob: string;
  readonly sizeBytes: number;
  /** On how many of the vaults it is. */
  readonly copies: number;
  readonly isKnown: boolean;
  /** What its first bytes say; null where they say nothing. */
  readonly facts: CapturedFrame['facts'];
  /** Its tier as far as that tells; null where the policy is not understood. */
  readonly tier: string | null;
  readonly times: FrameTimes;
}

/** What a session did. */
export interface TetherReport extends CaptureReport, Omit<SessionReport, 'failure'> {
  readonly source: string;
  /** Presses of the shutter: RAW and JPEG of one are one. */
  readonly shots: number;
  /** Frames of which culling said something. */
  readonly culled: number;
  /** Null where nothing was to be learned. */
  readonly learned: LearnReport | null;
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  /** Those about files: the rest are words of caution. */
  readonly troubleCount: number;
  /** Why it ended before anybody asked; null where somebody did. */
  readonly failure: FieldVaultError | null;
  readonly isInterrupted: boolean;
  readonly durationMs: number;
}

/**
 * Takes every frame of a camera to a vault and its mirrors as it is shot: each is acknowledged only when it is durable and
 * read back on all of them. Goes on until the signal aborts or the camera stays away. Nothing is removed from a camera.
 * @param camera `ptpip://host[:port]`, `fuji://host[:port]`, `usb:` or `folder:/path`
 * @throws FieldVaultError BAD_USAGE, CAMERA_UNREACHABLE, CAMERA_REFUSED, LEASED, TARGET_FULL, TARGET_GONE, TARGET_READ_ONLY
 */
export async function tether(
  world: World,
  vault: Vault,
  camera: string,
  options: TetherOptions = {},
): Promise<TetherReport> {
  const address = parseCameraAddress(camera);
  const roots = [vault, ...(options.mirrors ?? [])].map(({ root }) => root);
  if (address.kind === 'folder') {
    const watched = { wants: isOfFrame, except: roots };
    const open = (): Promise<CameraConnection> => openHotFolder(world, address.path, watched);
    return tetherOver(world, vault, { ...options, open, folder: address.path });
  }
  return tetherWith(world, vault, () => openCamera(world, address, options), options);
}

/**
 * As {@link tether}, over a connection of the caller's own: how a vendor's SDK, or anything that hands out frames, is tied
 * in. The connection must pass `cameraContract` of `fieldvault/testing`.
 * @param open opens a connection, also after the link broke
 */
export async function tetherWith(
  world: World,
  vault: Vault,
  open: () => Promise<CameraConnection>,
  options: TetherOptions = {},
): Promise<TetherReport> {
  return tetherOver(world, vault, { ...options, open, folder: null });
}

function openCamera(
  world: World,
  address: Exclude<CameraAddress, { kind: 'folder' }>,
  { destination, onNote }: TetherOptions,
): Promise<CameraConnection> {
  const options = { ...(destination && { destination }), ...(onNote && { onNote }) };
  if (address.kind === 'usb') return openUsbCamera(world, address.id, options);
  const { host, port } = address;
  const open = address.kind === 'fuji' ? openFujiCamera : openPtpIpCamera;
  return open(world, { host, ...(port !== null && { port }) }, options);
}

/** What of a session is not the caller's to choose. */
interface Tethering extends TetherOptions {
  readonly open: () => Promise<CameraConnection>;
  /** The folder that is watched; null for a camera. */
  readonly folder: string | null;
}

async function tetherOver(world: World, vault: Vault, options: Tethering): Promise<TetherReport> {
  const { mirrors = [], session = '' } = options;
  refuseSameVaultTwice([vault, ...mirrors]);
  const naming = parseNaming(options.naming ?? null, session);
  const first = await options.open();
  const startMs = world.clock.monotonicMs();
  const issues = new IssueLog(options.onIssue);
  const end = new AbortController();
  const outer = [options.signal, options.endSignal].filter((one) => one !== undefined);
  const signal = AbortSignal.any([end.signal, ...outer]);
  let sink: VaultCaptureSink | null = null;
  try {
    const camera = first.info();
    const isNamed = options.naming !== undefined || session !== '';
    const source = await sourceOf(world, camera, options.folder, isNamed);
    refuseVaultAsSource([source], [vault, ...mirrors]);
    const culler = new SessionCuller(world, vault, options.cull?.rules ?? []);
    const facts = new Map<string, CapturedFrame['facts']>();
    sink = await VaultCaptureSink.open(world, vault, {
      ...{ source, mirrors, issues },
      pathOf: (file) => naming(file, { camera, session }),
      replaces: options.folder !== null && !isNamed,
      onKept: (frame) => facts.set(frame.path, frame.facts),
    });
    const follower = followerOf(world, culler, sink, options);
    tellCamera(first, source, options);
    let frames = 0;
    const shots = new Set<string>();
    const done = await runSession(world, first, {
      ...{ reopen: options.open, sink, issues, camera: source.name, signal },
      ...pick(options),
      onQuiet: (isQuiet) => follower?.setQuiet(isQuiet),
      onFrame: (frame) => {
        const part = partOf(world, source, frame, facts);
        options.onFrame?.({ ...tetheredFrame(part, frame), tier: culler.firstTier(part) });
        if (follower !== null) culler.add(part);
        frames += 1;
        shots.add(part.path.replace(/\.[^./]*$/, ''));
        if (frames === options.framesMax) end.abort();
      },
    });
    const isInterrupted = options.signal?.aborted === true;
    const culled = (await follower?.finish(isInterrupted)) ?? 0;
    const kept = await sink.finish();
    const isLearning = options.learn !== false && !isInterrupted && done.failure === null;
    const learned = isLearning ? await learnAfter(world, vault, options, kept.mirrors) : null;
    return {
      ...done,
      ...kept,
      ...{ source: source.name, shots: shots.size, culled, learned, isInterrupted },
      issues: issues.kept,
      issueCount: issues.count,
      troubleCount: issues.troubleCount,
      durationMs: world.clock.monotonicMs() - startMs,
    };
  } catch (error) {
    await first.close();
    await sink?.letGo();
    throw error;
  }
}

function followerOf(
  world: World,
  culler: SessionCuller,
  sink: VaultCaptureSink,
  { cull, onCull }: TetherOptions,
): SessionFollower | null {
  if (cull === undefined) return null;
  const writesSidecars = cull.writesSidecars === true;
  return new SessionFollower(world, culler, sink, { onCull, writesSidecars });
}

function tellCamera(first: CameraConnection, source: Source, options: TetherOptions): void {
  options.onCamera?.({
    ...first.info(),
    source: source.name,
    canCapture: first.capabilities.canCapture,
    capture: () => first.capture(),
  });
}

/** Learns as `backup` does, once everything is safe. */
async function learnAfter(
  world: World,
  vault: Vault,
  options: TetherOptions,
  mirrors: CaptureReport['mirrors'],
): Promise<LearnReport> {
  const alive = options.mirrors?.filter(({ root }) =>
    mirrors.some(({ path, state }) => path === root && state !== 'lost'),
  );
  const { signal, onIssue, records } = options;
  return learn(world, vault, {
    mirrors: alive ?? [],
    ...(signal && { signal }),
    ...(onIssue && { onIssue }),
    ...(records && { records }),
  });
}

function partOf(
  world: World,
  source: Source,
  { path, blob, sizeBytes }: TakenFrame,
  facts: Map<string, CapturedFrame['facts']>,
): SessionPart {
  const known = facts.get(path) ?? null;
  facts.delete(path);
  const shown = `${source.name}/${path}`;
  return { path: shown, blob, sizeBytes, mtimeMs: world.clock.nowMs(), mode: 0o644, facts: known };
}

function pick({ takesExisting, onLink, patienceMs }: TetherOptions): {
  readonly takesExisting?: boolean;
  readonly onLink?: (state: 'lost' | 'back') => void;
  readonly patienceMs?: number;
} {
  return {
    ...(takesExisting !== undefined && { takesExisting }),
    ...(onLink !== undefined && { onLink }),
    ...(patienceMs !== undefined && { patienceMs }),
  };
}

function tetheredFrame(
  { path, facts }: SessionPart,
  { blob, sizeBytes, copies, isKnown, times }: TakenFrame,
): Omit<TetheredFrame, 'tier'> {
  return { path, blob, sizeBytes, copies, isKnown, facts, times };
}

/** What a session is called in a vault. A folder is the source that `backup` of it is: each knows what the other did. */
async function sourceOf(
  world: World,
  camera: CameraInfo,
  folder: string | null,
  isNamed: boolean,
): Promise<Source> {
  const [found] = folder === null ? [] : await findSources(world, [folder]);
  if (found !== undefined && !isNamed) return found;
  const { maker, model, serial } = camera;
  const name = cleanName(model === '' ? maker : model);
  const volume = { id: '', label: name, fileSystem: '', mountPoint: '' };
  const origin =
    found === undefined ? `camera:${maker}/${model}/${serial}` : `tether:${found.origin}`;
  return { name, root: '', only: null, origin, volume };
}

function cleanName(text: string): string {
  const clean = text.replace(/[/\\\0:]/g, '_').trim();
  return clean === '' || clean === '.' || clean === '..' ? 'camera' : clean;
}

function isOfFrame(name: string): boolean {
  const role = roleOf(name);
  return role === 'capture' || role === 'sidecar';
}
