import { beforeEach, describe, expect, it } from 'vitest';
import { PROFILES, type SimWorld } from '../../src/testing/index.ts';
import { openVault, takeLease } from '../../src/vault/index.ts';
import { cardAndVault, type TerminalOptions, type Typed, typeWords } from './typed-words.ts';

let world: SimWorld;

beforeEach(async () => {
  world = await cardAndVault();
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

  it('0: a drive that does not promise durability is worth a word, and no file has come to harm', async () => {
    world.disk.stage.mount('/net', { profile: { ...PROFILES.ext4, sync: 'weak' } });
    await type('init /net/vault');
    const { exit, summary } = await type('backup /card --vault /net/vault --no-learn --json');
    expect(exit).toBe(0);
    expect(summary).toMatchObject({ ok: true, weak: true, issues: [{ code: 'WEAK_DURABILITY' }] });
    const snapshots = await type('snapshots --vault /net/vault --json');
    expect(snapshots.records[0]).toMatchObject({ state: 'complete' });
  });

  it('1: failed', async () => {
    expect(await type('backup /no-card --vault /drive/vault')).toMatchObject({ exit: 1 });
    expect(await type('restore abc --vault /drive/vault --to /back')).toMatchObject({ exit: 1 });
    expect(await type('init /drive/vault')).toMatchObject({ exit: 1 });
    world.disk.faults.setReadOnly('/drive', true);
    expect(await type('backup /card --vault /drive/vault')).toMatchObject({ exit: 1 });
  });

  it.each([
    'find ratng>3 --vault /drive/vault',
    'fly --vault /drive/vault',
    'backup --vault /drive/vault',
    'backup /card',
    'backup /card --vault ftp://host/vault',
    'backup /card --vault /drive/vault --mirror ftp://host/vault',
    'init ftp://host/vault',
    'restore latest --vault /drive/vault',
    'restore latest --vault /drive/vault --to /back --where ratng>3',
    'check --vault /drive/vault --max-minutes soon',
    'check --vault /drive/vault --max-minutes -1',
    'status --vault /drive/vault more',
    'status --vault ',
    'backup /drive/vault --vault /drive/vault',
    'backup /card --vault /drive/vault --mirror /drive/vault',
    'forget --vault /drive/vault',
  ])('2: wrong usage: %s', async (words) => {
    const before = world.disk.stage.paths('/');
    const { exit, stdout, stderr } = await type(words);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).not.toBe('');
    expect(world.disk.stage.paths('/')).toEqual(before);
  });

  it('2: nothing is restored into the vault', async () => {
    await type('backup /card --vault /drive/vault');
    const before = world.disk.stage.paths('/');
    world.disk.stage.plantLink('/short', '/drive/vault/originals');
    const places = ['/drive/vault', '/drive/vault/originals', '/drive/vault/new/one', '/short/new'];
    for (const to of places) {
      const typed = await type(`restore latest --vault /drive/vault --to ${to} --json`);
      expect(typed).toMatchObject({ exit: 2, summary: { error: { code: 'BAD_USAGE' } } });
      expect(await world.disk.stat('/drive/vault/new')).toBeNull();
      expect(await world.disk.stat('/drive/vault/originals/new')).toBeNull();
    }
    expect(world.disk.stage.paths('/')).toEqual([...before, '/short'].sort());
    expect((await type('restore latest --vault /drive/vault --to /drive')).exit).toBe(0);
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
    const { exit, summary } = await type(
      'backup /card --vault /drive/vault --mirror /gone --no-learn --json',
    );
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
    // Known damage is named again without reading the rest.
    const again = await type('check --vault /drive/vault --json');
    expect(again).toMatchObject({ exit: 12, summary: { damaged: 1, filesRead: 1 } });
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
    const told = await type('check --vault /drive/vault --repair-from /other/vault');
    expect(told.stdout).toContain('1 stored file could not be mended: the other vault has no good');
  });

  it('12: damage that no other vault can mend is not blamed on the other vault', async () => {
    await type('init /other/vault');
    await type('backup /card --vault /drive/vault --mirror /other/vault');
    world.disk.stage.erase('/drive/vault/recover.html');
    const journals = world.disk.stage.paths('/drive/vault/journal');
    const text = new TextDecoder().decode(world.disk.stage.peek(journals[1] ?? '') ?? undefined);
    const start = text.indexOf('{"type":"blob"') * 8;
    for (const bit of [100, 207]) world.disk.stage.flipBit(journals[1] ?? '', start + bit);
    const words = 'check --vault /drive/vault --repair-from /other/vault';
    const { exit, stdout } = await type(words);
    expect(exit).toBe(12);
    expect(stdout).not.toContain('no good copy either');
    expect(stdout).toContain('1 file that the vault wrote about itself is damaged or missing:');
    expect(stdout).toContain('1 place of the journal is damaged or missing:');
    expect(stdout).toContain('1 content of a snapshot has no journal line');
    expect(stdout).not.toMatch(/\d stored file/);
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
  it('130: an interrupted prune says so, and the same words go on', async () => {
    for (const name of ['a', 'b']) world.disk.stage.plant(`/card/${name}.txt`, `note ${name}`);
    await type('backup /card --vault /drive/vault');
    await type('forget latest --vault /drive/vault');
    let pressCtrlC = (): boolean => false;
    const onReady = (press: () => boolean): void => {
      pressCtrlC = press;
    };
    world.disk.faults.add({
      when: (call) => call.kind === 'removeFile' && call.path.includes('/originals/'),
      run: () => pressCtrlC(),
    });
    const cut = await type('prune --vault /drive/vault --json', { onReady });
    expect(cut).toMatchObject({ exit: 130, summary: { interrupted: true, blobs: 1 } });
    expect((await type('check --vault /drive/vault')).exit).toBe(0);
    const { exit, stdout } = await type('prune --vault /drive/vault');
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: expect.stringContaining('1 file that') });
  });

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
