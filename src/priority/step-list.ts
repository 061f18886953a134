import type { PlanFrame, Step } from './plan.ts';
import { compareTaken } from './plan-frames.ts';

interface Entry {
  readonly frame: PlanFrame;
  readonly step: Step;
  /** Steps of one group may be done in any order. */
  readonly group: number;
}

/**
 * Steps as they were decided, told in the order in which pictures were taken wherever any order would do: which frames
 * find room was settled before, and nothing was compacted between them.
 */
export class StepList {
  readonly #entries: Entry[] = [];
  #group = 0;

  /** What follows is not of one kind with what went before. */
  nextGroup(): void {
    this.#group += 1;
  }

  add(frame: PlanFrame, step: Step): void {
    // What was compacted makes room for what follows: neither may pass the other.
    if (step.act === 'compact') this.#group += 1;
    this.#entries.push({ frame, step, group: this.#group });
    if (step.act === 'compact') this.#group += 1;
  }

  sorted(): Step[] {
    // Sorting keeps what is equal as it stands, so vaults stay in their order.
    return this.#entries
      .toSorted((a, b) => a.group - b.group || compareTaken(a.frame.facts, b.frame.facts))
      .map(({ step }) => step);
  }
}
