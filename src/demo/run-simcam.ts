import { formatBytes, formatCount, type Outside } from '../cli/index.ts';
import type { World } from '../index.ts';
import { digestOfTaken, openSimCamera } from '../testing/index.ts';
import type { SimcamOptions } from './simcam-options.ts';

/** Serves a simulated camera until an interrupt, then says what it was asked. */
export async function runSimcam(
  clock: World['clock'],
  outside: Pick<Outside, 'stdout' | 'onInterrupt'>,
  options: SimcamOptions,
): Promise<void> {
  const { profile = 'generic' } = options.camera;
  await using camera = await openSimCamera(clock, options.camera);
  await camera.shoot(options.shots);
  const say = (text: string): void => {
    outside.stdout.write(`${text}\n`);
  };
  say(`A simulated ${profile} camera listens on 127.0.0.1:${camera.port}. Ctrl-C ends it.`);
  await new Promise<void>((resolve) => {
    const { everySeconds } = options;
    // A timer of the clock keeps no process alive; the server does.
    const stop =
      everySeconds === null
        ? () => {}
        : clock.every(everySeconds * 1000, () => void camera.shoot());
    const off = outside.onInterrupt(() => {
      stop();
      off();
      resolve();
    });
  });
  if (options.showsDigests) {
    for (const taken of camera.taken) say(`${digestOfTaken(taken)}  ${taken.name}`);
  }
  const files = formatCount(camera.taken.length, 'file');
  const asked = formatCount(camera.log.count, 'operation');
  say(`${files} taken, ${asked} asked for, ${camera.deletes} of them to delete.`);
  const lines = formatCount(camera.connections, 'line');
  say(`${formatBytes(camera.sentBytes)} sent, ${lines} opened.`);
}
