import { type World, watchProgress } from '../index.ts';
import type { TextStream } from './output.ts';
import { formatBytes, formatDuration, formatRate, groupDigits } from './wording.ts';

/** How far a long act is. Bytes count only what has to be read or written now: what is known already is no work. */
export interface ProgressView {
  readonly phase: string;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly filesDone: number;
  readonly filesTotal: number;
  /** What is counted, where it is not files. */
  readonly unit?: string;
}

/** Erases the line of the cursor (ECMA-48: carriage return, erase to the end of the line). */
export const ERASE_LINE = '\r\u001b[K';

const BAR_WIDTH = 24;
/** The rate is that of the last seconds: drives slow down when their cache is full, and people want to know. */
const RATE_WINDOW_MS = 10_000;
/** A rate of less time than this is a guess. */
const RATE_SPAN_MS_MIN = 1000;

/**
 * Draws a bar while an act runs, where a person watches; nothing elsewhere.
 * @returns a function that ends it and leaves no trace
 */
export function showProgress(world: World, stream: TextStream, view: ProgressView): () => void {
  if (stream.isTTY !== true) return () => {};
  const meter = new RateMeter();
  const stop = watchProgress(world, view, () => {
    const pace = meter.measure(view, world.clock.monotonicMs());
    const columns = Math.max(20, stream.columns ?? 80) - 1;
    stream.write(`${ERASE_LINE}${formatProgress(view, pace, columns)}`);
  });
  return () => {
    stop();
    stream.write(ERASE_LINE);
  };
}

/** Bytes done in a span of time. */
interface Pace {
  readonly bytes: number;
  readonly durationMs: number;
}

/** Measures the pace over the last seconds of one phase. */
class RateMeter {
  #phase = '';
  #marks: { readonly atMs: number; readonly bytes: number }[] = [];

  measure(view: ProgressView, nowMs: number): Pace {
    if (view.phase !== this.#phase) this.#marks = [];
    this.#phase = view.phase;
    this.#marks.push({ atMs: nowMs, bytes: view.bytesDone });
    this.#marks = this.#marks.filter((mark) => nowMs - mark.atMs <= RATE_WINDOW_MS);
    const first = this.#marks[0] ?? { atMs: nowMs, bytes: view.bytesDone };
    // Work that is done again is taken back from the count.
    return { bytes: Math.max(0, view.bytesDone - first.bytes), durationMs: nowMs - first.atMs };
  }
}

const PHASES: Readonly<Record<string, string>> = {
  '': 'Starting',
  scanning: 'Looking through the sources',
  protecting: 'Protecting',
  learning: 'Everything is protected. Looking at the pictures',
  restoring: 'Restoring',
  checking: 'Checking',
};

/** One line of progress, as much of it as fits. */
export function formatProgress(view: ProgressView, pace: Pace, columns: number): string {
  const name = PHASES[view.phase] ?? view.phase;
  const { bytesTotal, filesTotal } = view;
  if (bytesTotal === 0 && filesTotal === 0) return `${name} ...`.slice(0, columns);
  const bytesDone = Math.min(view.bytesDone, bytesTotal);
  const filesDone = Math.min(view.filesDone, filesTotal);
  const share = bytesTotal > 0 ? bytesDone / bytesTotal : filesDone / filesTotal;
  const parts = [`${name} ${bar(share)} ${String(Math.floor(share * 100)).padStart(3)} %`];
  const { unit = 'files' } = view;
  if (filesTotal > 0) parts.push(`${groupDigits(filesDone)}/${groupDigits(filesTotal)} ${unit}`);
  if (bytesTotal > 0) parts.push(`${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`);
  if (pace.durationMs >= RATE_SPAN_MS_MIN && pace.bytes > 0) {
    const leftMs = ((bytesTotal - bytesDone) / pace.bytes) * pace.durationMs;
    parts.push(formatRate(pace.bytes, pace.durationMs), `${formatDuration(leftMs)} left`);
  }
  let line = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    if (line.length + 2 + part.length <= columns) line += `  ${part}`;
  }
  return line.slice(0, columns);
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}
