/** What a number of the table counts. */
export type Unit =
  | 's'
  | 'ms'
  | 'MB'
  | 'MB/s'
  | 'min'
  | 'bytes'
  | 'requests'
  | 'Mpixel/s'
  | 'CPU s'
  | 'files/s'
  | '%'
  /** Hundredths of a whole, where two shares are compared. */
  | 'points';

/** A promise about a row, as the table says it, and whether this run kept it. */
export interface Verdict {
  readonly text: string;
  readonly isKept: boolean;
}

/** One line of the table: what was measured here, and beside it what a peer took in the same run. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  /** Null where the row was skipped. */
  readonly ours: number | null;
  readonly peer: {
    readonly name: string;
    /** Null where the peer was not measured. */
    readonly value: number | null;
    /** Ours to theirs: the median of the ratios of the single rounds. */
    readonly ratio: number | null;
  } | null;
  readonly verdict: Verdict | null;
  /** Why nothing was compared. */
  readonly skipped?: string;
}

/** What a bench is given. */
export interface BenchRun {
  readonly sizes: BenchSizes;
  /** A folder of this run for vaults and copies, removed at the end. */
  readonly scratch: string;
  /** Frames of a shoot on a card, made when they are first asked for. */
  card(): Promise<Card>;
  /** Says what is being done, for a person who waits. */
  say(text: string): void;
}

/** How much is measured. */
export interface BenchSizes {
  readonly cardBytes: number;
  readonly smallFiles: number;
  readonly rounds: number;
}

/** A card full of frames. */
export interface Card {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
  readonly frames: number;
  readonly megapixels: number;
  /** How long the shoot writer took, in seconds. */
  readonly seconds: number;
}

/** One file of this folder: a promise, and how it is measured. */
export interface Bench {
  readonly name: string;
  /** What is promised, in one sentence. */
  readonly promise: string;
  run(run: BenchRun): Promise<readonly Row[]>;
}
