import { FieldVaultError } from '../../base/index.ts';
import { pickBelow, seededRandom } from '../seeded-random.ts';

/** The numbers of each fault. Files and operations count from 1 for the camera's life. */
export interface FaultNumbers {
  /** The link is reset once so many bytes of answers have gone down since the last break. */
  readonly drop: { readonly atBytes: number };
  /** The link is reset so long after a session began. */
  readonly 'drop-after': { readonly ms: number };
  /** As `drop`, and the camera sleeps for a while: nobody gets through, frames in memory are gone. */
  readonly sleep: { readonly atBytes: number; readonly ms: number };
  /** As `sleep`, and everything on the card has another handle afterwards. */
  readonly restart: { readonly atBytes: number; readonly ms: number };
  /** Nothing moves for a while. */
  readonly stall: { readonly atBytes: number; readonly ms: number };
  /** The event that tells of this file never comes. */
  readonly 'lose-event': { readonly file: number };
  /** It comes twice. */
  readonly 'double-event': { readonly file: number };
  /** The line for events is cut once it has told of this file. */
  readonly 'close-events': { readonly file: number };
  /** The camera says that the file is a fifth smaller than it is. */
  readonly 'size-smaller': { readonly file: number };
  /** Or larger. */
  readonly 'size-larger': { readonly file: number };
  /** The camera breaks off inside this file, once, and says so. */
  readonly cut: { readonly file: number; readonly atBytes: number };
  /** The frame is only in the camera's memory. */
  readonly 'memory-only': { readonly file: number };
  /** So many operations are answered with "busy", from the one with this number on. */
  readonly busy: { readonly operation: number; readonly count: number };
  /** There is no room for more shots than these. */
  readonly 'store-full': { readonly shots: number };
  /** What is no packet goes down before the answer to the operation with this number. */
  readonly garbage: { readonly operation: number };
  /** So many connections are turned away. */
  readonly 'init-fail': { readonly count: number };
  /** The camera asks on both lines whether the client is alive, when a session begins. */
  readonly probe: unknown;
}

/** The name of a fault. */
export type FaultKind = keyof FaultNumbers;

/** What goes wrong at a simulated camera, once. */
export type CameraFault<Kind extends FaultKind = FaultKind> = {
  readonly [Each in Kind]: { readonly kind: Each } & FaultNumbers[Each];
}[Kind];

const SHAPES: { readonly [Kind in FaultKind]: readonly (keyof FaultNumbers[Kind])[] } = {
  drop: ['atBytes'],
  'drop-after': ['ms'],
  sleep: ['atBytes', 'ms'],
  restart: ['atBytes', 'ms'],
  stall: ['atBytes', 'ms'],
  'lose-event': ['file'],
  'double-event': ['file'],
  'close-events': ['file'],
  'size-smaller': ['file'],
  'size-larger': ['file'],
  cut: ['file', 'atBytes'],
  'memory-only': ['file'],
  busy: ['operation', 'count'],
  'store-full': ['shots'],
  garbage: ['operation'],
  'init-fail': ['count'],
  probe: [],
};

/**
 * Reads a script: faults with their numbers behind colons, commas between them, as
 * `drop:15000000,lose-event:3,stall:2000000:4000`. `seeded:<seed>:<count>` stands for faults drawn from a seed.
 * @throws FieldVaultError `BAD_USAGE`
 */
export function parseCameraFaults(script: string): readonly CameraFault[] {
  return script
    .split(',')
    .map((step) => step.trim())
    .filter((step) => step !== '')
    .flatMap(parseStep);
}

function parseStep(step: string): readonly CameraFault[] {
  const [kind = '', ...words] = step.split(':');
  const numbers = words.map(Number);
  const areNumbers = words.every((word) => /^\d{1,15}$/.test(word));
  if (kind === 'seeded' && areNumbers && numbers.length === 2) {
    const [seed = 0, count = 0] = numbers;
    return seededFaults(seed, Math.min(count, 1000));
  }
  const shape = Object.entries<readonly string[]>(SHAPES).find(([known]) => known === kind);
  if (shape === undefined || !areNumbers || numbers.length !== shape[1].length) {
    const known = Object.entries<readonly string[]>(SHAPES).map((one) => one.flat().join(':'));
    const message = `${step} is no fault of a camera; known are ${known.join(', ')}`;
    throw new FieldVaultError('BAD_USAGE', message);
  }
  const values = shape[1].map((key, index) => [key, numbers[index]]);
  return [{ kind, ...Object.fromEntries(values) } as CameraFault];
}

/** Faults drawn from a seed: those that a client can live through, at files 1 to 40 and within 20 MB. */
export function seededFaults(seed: number, count: number): readonly CameraFault[] {
  const random = seededRandom(seed);
  const file = (): number => 1 + pickBelow(random, 40);
  const atBytes = (): number => 1 + pickBelow(random, 20_000_000);
  const draws: readonly (() => CameraFault)[] = [
    () => ({ kind: 'drop', atBytes: atBytes() }),
    () => ({ kind: 'sleep', atBytes: atBytes(), ms: pickBelow(random, 300) }),
    () => ({ kind: 'stall', atBytes: atBytes(), ms: pickBelow(random, 300) }),
    () => ({ kind: 'lose-event', file: file() }),
    () => ({ kind: 'double-event', file: file() }),
    () => ({ kind: 'close-events', file: file() }),
    () => ({ kind: 'cut', file: file(), atBytes: pickBelow(random, 200_000) }),
    () => ({ kind: 'busy', operation: 1 + pickBelow(random, 200), count: 3 }),
    () => ({ kind: 'garbage', operation: 5 + pickBelow(random, 200) }),
  ];
  return Array.from({ length: count }, () => draws[pickBelow(random, draws.length)]?.()).filter(
    (fault) => fault !== undefined,
  );
}

/** A script that is being played: each fault is taken off when it happens. */
export class FaultScript {
  readonly #left: CameraFault[];

  constructor(faults: readonly CameraFault[]) {
    this.#left = [...faults];
  }

  /** Faults that have not happened yet. */
  get left(): readonly CameraFault[] {
    return this.#left;
  }

  add(faults: readonly CameraFault[]): void {
    this.#left.push(...faults);
  }

  /** Takes the first fault of this kind that is due; null where none is. */
  take<Kind extends FaultKind>(
    kind: Kind,
    isDue: (fault: CameraFault<Kind>) => boolean = () => true,
  ): CameraFault<Kind> | null {
    for (const [index, fault] of this.#left.entries()) {
      if (fault.kind !== kind) continue;
      const one = fault as CameraFault<Kind>;
      if (!isDue(one)) continue;
      this.#left.splice(index, 1);
      return one;
    }
    return null;
  }

  /** The fault that comes first by bytes of the link, left in the script. */
  get nextByBytes(): FaultByBytes | null {
    const waiting = this.#left.filter(isByBytes).sort((one, other) => one.atBytes - other.atBytes);
    return waiting[0] ?? null;
  }
}

/** A fault that happens at a byte of the link. */
export type FaultByBytes = CameraFault<'drop' | 'sleep' | 'restart' | 'stall'>;

function isByBytes(fault: CameraFault): fault is FaultByBytes {
  return ['drop', 'sleep', 'restart', 'stall'].includes(fault.kind);
}
