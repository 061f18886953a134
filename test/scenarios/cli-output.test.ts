import { beforeEach, describe, expect, it } from 'vitest';
import type { SimWorld } from '../../src/testing/index.ts';
import { cardAndVault, type TerminalOptions, type Typed, typeWords } from './typed-words.ts';

let world: SimWorld;

beforeEach(async () => {
  world = await cardAndVault();
});

/** Types words that have no blanks in them. */
function type(words: string, options?: TerminalOptions): Promise<Typed> {
  return typeWords(world, words.split(' '), options);
}

describe('--json', () => {
  it('ends every command with one summary that has the keys scripts rely on', async () => {
    const backup = await type('backup /card --vault /drive/vault --no-learn --json');
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
    const { records } = await type('backup /card --vault /drive/vault --no-learn --json');
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
    const { exit, stdout } = await type('backup /card --vault /drive/vault --no-learn');
    expect(exit).toBe(3);
    expect(stdout.match(/ {2}UNREADABLE {2}/g)).toHaveLength(20);
    expect(stdout.match(/NOT protected/g)).toHaveLength(1);
    expect(stdout).toContain('and 10 more; --json lists them all');
  });

  it('forget says a snapshot once, however often and however it was named', async () => {
    const { summary } = await type('backup /card --vault /drive/vault --json');
    const words = `forget latest latest ${summary['snapshot']} --vault /drive/vault`;
    const { stdout } = await type(words);
    expect(stdout.split(String(summary['snapshot']))).toHaveLength(2);
    expect(stdout).toContain('Forgot 1 snapshot');
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

  it('check and prune name what no journal line names and nobody removes', async () => {
    await type('backup /card --vault /drive/vault');
    world.disk.stage.plant('/drive/vault/originals/2026/mine.jpg', 'put there by hand');
    const checked = await type('check --vault /drive/vault');
    expect(checked).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/unknown: .*mine\.jpg/),
    });
    expect(checked.stdout).not.toContain('left over');
    expect((await type('check --vault /drive/vault --json')).summary).toMatchObject({ unknown: 1 });
    expect((await type('prune --vault /drive/vault')).stdout).toMatch(/Kept 1 file .*mine\.jpg/);
    const { records, summary } = await type('prune --vault /drive/vault --json');
    expect(summary).toMatchObject({ unknown: 1 });
    expect(records[0]).toMatchObject({ fate: 'unknown', path: 'originals/2026/mine.jpg' });
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
