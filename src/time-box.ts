import type { World } from './platform/index.ts';

/** How long an act may take, and who may end it before. */
export interface TimeBoxOptions {
  readonly maxMinutes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The time of an act that has several parts. */
export interface TimeBox {
  /** Ends the part at hand: by the person, or when the time is over. */
  readonly signal: AbortSignal;
  /** What is left for the next part, in minutes; undefined without an end. */
  minutesLeft(): number | undefined;
  /** Lets go of the clock. */
  close(): void;
}

/** Begins a time box. */
export function openTimeBox(
  { clock }: Pick<World, 'clock'>,
  { maxMinutes, signal }: TimeBoxOptions,
): TimeBox {
  const over = new AbortController();
  const startMs = clock.monotonicMs();
  const boxMs = maxMinutes === undefined ? null : Math.max(1, maxMinutes * 60_000);
  return {
    signal: signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
    minutesLeft: () =>
      maxMinutes === undefined
        ? undefined
        : Math.max(0, maxMinutes - (clock.monotonicMs() - startMs) / 60_000),
    close: boxMs === null ? () => {} : clock.every(boxMs, () => over.abort()),
  };
}
