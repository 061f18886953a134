import {
  type CapturedFrame,
  type CaptureReport,
  findSources,
  type Incoming,
  refuseSameVault,
  type Source,
  VaultCaptureSink,
} from './backup/index.ts';
import { type FieldVaultError, type Issue, IssueLog } from './base/index.ts';
import {
  type CameraConnection,
  type CameraInfo,
  type FrameTimes,
  openHotFolder,
  parseCameraAddress,
  runSession,
  type SessionReport,
  type TakenFrame,
} from './capture/index.ts';
import { roleOf } from './metadata/index.ts';
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
  /** The camera may be away this long, in milliseconds; half an hour where left out. */
  readonly patienceMs?: number;
  /** Ends the session too, and is no interruption: it was meant to end. */
  readonly endSignal?: AbortSignal;
  /** Ends after so many files. */
  readonly framesMax?: number;
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
  readonly times: FrameTimes;
}

/** What a session did. */
export interface TetherReport extends CaptureReport, Omit<SessionReport, 'failure'> {
  readonly source: string;
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
  const vaults = [vault, ...(options.mirrors ?? [])];
  refuseSameVault(vaults);
  const way = wayTo(world, camera, vaults);
  const first = await way.open();
  return tetherOver(world, vault, { ...options, way, first });
}

/** How connections to one camera are opened, and what its frames are called in a vault. */
interface Way {
  readonly open: () => Promise<CameraConnection>;
  readonly sourceOf: (info: CameraInfo) => Promise<Source>;
  readonly pathOf: (file: Incoming) => string;
  readonly replaces: boolean;
}

async function tetherOver(
  world: World,
  vault: Vault,
  options: TetherOptions & { readonly way: Way; readonly first: CameraConnection },
): Promise<TetherReport> {
  const { way, first, mirrors = [] } = options;
  const startMs = world.clock.monotonicMs();
  const issues = new IssueLog(options.onIssue);
  const end = new AbortController();
  const outer = [options.signal, options.endSignal].filter((one) => one !== undefined);
  const signal = AbortSignal.any([end.signal, ...outer]);
  let sink: VaultCaptureSink | null = null;
  try {
    const source = await way.sourceOf(first.info());
    const { pathOf, replaces } = way;
    sink = await VaultCaptureSink.open(world, vault, { source, mirrors, issues, pathOf, replaces });
    options.onCamera?.({
      ...first.info(),
      source: source.name,
      canCapture: first.capabilities.canCapture,
      capture: () => first.capture(),
    });
    let frames = 0;
    const session = await runSession(world, first, {
      reopen: way.open,
      sink,
      issues,
      camera: source.name,
      signal,
      ...pick(options),
      onFrame: (frame) => {
        options.onFrame?.(tetheredFrame(source, frame));
        frames += 1;
        if (frames === options.framesMax) end.abort();
      },
    });
    const kept = await sink.finish();
    return {
      ...session,
      ...kept,
      source: source.name,
      issues: issues.kept,
      issueCount: issues.count,
      troubleCount: issues.troubleCount,
      isInterrupted: options.signal?.aborted === true,
      durationMs: world.clock.monotonicMs() - startMs,
    };
  } catch (error) {
    await first.close();
    await sink?.letGo();
    throw error;
  }
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

function tetheredFrame(source: Source, frame: TakenFrame): TetheredFrame {
  const { path, blob, sizeBytes, copies, isKnown, times } = frame;
  return { path: `${source.name}/${path}`, blob, sizeBytes, copies, isKnown, times };
}

function wayTo(world: World, camera: string, vaults: readonly Vault[]): Way {
  const address = parseCameraAddress(camera);
  const pathOf = ({ folder, name }: Incoming): string =>
    folder === '' ? name : `${folder}/${name}`;
  if (address.kind === 'folder') {
    const except = vaults.map(({ root }) => root);
    return {
      open: () => openHotFolder(world, address.path, { wants: isOfFrame, except }),
      // As `backup` of the folder names it: what was tethered is known to the next backup.
      sourceOf: async () => {
        const [source] = await findSources(world, [address.path]);
        if (source === undefined) throw new TypeError('one path is one source');
        return source;
      },
      pathOf,
      replaces: true,
    };
  }
  throw new TypeError('not yet');
}

function isOfFrame(name: string): boolean {
  const role = roleOf(name);
  return role === 'capture' || role === 'sidecar';
}

export type { CapturedFrame };
