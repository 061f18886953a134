import type { Step } from './plan.ts';

interface Entry {
  readonly step: Step;
  /** Place of its frame among all as they were taken. */
  readonly turn: number;
}

/**
 * Steps as they were decided, told in the order in which pictures were taken wherever any order would do: which frames
 * find room was settled before, and nothing was compacted between them.
 */
export class StepList {
  /** Steps of one group may be done in any order. */
  readonly #groups: Entry[][] = [[]];

  /** What follows is not of one kind with what went before. */
  nextGroup(): void {
    if (this.#groups.at(-1)?.length !== 0) this.#groups.push([]);
  }

  add(turn: number, step: Step): void {
    // What was compacted makes room for what follows: neither may pass the other.
    if (step.act === 'compact') this.nextGroup();
    this.#groups.at(-1)?.push({ step, turn });
    if (step.act === 'compact') this.nextGroup();
  }

  sorted(): Step[] {
    // Sorting keeps what is equal as it stands, so vaults stay in their order.
    return this.#groups.flatMap((group) =>
      group.toSorted((a, b) => a.turn - b.turn).map(({ step }) => step),
    );
  }
}
