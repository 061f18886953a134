import { beforeEach, describe, expect, it } from 'vitest';
import { PROFILES, type SimWorld, simWorld } from '../../src/testing/index.ts';
import { openVault, takeLease } from '../../src/vault/index.ts';
import { type TerminalOptions, type Typed, typeWords } from './typed-words.ts';

let world: SimWorld;

beforeEach(async () => {
  world = simWorld(1);
  world.disk.stage.mount('/drive', { profile: PROFILES.ext4, capacityBytes: 100_000_000 });
  world.disk.stage.mount('/other', { profile: PROFILES.exfat, capacityBytes: 100_000_000 });
  for (const name of ['A.NEF', 'A.JPG', 'B.NEF']) {
    world.disk.stage.plant(`/card/DCIM/100ND850/${name}`, `the pixels of ${name}`);
  }
  world.disk.stage.plant('/card/.DS_Store', 'litter');
  world.disk.stage.plantLink('/card/best', 'DCIM/100ND850/A.NEF');
  await type('init /drive/vault --label Alps');
});

/** Types words that have no blanks in them. */
function type(words: string, options?: TerminalOptions): Promise<Typed> {
  return typeWords(world, words.split(' '), options);
}

/** The stored file of `A.NEF`. */
function storedPicture(): string {
  const places = world.disk.stage.paths('/drive/vault/originals');
  const place = places.find((path) => /\/A~[0-9a-f]+\.NEF$/.test(path));
  if (place === undefined) throw new Error('A.NEF is not in the vault');
  return place;
}

describe('exit codes', () => {
  it('0: done', async () => {
    expect((await type('backup /card --vault /drive/vault')).exit).toBe(0);
    expect((await type('snapshots --vault /drive/vault')).exit).toBe(0);
    expect((await type('ls latest --vault /drive/vault')).exit).toBe(0);
    expect((await type('restore latest --vault /drive/vault --to /back')).exit).toBe(0);
    expect((await type('check --vault /drive/vault --read-data')).exit).toBe(0);
    expect((await type('status --vault /drive/vault')).exit).toBe(0);
    expect((await type('forget latest --vault /drive/vault')).exit).toBe(0);
    expect((await type('prune --vault /drive/vault --dry-run')).exit).toBe(0);
    expect((await type('prune --vault /drive/vault')).exit).toBe(0);
    expect((await type('--help')).exit).toBe(0);
    expect((await type('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('1: failed', async () => {
    expect(await type('backup /no-card --vault /drive/vault')).toMatchObject({ exit: 1 });
    expect(await type('restore abc --vault /drive/vault --to /back')).toMatchObject({ exit: 1 });
    expect(await type('init /drive/vault')).toMatchObject({ exit: 1 });
    world.disk.faults.setReadOnly('/drive', true);
    expect(await type('backup /card --vault /drive/vault')).toMatchObject({ exit: 1 });
  });

  it.each([
    'find sunset --vault /drive/vault',
    'compact --vault /drive/vault',
    'backup --vault /drive/vault',
    'backup /card',
    'backup /card --vault s3://bucket/vault',
    'backup /card --vault /drive/vault --mirror s3://bucket/vault',
    'init s3://bucket/vault',
    'restore latest --vault /drive/vault',
    'restore latest --vault /drive/vault --to /back --where rating>3',
    'check --vault /drive/vault --max-minutes soon',
    'check --vault /drive/vault --max-minutes -1',
    'status --vault /drive/vault more',
    'status --vault ',
    'backup /drive/vault --vault /drive/vault',
    'backup /card --vault /drive/vault --mirror /drive/vault',
  ])('2: wrong usage: %s', async (words) => {
    const before = world.disk.stage.paths('/');
    const { exit, stdout, stderr } = await type(words);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).not.toBe('');
    expect(world.disk.stage.paths('/')).toEqual(before);
  });

  it('2: no words at all, with the help', async () => {
    const { exit, stderr } = await typeWords(world, []);
    expect(exit).toBe(2);
    expect(stderr).toContain('fieldvault backup /media/EOS_DIGITAL --vault');
  });

  it('3: done, but a file has an issue', async () => {
    const isBad = (path: string): boolean => path.endsWith('B.NEF');
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && isBad(call.path),
      error: 'EIO',
      times: 99,
    });
    const { exit, stdout } = await type('backup /card --vault /drive/vault');
    expect(exit).toBe(3);
    expect(stdout).toContain('UNREADABLE  card/DCIM/100ND850/B.NEF');
    expect(stdout).toContain('2 files');
  });

  it('3: a mirror that is not there leaves the first copy whole', async () => {
    const { exit, summary } = await type('backup /card --vault /drive/vault --mirror /gone --json');
    expect(exit).toBe(3);
    expect(summary).toMatchObject({ files: 3, issues: [{ code: 'MIRROR_LOST', path: '/gone' }] });
  });

  it('3: restore keeps what stands there', async () => {
    await type('backup /card --vault /drive/vault');
    world.disk.stage.plant('/back/card/DCIM/100ND850/A.NEF', 'edited');
    const words = 'restore latest --vault /drive/vault --to /back';
    expect(await type(`${words} --json`)).toMatchObject({
      exit: 3,
      summary: { files: 2, issues: [{ code: 'FILE_EXISTS' }] },
    });
    expect((await type(`${words} --overwrite`)).exit).toBe(0);
  });

  it('10: no such vault', async () => {
    for (const words of ['status --vault /card', 'backup /card --vault /none']) {
      const { exit, stderr } = await type(words);
      expect(exit).toBe(10);
      expect(stderr).toContain('fieldvault init');
    }
    expect((await type('check --vault /drive/vault --repair-from /none')).exit).toBe(10);
  });

  it('11: leased by another', async () => {
    const vault = await openVault(world, '/drive/vault');
    world.disk.stage.makeFolders(`/drive/vault/incoming/${'f'.repeat(16)}`);
    const lease = await takeLease(world, vault, { act: 'prune', writer: 'f'.repeat(16) });
    const { exit, summary } = await type('backup /card --vault /drive/vault --json');
    expect(exit).toBe(11);
    expect(summary).toMatchObject({ ok: false, error: { code: 'LEASED', retry: 'later' } });
    await lease.release();
    expect((await type('backup /card --vault /drive/vault')).exit).toBe(0);
  });

  it('12: damage found, and 0 once it is mended from another vault', async () => {
    await type('init /other/vault');
    await type('backup /card --vault /drive/vault --mirror /other/vault');
    world.disk.stage.flipBit(storedPicture(), 13);
    const found = await type('check --vault /drive/vault --read-data --json');
    expect(found).toMatchObject({ exit: 12, summary: { damaged: 1, blobs: 3 } });
    expect(await type('restore latest --vault /drive/vault --to /back')).toMatchObject({ exit: 3 });
    const mended = await type('check --vault /drive/vault --repair-from /other/vault');
    expect(mended.exit).toBe(0);
    expect(mended.stdout).toContain('the vault is whole again');
    expect((await type('check --vault /drive/vault --read-data')).exit).toBe(0);
    expect((await type('restore latest --vault /drive/vault --to /back')).exit).toBe(0);
  });

  it('12: damage that the other vault cannot mend either', async () => {
    await type('init /other/vault');
    await type('backup /card --vault /drive/vault');
    world.disk.stage.erase(storedPicture());
    const { exit, summary } = await type(
      'check --vault /drive/vault --repair-from /other/vault --json',
    );
    expect(exit).toBe(12);
    expect(summary).toMatchObject({ damaged: 1, repaired: 0, left: 1 });
  });

  it('13: the drive has no room for a file', async () => {
    world.disk.stage.plant('/card/DCIM/100ND850/C.MOV', new Uint8Array(6_000_000));
    world.disk.stage.setCapacity('/drive', world.disk.stage.usedBytes('/drive') + 8_000_000);
    const { exit, summary } = await type('backup /card --vault /drive/vault --json');
    expect(exit).toBe(13);
    expect(summary).toMatchObject({
      full: true,
      files: 3,
      newBlobs: 3,
      issues: [{ code: 'TARGET_FULL' }],
    });
  });

  it('13: not even a journal fits', async () => {
    world.disk.stage.setCapacity('/drive', world.disk.stage.usedBytes('/drive'));
    const { exit, summary } = await type('backup /card --vault /drive/vault --json');
    expect(exit).toBe(13);
    expect(summary).toMatchObject({ error: { code: 'TARGET_FULL', retry: 'after-user-acts' } });
  });

  it('13: restore runs out of room', async () => {
    await type('backup /card --vault /drive/vault');
    world.disk.stage.mount('/small', { profile: PROFILES.ext4, capacityBytes: 30 });
    const { exit, stdout } = await type('restore latest --vault /drive/vault --to /small');
    expect(exit).toBe(13);
    expect(stdout).toContain('TARGET_FULL');
  });

  it('130: interrupted; what was done stays, and the same words go on', async () => {
    let pressCtrlC = (): boolean => false;
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path.endsWith('B.NEF'),
      run: () => pressCtrlC(),
    });
    const onReady = (press: () => boolean): void => {
      pressCtrlC = press;
    };
    const first = await type('backup /card --vault /drive/vault --json', { onReady });
    expect(first.exit).toBe(130);
    expect(first.summary).toMatchObject({ ok: false, interrupted: true });
    expect(first.stderr).toContain('Ctrl-C again ends at once');
    expect((await type('check --vault /drive/vault --read-data')).exit).toBe(0);
    const second = await type('backup /card --vault /drive/vault --json');
    expect(second).toMatchObject({ exit: 0, summary: { files: 3, interrupted: false } });
    expect(Number(first.summary['newBlobs']) + Number(second.summary['newBlobs'])).toBe(3);
  });
});

describe('Ctrl-C', () => {
  it('counts once when npm passes on what the terminal has sent, and ends the process from a second later', async () => {
    let press = (): boolean => false;
    const taken: boolean[] = [];
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path.endsWith('B.NEF'),
      run: () => {
        taken.push(press(), press());
        world.clock.advance(999);
        taken.push(press());
        world.clock.advance(1);
        taken.push(press());
      },
    });
    const onReady = (pressCtrlC: () => boolean): void => {
      press = pressCtrlC;
    };
    const { exit, stderr } = await type('backup /card --vault /drive/vault', { onReady });
    expect(exit).toBe(130);
    expect(taken).toEqual([true, true, true, false]);
    expect(stderr.match(/Ctrl-C again/g)).toHaveLength(1);
  });

  it("is the system's again when the work is done", async () => {
    let press = (): boolean => true;
    const onReady = (pressCtrlC: () => boolean): void => {
      press = pressCtrlC;
    };
    await type('backup /card --vault /drive/vault', { onReady });
    expect(press()).toBe(false);
  });
});

describe('--json', () => {
  it('ends every command with one summary that has the keys scripts rely on', async () => {
    const backup = await type('backup /card --vault /drive/vault --json');
    expect(backup.records).toHaveLength(1);
    expect(backup.summary).toMatchObject({
      type: 'summary',
      ok: true,
      command: 'backup',
      files: 3,
      newBlobs: 3,
      bytesRead: 57,
      bytesStored: 57,
      snapshot: expect.stringMatching(/^[0-9a-f]{16}$/),
      unchanged: 0,
      verified: { direct: 3, cached: 0 },
      mirrors: [],
      leftOut: { count: 1, names: ['.DS_Store'] },
      interrupted: false,
      durationMs: expect.any(Number),
      issues: [],
    });
    const restore = await type('restore latest --vault /drive/vault --to /back --json');
    expect(restore.summary).toMatchObject({ ok: true, command: 'restore', files: 3, bytes: 57 });
    const check = await type('check --vault /drive/vault --read-data --json');
    expect(check.summary).toMatchObject({ ok: true, blobs: 3, bytes: 57, damaged: 0, whole: true });
    const status = await type('status --vault /drive/vault --json');
    expect(status.summary).toMatchObject({ label: 'Alps', snapshots: 1, blobs: 3, bytes: 57 });
    const prune = await type('prune --vault /drive/vault --json');
    expect(prune.summary).toMatchObject({ dryRun: false, blobs: 0, bytes: 0, keptCaptures: 0 });
  });

  it('says of a second backup that nothing is new', async () => {
    await type('backup /card --vault /drive/vault --json');
    const { summary } = await type('backup /card --vault /drive/vault --json');
    expect(summary).toMatchObject({ files: 3, newBlobs: 0, bytesRead: 0, unchanged: 3 });
  });

  it('lists one object per snapshot and per entry', async () => {
    const { summary } = await type('backup /card --vault /drive/vault --json');
    const { snapshot } = summary;
    const snapshots = await type('--json snapshots --vault /drive/vault');
    expect(snapshots.records).toEqual([
      expect.objectContaining({ type: 'snapshot', snapshot, state: 'complete', files: 3 }),
      expect.objectContaining({ type: 'summary', ok: true, snapshots: 1 }),
    ]);
    const ls = await type('ls latest card/DCIM/100ND850 --vault /drive/vault --json');
    expect(ls.records.map(({ path }) => path)).toEqual([
      'card/DCIM/100ND850',
      'card/DCIM/100ND850/A.JPG',
      'card/DCIM/100ND850/A.NEF',
      'card/DCIM/100ND850/B.NEF',
      undefined,
    ]);
    expect(ls.records[1]).toMatchObject({ type: 'entry', kind: 'file', bytes: 19 });
    expect(ls.summary).toMatchObject({ entries: 4, files: 3, bytes: 57 });
    const all = await type(`ls ${snapshot} --vault /drive/vault --json`);
    expect(all.records).toContainEqual(
      expect.objectContaining({ kind: 'link', target: 'DCIM/100ND850/A.NEF' }),
    );
  });

  it('streams each issue, and keeps it in the summary', async () => {
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path.endsWith('B.NEF'),
      error: 'EIO',
      times: 99,
    });
    const { records } = await type('backup /card --vault /drive/vault --json');
    const issue = {
      code: 'UNREADABLE',
      path: 'card/DCIM/100ND850/B.NEF',
      message: expect.stringContaining('NOT protected'),
    };
    expect(records[0]).toEqual({ type: 'issue', ...issue });
    expect(records[1]).toMatchObject({
      type: 'summary',
      ok: false,
      issueCount: 1,
      issues: [issue],
    });
  });

  it.each([
    ['status --vault /none --json', 'NOT_A_VAULT'],
    ['backup /none --vault /drive/vault --json', 'SOURCE_MISSING'],
    ['ls latest --vault /drive/vault --json', 'NO_SUCH_SNAPSHOT'],
    ['init /drive/vault --json', 'TARGET_NOT_EMPTY'],
    ['find x --json', 'BAD_USAGE'],
  ])('tells an error as data: %s', async (words, code) => {
    const { records } = await type(words);
    expect(records).toEqual([
      expect.objectContaining({
        type: 'summary',
        ok: false,
        command: words.split(' ')[0],
        error: expect.objectContaining({
          code,
          message: expect.any(String),
          retry: expect.any(String),
        }),
        issues: [],
      }),
    ]);
  });

  it('tells a bug as data too, with its trace on stderr', async () => {
    const describe = (): never => {
      throw new TypeError('planted');
    };
    const broken = { ...world, volumes: { describe } };
    const words = ['backup', '/card', '--vault', '/drive/vault', '--json'];
    const { exit, stderr, summary } = await typeWords(broken, words);
    expect(exit).toBe(1);
    expect(stderr).toContain('Please report this');
    expect(summary).toMatchObject({ ok: false, error: { code: 'UNEXPECTED' } });
  });

  it('carries names that are not valid UTF-8', async () => {
    world.disk.stage.plant('/card/caf\udce9.jpg', 'x');
    await type('backup /card --vault /drive/vault');
    const { records, stdout } = await type('ls latest --vault /drive/vault --json');
    expect(records.map(({ path }) => path)).toContain('card/caf\udce9.jpg');
    expect(stdout).toContain('caf\\udce9.jpg');
  });
});

describe('for people', () => {
  it('a first backup says what is safe and what to do next', async () => {
    const { stdout } = await type('backup /card --vault /drive/vault');
    expect(stdout).toContain('3 files (57 bytes) are protected in /drive/vault');
    expect(stdout).toContain('1 file of operating systems (.DS_Store)');
    expect(stdout).toContain('Keep the card until there is a second');
  });

  it('names cannot play tricks on the terminal', async () => {
    world.disk.stage.plant('/card/\u001b[2Jgone\u202egpj.exe', 'x');
    world.disk.stage.plant('/card/caf\udce9.jpg', 'x');
    await type('backup /card --vault /drive/vault');
    const { stdout } = await type('ls latest --vault /drive/vault');
    expect(stdout).toContain('\\x1b[2Jgone\\u202egpj.exe');
    expect(stdout).toContain('caf\\xe9.jpg');
  });

  it('the first 20 issues are shown, the rest is counted', async () => {
    for (let index = 0; index < 30; index += 1) {
      world.disk.stage.plant(`/card/X${index}.NEF`, `pixels ${index}`);
    }
    const isX = (path: string): boolean => path.startsWith('/card/X');
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && isX(call.path),
      error: 'EIO',
      times: 99,
    });
    const { exit, stdout } = await type('backup /card --vault /drive/vault');
    expect(exit).toBe(3);
    expect(stdout.match(/ {2}UNREADABLE {2}/g)).toHaveLength(20);
    expect(stdout).toContain('and 10 more; --json lists them all');
  });

  it('prune removes a picture only where it is named', async () => {
    await type('backup /card --vault /drive/vault');
    await type('forget latest --vault /drive/vault');
    expect((await type('prune --vault /drive/vault')).stdout).toContain('Kept 3 pictures');
    const named = await typeWords(world, [
      ...['prune', '--vault', '/drive/vault', '--json', '--capture', 'card/DCIM/**/B.*', 'nothing'],
    ]);
    expect(named.summary).toMatchObject({ blobs: 1, keptCaptures: 2 });
    expect(world.disk.stage.paths('/drive/vault/originals').join()).not.toContain('B~');
  });

  it('status says what was cut off', async () => {
    let pressCtrlC = (): boolean => false;
    const onReady = (press: () => boolean): void => {
      pressCtrlC = press;
    };
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path.startsWith('/card'),
      run: () => pressCtrlC(),
    });
    await type('backup /card --vault /drive/vault', { onReady });
    expect((await type('status --vault /drive/vault')).stdout).toContain('CUT OFF');
    await type('backup /card --vault /drive/vault');
    expect((await type('status --vault /drive/vault')).stdout).toContain('Nothing needs attention');
  });
});

describe('progress', () => {
  /** Lets time pass while the card is read, so that there is something to watch. */
  function slowDown(): void {
    world.disk.stage.plant('/card/film.mov', new Uint8Array(20_000_000));
    world.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path.startsWith('/card'),
      run: () => world.clock.advance(300),
      times: 1000,
    });
  }

  it('is drawn on a terminal at most 4 times a second, and leaves no trace', async () => {
    slowDown();
    const startMs = world.clock.monotonicMs();
    const { stderr, exit } = await type('backup /card --vault /drive/vault', { columns: 100 });
    const seconds = (world.clock.monotonicMs() - startMs) / 1000;
    expect(exit).toBe(0);
    const drawn = stderr.split('\r\u001b[K').filter((line) => line !== '');
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.length).toBeLessThanOrEqual(seconds * 4);
    expect(drawn.at(-1)).toMatch(/^Protecting █+░* +\d+ % .* of 20\.0 MB .*MB\/s .* left$/);
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(100);
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it('is not drawn where stderr is no terminal', async () => {
    slowDown();
    expect((await type('backup /card --vault /drive/vault')).stderr).toBe('');
  });

  it('counts only bytes that are new', async () => {
    await type('backup /card --vault /drive/vault');
    slowDown();
    const { stderr } = await type('backup /card --vault /drive/vault', { columns: 80 });
    expect(stderr).toContain('0/1 files');
  });
});
