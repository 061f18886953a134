import { afterAll, describe, expect, test } from 'vitest';
import { CANON, NIKON, OPERATION, RESPONSE, SONY } from '../../src/capture/index.ts';
import { openNodeWorld } from '../../src/platform/index.ts';
import {
  digestOfTaken,
  openSimCamera,
  type ProfileName,
  patternFrames,
  type RunningCamera,
  type RunningCameraOptions,
} from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { Gphoto2, whyNoGphoto2 } from './gphoto2-run.ts';

const TIMEOUT_MS = 90_000;
const clock = openNodeWorld().clock;
const open: { readonly camera: RunningCamera; readonly peer: Gphoto2 }[] = [];

afterAll(async () => {
  for (const { camera, peer } of open) {
    await camera.close();
    peer.clear();
  }
});

interface Pair {
  readonly camera: RunningCamera;
  readonly peer: Gphoto2;
}

async function pairOf(profile: ProfileName, options: RunningCameraOptions = {}): Promise<Pair> {
  const camera = await openSimCamera(clock, { profile, pairs: true, ...options });
  const pair = { camera, peer: new Gphoto2(camera) };
  open.push(pair);
  return pair;
}

function digestsOf(camera: RunningCamera): readonly string[] {
  return camera.taken.map(digestOfTaken).sort();
}

/** Operations that the camera advertises and then does not know: there must be none. */
function unanswered(camera: RunningCamera): readonly string[] {
  return camera.log.last
    .filter(({ answered }) => answered === RESPONSE.notSupported)
    .map(({ code }) => code.toString(16));
}

/** Where the camera was told to put its frames, in order: D11C of a Canon. */
function destinations(camera: RunningCamera): readonly number[] {
  return camera.log.last
    .filter(({ code, data }) => code === CANON.setPropertyEx && data?.[4] === 0x1c)
    .map(({ data }) => data?.[8] ?? 0);
}

const PROFILES: readonly ProfileName[] = ['generic', 'nikon', 'canon', 'sony', 'fuji'];
const whyNot = whyNoGphoto2();

describe.concurrent('gphoto2 beside the simulated camera', {
  ...skipBecause(whyNot),
  timeout: TIMEOUT_MS,
}, () => {
  test.each(PROFILES)('knows a %s, lists its card and gets every file of it', async (profile) => {
    const { camera, peer } = await pairOf(profile, { megapixels: 0.8, exposures: 2 });
    await camera.shoot(3);
    const summary = await peer.run('--summary');
    expect(summary).toContain(`Model: ${camera.model}`);
    const listed = await peer.run('--list-files');
    for (const { name } of camera.taken) expect(listed).toContain(name);
    await peer.run('--get-all-files');
    expect(peer.digests()).toEqual(digestsOf(camera));
    expect(camera.deletes).toBe(0);
    expect(unanswered(camera)).toEqual([]);
  });

  test('releases a generic camera and gets one file of the pair, as it does with all of them', async () => {
    const { camera, peer } = await pairOf('generic');
    await peer.run('--capture-image-and-download', '--keep');
    expect(camera.taken.length).toBe(2);
    expect(peer.digests().length).toBe(1);
    expect(digestsOf(camera)).toEqual(expect.arrayContaining([...peer.digests()]));
    expect(camera.deletes).toBe(0);
  });

  test.each([
    { profile: 'nikon', words: ['--set-config', 'capturetarget=1'] },
    { profile: 'canon', words: ['--set-config', 'capturetarget=1'] },
    { profile: 'sony', words: [] },
  ] as const)('releases a $profile to its card and gets the pair', async ({ profile, words }) => {
    const { camera, peer } = await pairOf(profile, { megapixels: 0.8, exposures: 1 });
    await peer.run(...words, '--capture-image-and-download', '--keep');
    expect(camera.onCard.length).toBe(2);
    expect(peer.digests()).toEqual(digestsOf(camera));
    expect(camera.deletes).toBe(0);
    expect(unanswered(camera)).toEqual([]);
    if (profile === 'canon') expect(destinations(camera).at(-1)).toBe(2);
    if (profile === 'nikon') expect(camera.log.countOf(NIKON.captureToMedia)).toBe(1);
    if (profile === 'sony') expect(camera.log.countOf(SONY.setControlB)).toBe(4);
  });

  test('releases a Canon to the host: told of room there, the frames come from memory', async () => {
    const { camera, peer } = await pairOf('canon', { megapixels: 0.8, exposures: 1 });
    await peer.run('--set-config', 'capturetarget=0', '--capture-image-and-download');
    expect(destinations(camera)).toContain(4);
    expect(camera.log.countOf(CANON.reportHostCapacity)).toBeGreaterThan(0);
    expect(camera.log.countOf(CANON.transferComplete)).toBe(2);
    expect([camera.onCard, camera.inMemory]).toEqual([[], []]);
    expect(peer.digests()).toEqual(digestsOf(camera));
  });

  test('releases a Nikon into its memory and gets one file of the pair, as it does with all of them', async () => {
    const { camera, peer } = await pairOf('nikon');
    await peer.run('--capture-image-and-download');
    expect(camera.onCard).toEqual([]);
    expect(peer.digests().length).toBe(1);
    expect(digestsOf(camera)).toEqual(expect.arrayContaining([...peer.digests()]));
    expect(camera.inMemory.length).toBe(1);
  });

  test.each([
    { profile: 'generic', code: OPERATION.getObjectHandles, count: 2 },
    { profile: 'nikon', code: NIKON.getEventEx, count: 1 },
    { profile: 'canon', code: CANON.keepDeviceOn, count: 1 },
    { profile: 'sony', code: SONY.getAllProperties, count: 2 },
    { profile: 'fuji', code: OPERATION.getObjectHandles, count: 3 },
  ] as const)('gets the pairs of a person with a $profile', async ({ profile, code, count }) => {
    const { camera, peer } = await pairOf(profile);
    // One from before, on the card: a client that looks for differences has something to differ from.
    await camera.shoot();
    const taken = await peer.wait(
      () => camera.log.countOf(code) >= count,
      () => camera.shoot(3, 2),
    );
    expect(taken.length).toBe(6);
    expect(peer.digests()).toEqual(expect.arrayContaining(taken.map(digestOfTaken)));
    expect(camera.deletes).toBe(0);
  });

  test('is seen to delete where it is not told to keep', async () => {
    const { camera, peer } = await pairOf('generic');
    await peer.run('--capture-image-and-download');
    expect(camera.deletes).toBe(1);
    expect(camera.onCard.length).toBe(1);
  });

  test('loses a file that the link drops in the middle of', async () => {
    const { camera, peer } = await pairOf('generic', { megapixels: 0.8, exposures: 1 });
    await camera.shoot();
    camera.plan([{ kind: 'drop', atBytes: 1_000_000 }]);
    await peer.run('--get-all-files');
    expect(peer.digests()).not.toEqual(digestsOf(camera));
  });
});

const whyNotLarge = process.env['SLOW'] === '1' ? whyNot : '4.4 GB take a minute: SLOW=1 runs it';

describe('gphoto2 and a file beyond 4 GiB', {
  ...skipBecause(whyNotLarge),
  timeout: 700_000,
}, () => {
  test('get together by the 64-bit reads of a Nikon', async () => {
    const frames = patternFrames({ seed: 1, sizeBytes: 4_400_000_000 });
    const { camera, peer } = await pairOf('nikon', { frames });
    const taken = await camera.shoot();
    expect(await peer.digestOfFirst()).toBe(taken.map(digestOfTaken)[0]);
    expect(camera.log.countOf(NIKON.getPartialObjectEx)).toBeGreaterThan(400);
  });
});
