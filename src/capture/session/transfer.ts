import { LIMITS } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import type { CameraConnection, CameraObject } from '../connection.ts';
import type { CaptureSink, SinkFile } from '../sink.ts';

/** A file that was begun when the link broke. */
export interface Partial {
  /** {@link identityOf} of the file. */
  readonly identity: string;
  readonly file: SinkFile;
  readonly bytes: number;
}

/** What reading one file came to. */
export interface Transferred {
  readonly file: SinkFile;
  readonly object: CameraObject;
  readonly sizeBytes: number;
  /** Bytes that came now; fewer than the size where it was continued. */
  readonly bytesRead: number;
  /** Set where the camera's size and its bytes do not agree, however often it was asked. */
  readonly saidBytes: number | null;
}

/** A read that broke off; what came so far may be continued. */
export class BrokenOff extends Error {
  readonly partial: Omit<Partial, 'identity'>;

  constructor(partial: Omit<Partial, 'identity'>, cause: unknown) {
    super('the transfer broke off', { cause });
    this.partial = partial;
  }
}

/**
 * Reads one file of a camera into the sink, again where the camera's word and its bytes do not agree: it may tell of a
 * file before it has written it.
 * @param begun what a broken link left of it
 * @throws BrokenOff where the camera failed after the file was begun; FieldVaultError TARGET_FULL where it could not be
 */
export async function transfer(
  world: World,
  from: { readonly camera: CameraConnection; readonly sink: CaptureSink },
  first: CameraObject,
  begun: Partial | null,
): Promise<Transferred> {
  let object = first;
  let left = begun;
  for (let tries = 1; ; tries += 1) {
    const { file, sizeBytes, bytesRead } = await readOnce(from, object, left);
    left = null;
    if (!file.isTaking) return { file, object, sizeBytes, bytesRead, saidBytes: null };
    const fresh = await lookAgain(from.camera, object, { file, bytes: sizeBytes });
    const saidBytes = fresh.sizeBytes;
    const isSame = isUnchanged(object, fresh) || tries > 1;
    if ((saidBytes === null || saidBytes === sizeBytes) && isSame) {
      return { file, object: fresh, sizeBytes, bytesRead, saidBytes: null };
    }
    if (tries >= LIMITS.captureSizeTriesMax) {
      return { file, object: fresh, sizeBytes, bytesRead, saidBytes };
    }
    await file.abandon();
    await world.clock.sleep(LIMITS.captureAgainMs * tries);
    object = fresh;
  }
}

/** Whether a fresh look shows the file that was begun: another size or time means it was still being written. */
function isUnchanged(before: CameraObject, after: CameraObject): boolean {
  const times = [before, after].map((object) => ('mtimeMs' in object ? object.mtimeMs : null));
  return before.sizeBytes === after.sizeBytes && times[0] === times[1];
}

/** Facts of the file now; the old ones where the camera does not tell any more. */
async function lookAgain(
  camera: CameraConnection,
  object: CameraObject,
  partial: Omit<Partial, 'identity'>,
): Promise<CameraObject> {
  try {
    return (await camera.describe(object.handle)) ?? object;
  } catch (error) {
    throw new BrokenOff(partial, error);
  }
}

async function readOnce(
  { camera, sink }: { readonly camera: CameraConnection; readonly sink: CaptureSink },
  object: CameraObject,
  begun: Partial | null,
): Promise<{ readonly file: SinkFile; readonly sizeBytes: number; readonly bytesRead: number }> {
  const file = begun?.file ?? (await sink.begin(object));
  const start = begun?.bytes ?? 0;
  let offset = start;
  const ask = (): Promise<Uint8Array> => {
    const asked = camera.read(object.handle, offset, LIMITS.captureReadBytes);
    // It is looked at below, perhaps not at once.
    asked.catch(() => {});
    return asked;
  };
  let next = ask();
  for (;;) {
    let bytes: Uint8Array;
    try {
      bytes = await next;
    } catch (error) {
      throw new BrokenOff({ file, bytes: offset }, error);
    }
    offset += bytes.length;
    const isEnd = bytes.length < LIMITS.captureReadBytes || !file.isTaking;
    // The camera sends while the vaults write.
    if (!isEnd) next = ask();
    if (bytes.length > 0) await file.write(bytes);
    if (isEnd) return { file, sizeBytes: offset, bytesRead: offset - start };
  }
}
