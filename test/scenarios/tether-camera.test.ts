import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Issue } from '../../src/base/index.ts';
import {
  type CulledFrame,
  check,
  createVault,
  openVault,
  openWorld,
  parseCullRule,
  type TetheredFrame,
  type TetherOptions,
  type TetherReport,
  tether,
} from '../../src/index.ts';
import {
  digestOfTaken,
  openSimCamera,
  parseCameraFaults,
  type RunningCamera,
  type RunningCameraOptions,
} from '../../src/testing/index.ts';

// A real camera on a real socket: no simulated time, and a machine that may be busy.
const TIMEOUT_MS = 60_000;

// One for all tests: threads that come and go all the time make V8 lose track of its code pages, once in a great while.
const world = openWorld();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldvault-tether-'));
  await createVault(world, `${folder}/vault`);
  await createVault(world, `${folder}/mirror`);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

afterAll(() => world.workers.close());

interface Shooting {
  readonly report: TetherReport;
  readonly frames: readonly TetheredFrame[];
  readonly issues: readonly Issue[];
  readonly culled: readonly CulledFrame[];
}

/** Tethers to a simulated camera while it shoots, until so many files are safe. */
async function tetherTo(
  camera: RunningCamera,
  files: number,
  act: (capture: () => Promise<void>) => Promise<unknown>,
  options: TetherOptions & { readonly way?: 'ptpip' | 'fuji' } = {},
): Promise<Shooting> {
  const { way = 'ptpip', ...more } = options;
  const vault = await openVault(world, `${folder}/vault`);
  const mirror = await openVault(world, `${folder}/mirror`);
  const frames: TetheredFrame[] = [];
  const issues: Issue[] = [];
  const culled: CulledFrame[] = [];
  let acting: Promise<unknown> = Promise.resolve();
  const report = await tether(world, vault, `${way}://127.0.0.1:${camera.port}`, {
    mirrors: [mirror],
    framesMax: files,
    learn: false,
    ...more,
    onCamera: ({ capture }) => {
      acting = act(capture);
      // Awaited below, when the session is over.
      acting.catch(() => undefined);
    },
    onFrame: (frame) => frames.push(frame),
    onIssue: (issue) => issues.push(issue),
    onCull: (frame) => culled.push(frame),
  });
  await acting;
  return { report, frames, issues, culled };
}

function openCamera(options: RunningCameraOptions = {}): Promise<RunningCamera> {
  return openSimCamera(world.clock, { pairs: true, ...options });
}

/** Both vaults are whole and hold every file that the camera made. */
async function expectAllSafe(camera: RunningCamera): Promise<void> {
  const digests = camera.taken.map(digestOfTaken).toSorted();
  for (const name of ['vault', 'mirror']) {
    const vault = await openVault(world, `${folder}/${name}`);
    expect([...vault.ledger.blobs.keys()].toSorted()).toEqual(digests);
    const { damaged, isWhole } = await check(world, vault, { readData: true });
    expect({ damaged, isWhole }).toEqual({ damaged: 0, isWhole: true });
  }
  expect(camera.deletes).toBe(0);
}

describe('tethered to a camera by PTP/IP', () => {
  it(
    'every frame of a burst of RAW and JPEG is on both vaults',
    async () => {
      await using camera = await openCamera();
      const { report, issues } = await tetherTo(camera, 20, () => camera.shoot(10, 20));
      expect(issues).toEqual([]);
      expect(report).toMatchObject({ taken: 20, left: 0, failure: null, isInterrupted: false });
      await expectAllSafe(camera);
    },
    TIMEOUT_MS,
  );

  it.each(['generic', 'nikon', 'canon', 'sony', 'fuji'] as const)(
    'a %s camera gives what its own shutter and the computer release',
    async (profile) => {
      await using camera = await openCamera({ profile });
      const act = (capture: () => Promise<void>): Promise<void> => camera.shoot(2, 5).then(capture);
      const way = profile === 'fuji' ? 'fuji' : 'ptpip';
      const { report } = await tetherTo(camera, 6, act, { way });
      expect(report).toMatchObject({ taken: 6, shots: 3, left: 0, troubleCount: 0 });
      await expectAllSafe(camera);
    },
    TIMEOUT_MS,
  );

  it.each([
    ['the link breaks in the middle of a file', 'drop:60000', 'CAMERA_GONE'],
    ['the camera sleeps and comes back', 'sleep:60000:700', 'CAMERA_GONE'],
    [
      'the camera is switched off and on, with other numbers for its files',
      'restart:60000:500',
      'CAMERA_GONE',
    ],
    ['events are lost', 'lose-event:2', 'FRAME_FOUND_LATE'],
    ['events come twice', 'double-event:2', null],
    ['the camera is busy', 'busy:20:3', null],
    ['the line for events is cut', 'close-events:3', null],
    ['the camera breaks off inside a file', 'cut:1:2000', null],
    ['a frame is only in the memory of the camera', 'memory-only:3', null],
    ['what is no packet comes down', 'garbage:14', 'CAMERA_GONE'],
    ['several of it happen', 'drop:40000,lose-event:3,busy:25:2,double-event:5', 'CAMERA_GONE'],
    ['a transfer stands still for a moment', 'stall:60000:800', null],
  ])(
    'nothing is lost where %s',
    async (_, script, code) => {
      await using camera = await openCamera({ faults: parseCameraFaults(script) });
      const { report, issues } = await tetherTo(camera, 8, () => camera.shoot(4, 10));
      expect(report).toMatchObject({ taken: 8, left: 0, failure: null, troubleCount: 0 });
      expect(camera.faultsLeft).toEqual([]);
      if (code !== null) expect(issues.map((issue) => issue.code)).toContain(code);
      await expectAllSafe(camera);
    },
    TIMEOUT_MS,
  );

  it.each(['size-smaller:1', 'size-larger:1'])(
    'a wrong size (%s) is told, and the bytes are whole',
    async (script) => {
      await using camera = await openCamera({ faults: parseCameraFaults(script) });
      const { report, issues } = await tetherTo(camera, 4, () => camera.shoot(2, 10));
      expect(report).toMatchObject({ taken: 4, left: 0, failure: null });
      expect(issues.map((issue) => issue.code)).toEqual(['FRAME_SIZE_WRONG']);
      await expectAllSafe(camera);
    },
    TIMEOUT_MS,
  );

  it(
    'a program that was killed finds on the card what it had not fetched',
    async () => {
      await using camera = await openCamera();
      await tetherTo(camera, 4, () => camera.shoot(2));
      // Nobody listens: these are on the card only.
      await camera.shoot(2);
      const { report } = await tetherTo(camera, 4, async () => {});
      expect(report).toMatchObject({ taken: 4, known: 4, fromCard: 4 });
      await expectAllSafe(camera);
    },
    TIMEOUT_MS,
  );
});

describe('culling while shooting', () => {
  it(
    'says what it sees, gives tiers by rules and writes sidecars, and drops nothing',
    async () => {
      await using camera = await openCamera({ megapixels: 0.4 });
      const rules = [parseCullRule('sharpness>=0 => tier:select label:Green')];
      const { report, frames, culled } = await tetherTo(camera, 8, () => camera.shoot(4, 5), {
        cull: { rules, writesSidecars: true },
      });
      expect(report.culled).toBe(4);
      expect(frames.every(({ facts, tier }) => facts !== null && tier !== null)).toBe(true);
      const last = culled.at(-1);
      expect(last).toMatchObject({ tier: 'select', isTierByRule: true, label: 'Green' });
      expect(last?.sharpness).toBeGreaterThan(0);
      const vault = await openVault(world, `${folder}/vault`);
      const marked = new Set(vault.ledger.marks.flatMap((mark) => mark.frames.map(({ id }) => id)));
      expect(marked.size).toBe(4);
      const run = vault.ledger.runs.get(report.snapshot);
      const paths = [...(run?.changes.values() ?? [])].flatMap((changes) => [...changes.keys()]);
      expect(paths.filter((path) => path.endsWith('.xmp'))).toHaveLength(4);
      // Four sidecars that say the same are one content.
      expect(paths).toHaveLength(12);
      expect(vault.ledger.blobs.size).toBeGreaterThan(8);
    },
    TIMEOUT_MS,
  );
});
