import { describe, expect, it } from 'vitest';
import { findProgram, timed } from '../bench/command.ts';
import { compare, limited, measureRounds, median, type Results } from '../bench/rounds.ts';
import { renderResults, replaceMarked } from '../bench/table.ts';
import { skipBecause } from './skip.ts';

const timing = (seconds: number) => ({ seconds, cpuSeconds: 2 * seconds, peakBytes: 0 });
const results: Results = new Map([
  ['ours', [timing(1), timing(9), timing(2)]],
  ['peer', [timing(2), timing(10), timing(8)]],
]);
const row = { what: 'a copy', ours: 'ours', peer: 'peer' };

describe('compare()', () => {
  it('takes the median of the ratios of the rounds, not the ratio of the medians', () => {
    expect(compare(results, row)).toMatchObject({
      ours: 2,
      peer: { name: 'peer', value: 8, ratio: 0.5 },
      verdict: null,
    });
  });

  it('says whether a promise is kept, and that one is not', () => {
    expect(compare(results, { ...row, ratioMax: 0.5 }).verdict?.isKept).toBe(true);
    expect(compare(results, { ...row, ratioMax: 0.49 }).verdict?.isKept).toBe(false);
    expect(limited('memory', 'MB', 300, 300).verdict?.isKept).toBe(true);
    expect(limited('memory', 'MB', 301, 300).verdict?.isKept).toBe(false);
  });

  it('skips a peer that was not measured by its name, and promises nothing about it', () => {
    expect(compare(results, { ...row, peer: 'restic', ratioMax: 1 })).toMatchObject({
      skipped: 'skipped: restic not installed',
      verdict: null,
    });
  });
});

describe('measureRounds()', () => {
  it('measures everyone once a round, each time in another order', async () => {
    const order: string[] = [];
    const entrants = ['a', 'b', 'c'].map((name) => ({
      name,
      measure: async () => timing(order.push(name)),
    }));
    const measured = await measureRounds(entrants, 3, () => {});
    expect(order.join('')).toBe('abcbcacab');
    expect(measured.get('a')?.map(({ seconds }) => seconds)).toEqual([1, 6, 8]);
  });
});

describe('median()', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(median([])).toBeNaN();
  });
});

describe('the page of results', () => {
  const heading = { command: 'npm run bench', date: '2026-11-22', machine: 'a machine' };
  const rows = [
    compare(results, { ...row, ratioMax: 0.4 }),
    compare(results, { ...row, peer: 'borg' }),
  ];
  const text = renderResults(heading, [{ name: 'protect', promise: 'It is fast.', rows }]);

  it('has a line for each row: value, peer, ratio, promise, kept or not, skipped by name', () => {
    expect(text).toContain('| a copy | 2.00 s | peer | 8.00 s | 0.50 | ratio <= 0.4 | **no** |');
    expect(text).toContain('| borg | skipped: borg not installed |');
    expect(text).toContain('`npm run bench` on a machine');
  });

  it('changes only what stands between its markers, and of that only what was measured', () => {
    const old = '### other\n\nIt is small.\n\nTaken before.\n\n### gone\n\nx\n\n### protect\n\nold';
    const page = `before\n<!-- results: begin -->\n${old}\n<!-- results: end -->\nafter\n`;
    const order = ['protect', 'other'];
    const once = replaceMarked(page, text, order);
    expect(once).toMatch(/^before\n.*### protect.*\| a copy \|.*### other.*before\.\n.*after\n$/s);
    expect(once).not.toMatch(/old|gone/);
    expect(replaceMarked(once, text, order)).toBe(once);
    expect(() => replaceMarked('no markers', text, order)).toThrow(RangeError);
  });
});

describe('timed()', skipBecause(findProgram('sh') === null ? 'no sh here' : null), () => {
  it('counts the processor time of a program, and fails where the program fails', async () => {
    const spin = 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done';
    const measured = await timed({ words: ['sh', '-c', spin] });
    expect(measured.cpuSeconds).toBeGreaterThan(0);
    expect(measured.seconds).toBeGreaterThan(0);
    await expect(timed({ words: ['sh', '-c', 'echo why >&2; exit 3'] })).rejects.toThrow(/3: why/);
    expect(findProgram('no-such-program-anywhere')).toBeNull();
  });
});
