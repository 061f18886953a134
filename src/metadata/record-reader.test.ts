import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipBecause } from '../../test/skip.ts';
import {
  renderPreviews,
  type ShotFacts,
  shootFrame,
  simCamera,
  writeCameraJpeg,
  writeNef,
} from '../testing/index.ts';
import { compareFacts } from './compare-facts.ts';
import { factsOfRecord } from './full-record.ts';
import { readQuickFacts } from './quick-facts.ts';
import { openRecordReader, type RecordOutcome, readerOver } from './record-reader.ts';

const SHOT: ShotFacts = {
  make: 'NIKON CORPORATION',
  model: 'NIKON SimCam',
  serial: '6001234',
  lens: 'Sim 24-120mm f/4',
  takenLocalMs: 1_795_338_187_040,
  offsetMinutes: 345,
  iso: 400,
  aperture: 2.8,
  shutterPerSecond: 250,
  focalLength: 35,
  exposureStops: 1 / 3,
  place: { latitude: -33.8567, longitude: 151.2153, altitude: -12.5 },
  shutterCount: 4711,
  drive: 'continuous',
};

const isWindows = process.platform === 'win32';
const noPerl = isWindows || spawnSync('perl', ['-v']).error === undefined ? null : 'no perl here';
const noPosix = isWindows ? 'needs a POSIX system' : noPerl;

const isAlive = (processId: number): boolean => {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
};
const states = (outcomes: readonly RecordOutcome[]): string[] => outcomes.map(({ state }) => state);

describe('full records', skipBecause(noPerl), () => {
  let scratch = '';
  const files = new Map<string, Uint8Array>();
  const at = (name: string): string => join(scratch, name);
  const put = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(at(name), bytes);
    return at(name);
  };
  /** The head of a video whose first atom claims nearly 2^63 bytes: with `-m` ExifTool asks for that much, and dies. */
  const killer = (): Uint8Array => {
    const bytes = new Uint8Array(120).fill(0x5a);
    bytes.set([0, 0, 0, 1, 0x66, 0x74, 0x79, 0x70, 0x65, 0x2d, 0x49, 0x20, 0, 0, 0, 0x41]);
    return bytes;
  };

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'fieldvault-records-'));
    const frame = shootFrame(simCamera({ seed: 3, width: 180, height: 134 }));
    const previews = await renderPreviews(frame);
    files.set('DSC_0042.JPG', await writeCameraJpeg(frame, SHOT, previews));
    files.set('DSC_0042.NEF', writeNef(frame, { facts: SHOT, previews }));
    for (const [name, bytes] of files) put(name, bytes);
    for (let index = 0; index < 6; index++)
      put(`GOOD${index}.JPG`, files.get('DSC_0042.JPG') ?? '');
  });
  afterAll(() => rmSync(scratch, { recursive: true }));
  const good = (): string[] => Array.from({ length: 6 }, (_one, index) => at(`GOOD${index}.JPG`));

  test('hold every group, maker notes included, and agree with the quick facts', async () => {
    const reader = openRecordReader({ processes: 2 });
    for (const [name, bytes] of files) {
      const outcome = await reader.read(at(name));
      if (outcome.state !== 'read') throw new Error(outcome.reason);
      const { record } = outcome;
      expect(record.tool).toMatch(/^ExifTool \d+\.\d\d$/);
      const said = Object.keys(record.tags);
      expect(said).toEqual(expect.arrayContaining(['IFD0:Make', 'ExifIFD:ISO', 'GPS:GPSLatitude']));
      expect(said.filter((tag) => /^(System:(?!FileName)|SourceFile)/.test(tag))).toEqual([]);
      expect(JSON.stringify(record)).not.toContain('Binary data');
      const { facts: quick } = readQuickFacts(name, bytes);
      const full = factsOfRecord(record);
      expect(quick === null ? null : compareFacts(quick, full)).toEqual([]);
      expect(full).toMatchObject({ ...quick, keywords: [], width: 180, height: 134 });
    }
    const nef = await reader.read(at('DSC_0042.NEF'));
    expect(nef.state === 'read' && Object.keys(nef.record.tags)).toContain('Nikon:ShutterCount');
    await reader.close();
  });

  test('come for a file that kills ExifTool when it is asked carelessly', async () => {
    const path = put('killer.mov', killer());
    const reader = openRecordReader({ processes: 2 });
    expect(states(await Promise.all([path, ...good()].map(reader.read)))).toEqual(
      Array.from({ length: 7 }, () => 'read'),
    );
    await reader.close();
  });

  test('twin: asked carelessly it does kill, and the other files still are read', async () => {
    const paths = [put('killer1.mov', killer()), ...good(), put('killer2.mov', killer())];
    const reader = readerOver({ processes: 2, timeoutMs: 20_000, readArgs: ['-m'] });
    const outcomes = await Promise.all(paths.map(reader.read));
    const died = { state: 'unreadable', reason: 'ExifTool ended while it read this file' };
    expect(outcomes[0]).toEqual(died);
    expect(outcomes.at(-1)).toEqual(died);
    expect(states(outcomes.slice(1, -1))).toEqual(Array.from({ length: 6 }, () => 'read'));
    await reader.close();
  });

  test(
    'of a file that hangs are given up, and the others still are read',
    skipBecause(noPosix),
    async () => {
      spawnSync('mkfifo', [at('hang.jpg')]);
      const reader = openRecordReader({ processes: 1, timeoutMs: 700 });
      const outcomes = await Promise.all([at('hang.jpg'), ...good()].map(reader.read));
      expect(outcomes[0]).toEqual({
        state: 'unreadable',
        reason: 'ExifTool did not answer within 700 ms',
      });
      expect(states(outcomes.slice(1))).toEqual(Array.from({ length: 6 }, () => 'read'));
      await reader.close();
      rmSync(at('hang.jpg'));
    },
  );

  test('are refused with the reason for what is no picture, is not there or cannot be named', async () => {
    const reader = openRecordReader({ processes: 1 });
    const refused = async (path: string, reason: RegExp): Promise<void> => {
      expect(await reader.read(path)).toEqual({
        state: 'unreadable',
        reason: expect.stringMatching(reason),
      });
    };
    await refused(
      put(
        'noise.bin',
        new Uint8Array(500).map((_, at) => at * 37),
      ),
      /Unknown file type/,
    );
    await refused(put('empty.jpg', ''), /File is empty/);
    await refused(at('nowhere.jpg'), /File not found/);
    await refused(at('line\n-delete_original.jpg'), /line break/);
    await refused(at('lone\ud800.jpg'), /not Unicode/);
    await reader.close();
    await refused(at('DSC_0042.JPG'), /closed/);
  });

  test('are short and Unicode whatever the file holds: long texts do not cross the pipe', async () => {
    const text = (tag: number, bytes: Buffer): Buffer => {
      const chunk = Buffer.concat([Buffer.from(`t${String(tag).padStart(3, '0')}\0`), bytes]);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(chunk.length);
      head.write('tEXt', 4, 'latin1');
      return Buffer.concat([head, chunk, Buffer.alloc(4)]);
    };
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa]);
    const header = Buffer.from('0000000d4948445200000001000000010800000000000000000', 'hex');
    const parts = [text(1, Buffer.alloc(9_000_000, 'y')), text(2, Buffer.from([0x41, 0xff, 0x42]))];
    const end = Buffer.from('0000000049454e44ae426082', 'hex');
    const path = put('long.png', Buffer.concat([signature, header, ...parts, end]));
    const reader = openRecordReader({ processes: 1 });
    const outcome = await reader.read(path);
    if (outcome.state !== 'read') throw new Error(outcome.reason);
    expect(outcome.record.leftOut).toEqual(['PNG:T001']);
    expect(JSON.stringify(outcome.record)).toMatch(/"PNG:T002":"A.+B"/);
    await reader.close();
  });

  test('never run the configuration that lies in the working folder', skipBecause(noPosix), () => {
    const folder = mkdtempSync(join(scratch, 'card-'));
    writeFileSync(join(folder, '.ExifTool_config'), `open(F, '>', '${folder}/ran'); close F; 1;`);
    const careless = new URL(
      '../../node_modules/exiftool-vendored.pl/bin/exiftool',
      import.meta.url,
    );
    spawnSync('perl', [careless.pathname, '-ver'], { cwd: folder, env: {} });
    // The twin: without our arguments it does run.
    expect(readdirSync(folder)).toContain('ran');
    rmSync(join(folder, 'ran'));
    const { status, stdout } = runScript(folder, `await reader.close();`);
    expect([status, stdout]).toEqual([0, 'read\n']);
    expect(readdirSync(folder)).not.toContain('ran');
  });

  /** A program of its own that reads one file, says how it went, and then does what it is told. */
  function runScript(cwd: string, then: string): { status: number | null; stdout: string } {
    const script = scriptOf(then);
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd,
      encoding: 'utf8',
      timeout: 20_000,
    });
    return { status, stdout };
  }

  function scriptOf(then: string): string {
    const room = new URL('./record-reader.ts', import.meta.url).href;
    return `import { readerOver } from ${JSON.stringify(room)};
      const reader = readerOver({ processes: 2, timeoutMs: 20000 });
      const { state } = await reader.read(${JSON.stringify(at('DSC_0042.JPG'))});
      console.log(state);
      ${then}`;
  }

  test('leave no process behind a reader that is closed', async () => {
    const reader = readerOver({ processes: 3, timeoutMs: 20_000 });
    await Promise.all(good().map(reader.read));
    const processes = reader.processIds();
    expect(processes.length).toBeGreaterThan(0);
    expect(processes.every(isAlive)).toBe(true);
    await reader.close();
    expect(processes.filter(isAlive)).toEqual([]);
  });

  test('do not keep a program alive that never closes its reader', skipBecause(noPosix), () => {
    const { status, stdout } = runScript(scratch, 'console.log(reader.processIds().join());');
    expect(status).toBe(0);
    const [state = '', ids = ''] = stdout.split('\n');
    expect(state).toBe('read');
    expect(ids.split(',').map(Number).filter(isAlive)).toEqual([]);
  });

  test('leave no process behind a program that is killed', skipBecause(noPosix), async () => {
    const then = 'console.log(reader.processIds().join()); setInterval(() => {}, 1000);';
    const child = spawn(process.execPath, ['--input-type=module', '-e', scriptOf(then)]);
    let said = '';
    for await (const part of child.stdout) {
      said += String(part);
      if (said.split('\n').length > 2) break;
    }
    const ids = (said.split('\n')[1] ?? '').split(',').map(Number);
    expect(ids.filter(isAlive)).toEqual(ids);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => ids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  });
});

test('a reader whose program is missing says so, for every file, and does not hang', async () => {
  const reader = openRecordReader({ processes: 2, exiftoolPath: '/nowhere/exiftool' });
  const outcomes = await Promise.all(['/a.jpg', '/b.jpg', '/c.jpg'].map(reader.read));
  const missing = /cannot be started; it or Perl may be missing|Perl must be installed/;
  for (const outcome of outcomes) {
    expect(outcome).toEqual({
      state: 'unreadable',
      reason: expect.stringMatching(missing),
    });
  }
  expect(existsSync('/nowhere')).toBe(false);
  await reader.close();
});
