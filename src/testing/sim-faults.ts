/** The kinds of calls that a disk takes; `read`, `write`, `facts` and `sync` are those of open files. */
export type DiskCallKind =
  | 'listFolder'
  | 'stat'
  | 'openRead'
  | 'facts'
  | 'read'
  | 'createNew'
  | 'write'
  | 'sync'
  | 'syncFile'
  | 'syncFolder'
  | 'makeFolder'
  | 'rename'
  | 'removeFile'
  | 'removeFolder'
  | 'setMtime'
  | 'setMode'
  | 'readLink'
  | 'makeLink'
  | 'freeBytes'
  | 'resolve';

/** One call of a simulated disk, as a fault script sees it before it happens. */
export interface DiskCall {
  /** Number of the call, from 1. */
  readonly step: number;
  /** Number of the call among those that change the disk or make it durable, from 1; 0 for calls that only look. */
  readonly change: number;
  readonly kind: DiskCallKind;
  /** The path as called; for open files the one they were opened with. */
  readonly path: string;
  /** Of a rename. */
  readonly target?: string;
  /** Of a read or write. */
  readonly positionBytes?: number;
  readonly sizeBytes?: number;
}

/** What goes wrong, and when. */
export interface Fault {
  readonly when: (call: DiskCall) => boolean;
  /** An error code of the system (`EIO`, `ENOSPC`, ...), or `power-loss`: this call and all later ones fail. */
  readonly error?: string;
  /** Runs before the call: changes something behind the program's back. */
  readonly run?: (call: DiskCall) => void;
  /** How often it happens, 1 unless told. */
  readonly times?: number;
}

/** Thrown by every call from the moment of a power loss until the power is back. */
export class PowerLoss extends Error {
  readonly code = 'POWER_LOSS';

  constructor() {
    super('the power is off');
    this.name = 'PowerLoss';
  }
}

/** The error that a system call gives. */
export function systemError(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${call} '${path}'`), {
    code,
    syscall: call,
    path,
  });
}

const LOOKING = new Set<DiskCallKind>([
  'listFolder',
  'stat',
  'openRead',
  'facts',
  'read',
  'readLink',
  'freeBytes',
  'resolve',
]);
const OF_OPEN_FILES = new Set<DiskCallKind>(['facts', 'read', 'write', 'sync']);
const NOT_WRITING = new Set<DiskCallKind>(['sync', 'syncFile', 'syncFolder']);

/** The script of what goes wrong on a simulated disk, and the count of calls it goes by. */
export class SimFaults {
  #faults: { readonly fault: Fault; left: number }[] = [];
  readonly #vanished = new Set<string>();
  readonly #readOnly = new Set<string>();
  #isOff = false;
  #steps = 0;
  #changes = 0;

  /** Calls until now. */
  get steps(): number {
    return this.#steps;
  }

  /** Calls until now that changed the disk or made it durable. */
  get changes(): number {
    return this.#changes;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** Adds a fault; faults are asked in the order they were added, and the first with an error ends the call. */
  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  /** The call with this number fails with a system error, or the power goes just before it. */
  failAt(step: number, error: string): void {
    this.add({ when: (call) => call.step === step, error });
  }

  /** The power goes just before this change of the disk. */
  losePowerAtChange(change: number): void {
    this.add({ when: (call) => call.change === change, error: 'power-loss' });
  }

  /** Runs just before the call with this number: a change behind the program's back. */
  changeAt(step: number, run: () => void): void {
    this.add({ when: (call) => call.step === step, run });
  }

  /** Everything at and below the path is gone, as of a card that was pulled: ENOENT, and EIO for open files. */
  vanish(path: string): void {
    this.#vanished.add(path);
  }

  comeBack(path: string): void {
    this.#vanished.delete(path);
  }

  /** Nothing at or below the path can be changed (EROFS); reads go on. */
  setReadOnly(path: string, isReadOnly: boolean): void {
    if (isReadOnly) this.#readOnly.add(path);
    else this.#readOnly.delete(path);
  }

  /** Forgets every fault that has not happened, vanished and read-only places too. */
  clear(): void {
    this.#faults = [];
    this.#vanished.clear();
    this.#readOnly.clear();
  }

  /** The power is back. */
  powerOn(): void {
    this.#isOff = false;
  }

  powerOff(): void {
    this.#isOff = true;
  }

  /** Counts a call and throws where the script says so. */
  meet(kind: DiskCallKind, path: string, more: Partial<DiskCall> = {}): void {
    if (this.#isOff) throw new PowerLoss();
    const isLooking = LOOKING.has(kind);
    this.#steps += 1;
    if (!isLooking) this.#changes += 1;
    const call: DiskCall = {
      ...more,
      step: this.#steps,
      change: isLooking ? 0 : this.#changes,
      kind,
      path,
    };
    this.#runScript(call);
    this.#checkPlaces(call, isLooking || NOT_WRITING.has(kind));
  }

  #runScript(call: DiskCall): void {
    for (const planned of this.#faults) {
      if (planned.left <= 0 || !planned.fault.when(call)) continue;
      planned.left -= 1;
      planned.fault.run?.(call);
      const { error } = planned.fault;
      if (error === undefined) continue;
      if (error !== 'power-loss') throw systemError(error, call.kind, call.path);
      this.#isOff = true;
      throw new PowerLoss();
    }
  }

  #checkPlaces(call: DiskCall, isHarmless: boolean): void {
    const paths = call.target === undefined ? [call.path] : [call.path, call.target];
    for (const path of paths) {
      if (isBelowAny(this.#vanished, path)) {
        const code = OF_OPEN_FILES.has(call.kind) ? 'EIO' : 'ENOENT';
        throw systemError(code, call.kind, path);
      }
      if (!isHarmless && isBelowAny(this.#readOnly, path)) {
        throw systemError('EROFS', call.kind, path);
      }
    }
  }
}

function isBelowAny(places: ReadonlySet<string>, path: string): boolean {
  for (const place of places) {
    if (path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`)) return true;
  }
  return false;
}
