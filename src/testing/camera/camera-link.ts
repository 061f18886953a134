import type { Clock } from '../../platform/index.ts';
import type { FaultByBytes, FaultScript } from './camera-faults.ts';

/** What a link is made of. */
export interface LinkOptions {
  readonly clock: Clock;
  readonly faults: FaultScript;
  /** What the link carries at most, in bytes per second; null: what the machine can. */
  readonly bytesPerSecond: number | null;
  /** The link breaks; it may be called again. */
  readonly onBreak: (fault: BreakFault) => void;
}

/** A fault that breaks the link. */
export type BreakFault = Exclude<FaultByBytes, { readonly kind: 'stall' }>;

/** Where bytes go down: a socket, a cable. */
export interface LinkEnd {
  /** Takes them all; false where nobody is there any more. */
  put(parts: readonly Uint8Array[]): Promise<boolean>;
}

/** A throttled link takes this much at a time, so that its speed is even. */
const THROTTLED_PIECE_BYTES = 32_768;

/** The way down from a camera to its client: how fast it is, and where on it something happens. */
export class CameraLink {
  readonly #options: LinkOptions;
  #sinceBreak = 0;
  #sent = 0;
  #freeAtMs = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Bytes of answers that went down until now. */
  get sentBytes(): number {
    return this.#sent;
  }

  /** Sends bytes in one piece as far as speed and faults let it; false where the line is gone. */
  async send(end: LinkEnd, ...parts: readonly Uint8Array[]): Promise<boolean> {
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const isFree = this.#options.bytesPerSecond === null && !this.#meetsFault(size);
    if (isFree) return this.#write(end, parts, size);
    const bytes = Buffer.concat(parts);
    for (let at = 0; at < bytes.length; ) {
      const fault = this.#options.faults.nextByBytes;
      const left = fault === null ? bytes.length : fault.atBytes - this.#sinceBreak;
      if (fault !== null && left <= 0) {
        if (!(await this.#meet(fault))) return false;
        continue;
      }
      const piece = bytes.subarray(at, at + Math.min(left, this.#pieceBytes()));
      if (!(await this.#write(end, [piece], piece.length))) return false;
      at += piece.length;
      await this.#wait(piece.length);
    }
    return true;
  }

  #meetsFault(size: number): boolean {
    const fault = this.#options.faults.nextByBytes;
    return fault !== null && fault.atBytes < this.#sinceBreak + size;
  }

  #pieceBytes(): number {
    return this.#options.bytesPerSecond === null ? 1_048_576 : THROTTLED_PIECE_BYTES;
  }

  /** False where the link is broken now. */
  async #meet(fault: FaultByBytes): Promise<boolean> {
    const { faults, clock, onBreak } = this.#options;
    faults.take(fault.kind, (one) => one === fault);
    if (fault.kind === 'stall') {
      await clock.sleep(fault.ms);
      return true;
    }
    this.#sinceBreak = 0;
    onBreak(fault);
    return false;
  }

  async #write(end: LinkEnd, parts: readonly Uint8Array[], size: number): Promise<boolean> {
    this.#sent += size;
    this.#sinceBreak += size;
    return end.put(parts);
  }

  async #wait(size: number): Promise<void> {
    const { bytesPerSecond, clock } = this.#options;
    if (bytesPerSecond === null) return;
    const nowMs = clock.monotonicMs();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (size / bytesPerSecond) * 1000;
    // Sleeps are coarse: what is owed is paid once it is worth a sleep.
    if (this.#freeAtMs - nowMs > 4) await clock.sleep(this.#freeAtMs - nowMs);
  }
}
