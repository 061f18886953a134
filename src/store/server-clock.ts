/** A server's clock that is off by less is taken for right: its times are whole seconds, and its answers take a while. */
const SKEW_MS_MIN = 5000;

/** What a server's clock says, in the time of this machine: what is alive is judged by this machine's clock. */
export class ServerClock {
  readonly nowMs: () => number;
  #skewMs = 0;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Takes note of the `Date` of an answer. */
  hear(response: unknown): void {
    if (typeof response !== 'object' || response === null || !('headers' in response)) return;
    const { headers } = response;
    if (typeof headers !== 'object' || headers === null || !('date' in headers)) return;
    const serverMs = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
    if (Number.isNaN(serverMs)) return;
    const skewMs = serverMs - this.nowMs();
    this.#skewMs = Math.abs(skewMs) < SKEW_MS_MIN ? 0 : skewMs;
  }

  /** A time of the server by our clock, in milliseconds since 1970; 0 where it says none. */
  ours(time: Date | undefined): number {
    return time === undefined ? 0 : time.getTime() - this.#skewMs;
  }
}
