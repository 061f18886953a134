import { parentPort, workerData } from 'node:worker_threads';
import { openWorld } from '../src/index.ts';
import { openSimCamera, patternFrames } from '../src/testing/index.ts';

/** What the camera is told when its thread starts. */
interface CameraData {
  readonly sizeBytes: number;
  readonly jpegBytes: number | null;
}

// A camera is not in this process: it must neither slow down what is measured nor share its memory.
const { sizeBytes, jpegBytes } = workerData as CameraData;
const { clock } = openWorld();
const frames = patternFrames({ seed: 1, sizeBytes, ...(jpegBytes !== null && { jpegBytes }) });
const camera = await openSimCamera(clock, { frames });
parentPort?.on(
  'message',
  async (order: { readonly shots: number; readonly perSecond?: number }) => {
    if (order.shots === 0) {
      await camera.close();
      parentPort?.postMessage({
        kind: 'closed',
        sentBytes: camera.sentBytes,
        deletes: camera.deletes,
      });
      parentPort?.close();
      return;
    }
    await camera.shoot(order.shots, order.perSecond);
    parentPort?.postMessage({ kind: 'shot' });
  },
);
parentPort?.postMessage({ kind: 'ready', port: camera.port });
