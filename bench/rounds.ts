import type { Timing } from './command.ts';
import type { Row, Unit, Verdict } from './row.ts';

/** One thing that is measured once in every round; what it does outside of its timing is its own. */
export interface Entrant {
  readonly name: string;
  measure(): Promise<Timing>;
}

/** What each entrant took, round by round. */
export type Results = ReadonlyMap<string, readonly Timing[]>;

/** Measures all entrants in every round, each time in another order, so that no one is always first. */
export async function measureRounds(
  entrants: readonly Entrant[],
  rounds: number,
  say: (text: string) => void,
): Promise<Results> {
  const results = new Map<string, Timing[]>(entrants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const start = round % entrants.length;
    for (const entrant of [...entrants.slice(start), ...entrants.slice(0, start)]) {
      const timing = await entrant.measure();
      results.get(entrant.name)?.push(timing);
      say(`round ${round + 1}: ${entrant.name} ${timing.seconds.toFixed(2)} s`);
    }
  }
  return results;
}

/** Compares ours with one peer over all rounds. */
export interface Comparison {
  readonly what: string;
  readonly ours: string;
  readonly peer: string;
  readonly unit?: Unit;
  /** What is compared of a timing; left out: its seconds. */
  readonly value?: (timing: Timing) => number;
  /** The ratio promised; left out: the row is only shown. */
  readonly ratioMax?: number;
}

/** The row of a comparison; where the peer is not installed it says so. */
export function compare(results: Results, comparison: Comparison): Row {
  const { what, ours, peer, unit = 's', value = secondsOf, ratioMax } = comparison;
  const mine = (results.get(ours) ?? []).map(value);
  const theirs = results.get(peer)?.map(value);
  if (theirs === undefined) {
    const skipped = `skipped: ${peer} not installed`;
    return { what, unit, ours: median(mine), peer: nobody(peer), verdict: null, skipped };
  }
  const ratio = median(mine.map((one, round) => one / (theirs[round] ?? Number.NaN)));
  return {
    what,
    unit,
    ours: median(mine),
    peer: { name: peer, value: median(theirs), ratio },
    verdict: ratioMax === undefined ? null : ratioVerdict(ratio, ratioMax),
  };
}

function nobody(name: string): Row['peer'] {
  return { name, value: null, ratio: null };
}

function ratioVerdict(ratio: number, ratioMax: number): Verdict {
  return { text: `ratio <= ${ratioMax}`, isKept: ratio <= ratioMax };
}

/** A row of ours alone, with a limit where one is promised. */
export function limited(what: string, unit: Unit, ours: number, max?: number): Row {
  const verdict = max === undefined ? null : { text: `<= ${max} ${unit}`, isKept: ours <= max };
  return { what, unit, ours, peer: null, verdict };
}

/** The wall time of a timing, in seconds. */
export function secondsOf(timing: Timing): number {
  return timing.seconds;
}

/** The processor time of a timing, in seconds. */
export function cpuSecondsOf(timing: Timing): number {
  return timing.cpuSeconds;
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN;
  return (low + high) / 2;
}
