import { beforeEach, describe, expect, it } from 'vitest';
import { FieldKit, told } from './field-kit.ts';
import { typeWords } from './typed-words.ts';

const CARD = '/media/EOS_DIGITAL';
let kit: FieldKit;
let first: string;

/** Two snapshots; the first alone has a picture, a version of a sidecar, and a note. */
beforeEach(async () => {
  kit = await FieldKit.open();
  kit.insert(CARD, {
    'IMG_0001.CR3': 'the first frame',
    'IMG_0001.xmp': 'three stars',
    'IMG_0002.CR3': 'a blurred frame',
    'notes.txt': 'a note',
  });
  first = (await kit.protect(CARD)).snapshot;
  for (const name of ['IMG_0002.CR3', 'notes.txt']) kit.disk.stage.erase(`${CARD}/${name}`);
  kit.put(CARD, { 'IMG_0001.xmp': 'five stars!' });
  await kit.protect(CARD);
});

const journals = (): string[] => kit.disk.stage.paths(`${kit.vault}/journal`);

/** Spoils the n-th line of this type in a journal file beyond mending. */
function loseLine(index: number, type: string, ordinal = 1): string {
  const path = journals()[index] ?? '';
  const text = new TextDecoder().decode(kit.disk.stage.peek(path) ?? new Uint8Array());
  let start = -1;
  for (let found = 0; found < ordinal; found += 1) {
    start = text.indexOf(`{"type":"${type}"`, start + 1);
  }
  for (const bit of [100, 207]) kit.disk.stage.flipBit(path, start * 8 + bit);
  return path.slice(kit.vault.length + 1);
}

/** What check names, so that a person can accept it. */
async function losses(): Promise<string[]> {
  return [...new Set((await kit.check()).gaps.map(({ path }) => path))];
}

/** Names of the stored pictures and notes, without digits. */
function stored(): string[] {
  return kit.disk.stage
    .paths(`${kit.vault}/originals`)
    .filter((path) => !path.includes('SHA256SUMS'))
    .map((path) => path.slice(path.lastIndexOf('/') + 1).replace(/~[0-9a-f]+/, ''))
    .sort();
}

const DAMAGED = { code: 'DAMAGED' };
const ALL = ['IMG_0001.CR3', 'IMG_0001.xmp', 'IMG_0001.xmp', 'IMG_0002.CR3', 'notes.txt'];

describe('a person who accepts what the journal lost', () => {
  it('names it, and prune goes on; nothing that an uncertain list may need is removed', async () => {
    const name = loseLine(1, 'entry');
    await kit.forget(first);
    await expect(kit.prune()).rejects.toMatchObject({
      ...DAMAGED,
      message: expect.stringContaining(`prune --accept-loss ${name}`),
    });
    expect(await kit.prune({ acceptLoss: [name] })).toMatchObject({
      accepted: [name],
      dropped: [],
    });
    expect(stored()).toEqual(ALL);
    // It stays accepted, and check names it without calling it damage.
    expect(await kit.prune()).toMatchObject({ accepted: [] });
    const found = await kit.check();
    expect(found.gaps).toEqual([]);
    expect(new Set(found.accepted.map(({ path }) => path))).toEqual(new Set([name]));
    expect(told(found)).not.toContain(`JOURNAL_DAMAGED ${name}`);
  });

  it('gets the space back once every list that is left is whole', async () => {
    const name = loseLine(1, 'entry');
    await kit.forget(first);
    await kit.prune({ acceptLoss: [name] });
    const { snapshot } = await kit.protect(CARD);
    const ids = (await kit.open()).ledger.runs.keys();
    await kit.forget(...[...ids].filter((id) => id !== snapshot && id !== first));
    expect(await kit.check()).toMatchObject({ issues: [], damaged: 0 });
    expect((await kit.prune()).dropped).toHaveLength(2);
    expect(stored()).toEqual(['IMG_0001.CR3', 'IMG_0001.xmp', 'IMG_0002.CR3']);
    expect((await kit.restore()).report.issues).toEqual([]);
  });

  it('accepts a whole journal file: what it alone named stays, and is said to be unknown', async () => {
    kit.disk.stage.erase(journals()[1] ?? '');
    const names = await losses();
    expect(names).toHaveLength(2);
    await expect(kit.prune({ acceptLoss: names.slice(0, 1) })).rejects.toMatchObject(DAMAGED);
    const report = await kit.prune({ acceptLoss: names });
    expect(report).toMatchObject({ accepted: names, dropped: [], leftOver: 0 });
    // Four files, and the list of digests that names them for a person.
    expect(report.unknown).toHaveLength(5);
    expect(stored()).toEqual(ALL);
    await kit.protect(CARD);
    const found = await kit.check();
    // What was protected again stands twice, and the copy that no line names can go.
    expect(found).toMatchObject({ gaps: [], leftOver: 1 });
    expect(await kit.prune()).toMatchObject({ leftOver: 1, unknown: found.unknown });
    expect(stored()).toEqual(ALL);
  });

  it('does not accept what is lost later: of the same file, of another, of a number taken again', async () => {
    await kit.prune({ acceptLoss: [loseLine(1, 'entry', 2)] });
    const again = loseLine(1, 'entry', 3);
    await expect(kit.prune()).rejects.toMatchObject(DAMAGED);
    await kit.prune({ acceptLoss: [again] });
    const newest = journals().at(-1) ?? '';
    kit.disk.stage.erase(journals()[2] ?? '');
    await expect(kit.prune()).rejects.toMatchObject(DAMAGED);
    await kit.prune({ acceptLoss: await losses() });
    // The line that accepted is lost itself: so is what it said.
    kit.disk.stage.erase(newest);
    await expect(kit.prune()).rejects.toMatchObject(DAMAGED);
  });

  it('does not accept numbers that the next writers take again', async () => {
    for (const path of journals().slice(1)) kit.disk.stage.erase(path);
    const names = await losses();
    const numbers = names.filter((name) => name.startsWith('journal/'));
    expect(numbers).toEqual(['journal/000002', 'journal/000003']);
    await kit.prune({ acceptLoss: names });
    await kit.protect(CARD);
    expect(await kit.check()).toMatchObject({ gaps: [], issues: [] });
    kit.disk.stage.erase(journals()[2] ?? '');
    await expect(kit.prune()).rejects.toMatchObject(DAMAGED);
  });

  it('never loses a picture that was dropped once and protected again by a line that is lost', async () => {
    await kit.forget(first);
    await kit.prune({ captures: ['**'] });
    kit.put(CARD, { 'IMG_0002.CR3': 'a blurred frame' });
    await kit.protect(CARD);
    const name = loseLine(journals().length - 1, 'blob');
    const report = await kit.prune({ acceptLoss: [name] });
    expect(report.unknown).toEqual([expect.stringContaining('IMG_0002~')]);
    expect(stored()).toContain('IMG_0002.CR3');
  });

  it('is told of a name of which nothing is lost, and nothing is changed', async () => {
    loseLine(1, 'entry', 2);
    const before = kit.disk.stage.paths('/drive');
    for (const acceptLoss of [['journal/000009'], [journals()[2]?.split('/').at(-1) ?? '']]) {
      await expect(kit.prune({ acceptLoss })).rejects.toMatchObject({ code: 'BAD_USAGE' });
    }
    expect(kit.disk.stage.paths('/drive')).toEqual(before);
  });

  it('sees beforehand what it would mean', async () => {
    const name = loseLine(1, 'entry', 2);
    const plan = await kit.prune({ acceptLoss: [name], dryRun: true });
    expect(plan).toMatchObject({ accepted: [name], dropped: [] });
    await expect(kit.prune()).rejects.toMatchObject(DAMAGED);
  });
});

describe('prune --accept-loss', () => {
  it('takes the name that check shows, and check says what was given up', async () => {
    const name = loseLine(1, 'entry', 2);
    const type = (...words: string[]) => typeWords(kit.process(), [...words, '--vault', kit.vault]);
    expect((await type('check')).exit).toBe(12);
    expect((await type('prune')).exit).toBe(12);
    const pruned = await type('prune', '--accept-loss', name.replace('journal/', ''));
    expect(pruned).toMatchObject({ exit: 0, stdout: expect.stringContaining('Accepted: what') });
    const checked = await type('check');
    expect(checked.stdout).toContain(
      `given up:  what was lost of the journal, and accepted: ${name}`,
    );
  });
});
