import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProgress } from './progress-bar.ts';

const view = {
  phase: 'protecting',
  bytesDone: 500_000_000,
  bytesTotal: 2_000_000_000,
  filesDone: 20,
  filesTotal: 80,
};

describe('formatProgress()', () => {
  it('shows share, files, bytes, rate and what is left', () => {
    const line = formatProgress(view, { bytes: 300_000_000, durationMs: 2000 }, 120);
    expect(line).toBe(
      'Protecting ██████░░░░░░░░░░░░░░░░░░  25 %  20/80 files  500 MB of 2.00 GB  150 MB/s  10 s left',
    );
  });

  it('does not guess a rate from less than a second', () => {
    const line = formatProgress(view, { bytes: 300_000_000, durationMs: 999 }, 120);
    expect(line).not.toContain('left');
  });

  it('says what it does while nothing can be counted yet', () => {
    const start = { phase: 'scanning', bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
    const line = formatProgress(start, { bytes: 0, durationMs: 0 }, 80);
    expect(line).toBe('Looking through the sources ...');
  });

  it('goes by files where all are empty', () => {
    const line = formatProgress(
      { ...view, bytesDone: 0, bytesTotal: 0 },
      { bytes: 0, durationMs: 0 },
      80,
    );
    expect(line).toContain(' 25 %');
  });

  it('never shows more files than there are', () => {
    const more = { ...view, bytesDone: 0, bytesTotal: 0, filesDone: 20, filesTotal: 1 };
    expect(formatProgress(more, { bytes: 0, durationMs: 5000 }, 80)).toContain('100 %  1/1 files');
  });

  it('fits every terminal and never shows more than there is', () => {
    const amount = fc.nat(2 ** 31 - 1);
    fc.assert(
      fc.property(
        fc.record({
          done: amount,
          total: amount,
          files: amount,
          columns: fc.integer({ min: 10, max: 200 }),
        }),
        ({ done, total, files, columns }) => {
          const some = { ...view, bytesDone: done, bytesTotal: total, filesTotal: files };
          const line = formatProgress(some, { bytes: done, durationMs: 5000 }, columns);
          expect(line.length).toBeLessThanOrEqual(columns);
          expect(Number(/(\d+) %/.exec(line)?.[1] ?? 0)).toBeLessThanOrEqual(100);
        },
      ),
    );
  });
});
