import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXPEDITION_POLICY, fiveDays, type Told } from './expedition.ts';
import type { ScarceKit } from './scarce-kit.ts';

const PAGE = readFileSync(new URL('../../docs/tiers.md', import.meta.url), 'utf8');
const STORY = PAGE.slice(PAGE.indexOf('## Five days'));

let kit: ScarceKit;
let told: readonly Told[];

// Two days of pictures are compacted for real.
beforeAll(async () => {
  ({ kit, told } = await fiveDays());
}, 180_000);

const typedOn = (day: number, word: string): Told | undefined =>
  told.find((one) => one.day === day && one.typed.startsWith(`fieldvault ${word}`));

describe('five days out with a small drive and a smaller mirror', () => {
  it('ends with every picture verified as often as its tier wants, and the cards free', async () => {
    expect(told.at(-1)).toMatchObject({ exit: 0 });
    expect(told.at(-1)?.stdout).toContain('Safe to format: 160 files');
    for (const vault of ['/ssd/vault', '/mirror/vault']) {
      expect((await kit.type('check', '--vault', vault, '--read-data')).exit).toBe(0);
    }
    // What was compacted to make room comes back bit for bit.
    await kit.type('restore', 'latest', '--vault', '/ssd/vault', '--to', '/back');
    const { stage } = kit.world.disk;
    const pictures = stage.paths('/media/DAY_5');
    expect(pictures).toHaveLength(32);
    for (const path of pictures) {
      const back = stage.peek(path.replace('/media', '/back')) ?? new Uint8Array(0);
      expect(Buffer.compare(back, stage.peek(path) ?? new Uint8Array(0))).toBe(0);
    }
  }, 60_000);

  it('had every select and keeper on both drives each evening, also when the drive was full', () => {
    for (const day of [1, 2, 3, 4]) expect(typedOn(day, 'backup')?.exit).toBe(0);
    const [, full] = told.filter((one) => one.day === 5);
    expect(full?.exit).toBe(3);
    const said = typedOn(6, 'safe');
    expect(said?.exit).toBe(3);
    expect(said?.stdout).toMatch(/ select +12 files {2}24 of 24 copies held/);
    const lacking = said?.stdout.match(/DAY_5.* has 0 of 1 copies \(general, /g);
    expect(lacking).toHaveLength(10);
  });

  it('is told on the page of tiers as it happened', () => {
    const blocks = [...STORY.matchAll(/```\n\$ (.+)\n([\s\S]*?)```/g)];
    expect(blocks.length).toBeGreaterThan(5);
    let from = 0;
    for (const [, typed = '', text = ''] of blocks) {
      const at = told.findIndex((one, index) => index >= from && one.typed === typed);
      expect({ typed, isTyped: at >= from }).toEqual({ typed, isTyped: true });
      from = at + 1;
      expect(missingLines(text, told[at]?.stdout ?? '')).toEqual([]);
    }
    expect(STORY).toContain(`\`\`\`yaml\n${EXPEDITION_POLICY}\`\`\``);
  });

  it('would notice a line that was never printed', () => {
    expect(missingLines('one\n...\nthree\n', 'one\ntwo\nthree\n')).toEqual([]);
    expect(missingLines('one\nthree\n', 'one\ntwo\nthree\n')).toEqual(['three']);
    expect(missingLines('two\n', 'one\ntwo\n')).toEqual(['two']);
    expect(missingLines('takes 100 kB\n', 'takes 102 kB\n')).toEqual([]);
    expect(missingLines('takes 100 kB\n', 'takes 120 kB\n')).toEqual(['takes 100 kB']);
    expect(missingLines('takes 100 kB\n', 'leaves 100 kB\n')).toEqual(['takes 100 kB']);
  });
});

/** Lines of a page that were not printed at their place; `...` stands for any lines. */
function missingLines(page: string, stdout: string): string[] {
  const printed = stdout.split('\n').filter((line) => line !== '');
  const missing: string[] = [];
  let [at, isFree] = [0, false];
  for (const line of page.split('\n').filter((one) => one !== '')) {
    if (line.trim() === '...') {
      isFree = true;
      continue;
    }
    const rest = printed.slice(at, isFree ? printed.length : at + 1);
    const found = rest.findIndex((one) => isSame(line, one));
    if (found < 0) missing.push(line);
    else at += found + 1;
    isFree = false;
  }
  return missing;
}

/** Ids of snapshots are as they come, and sizes may be some percent off: journals lie on the drives too. */
function isSame(line: string, printed: string): boolean {
  const bare = (text: string): string =>
    text
      .replace(SIZES, 'SIZE')
      .replace(/ +/g, ' ')
      .replace(/snapshot [0-9a-f]{16}/, 'snapshot');
  if (bare(line) !== bare(printed)) return false;
  const [told, real] = [sizesOf(line), sizesOf(printed)];
  return told.every((size, at) => Math.abs(size - (real[at] ?? 0)) <= 0.05 * size);
}

const SIZES = /(\d+(?:\.\d+)?) (bytes|kB|MB)/g;

function sizesOf(text: string): number[] {
  const units: Readonly<Record<string, number>> = { bytes: 1, kB: 1e3, MB: 1e6 };
  return [...text.matchAll(SIZES)].map(
    ([, number, unit]) => Number(number) * (units[unit ?? ''] ?? 0),
  );
}
