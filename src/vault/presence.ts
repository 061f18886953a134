import { FieldVaultError, LIMITS } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { listJournals } from './read-journal.ts';

/**
 * What a writer knows of its own silence. A computer that sleeps says nothing; others may then take it for dead, clear
 * its unfinished files and prune what it believes to be there. Once it wakes it must look before it goes on.
 */
export class Presence {
  readonly #world: Pick<World, 'disk' | 'clock'>;
  readonly #folder: string;
  /** Journal files that were there when the writer began, and its own. */
  readonly #known: ReadonlySet<string>;
  #lastMs: number;
  #isOusted = false;

  /**
   * @param folder absolute path of the journal folder
   * @param known names of the journal files that were there, and the writer's own
   */
  constructor(world: Pick<World, 'disk' | 'clock'>, folder: string, known: readonly string[]) {
    this.#world = world;
    this.#folder = folder;
    this.#known = new Set(known);
    this.#lastMs = world.clock.nowMs();
  }

  /**
   * To be called before lines are written.
   * @throws FieldVaultError LEASED where another writer came while this one was silent for too long
   */
  async confirm(): Promise<void> {
    const nowMs = this.#world.clock.nowMs();
    // Others wait for a whole lease; a minute of it may go by while lines are written.
    const isLate = nowMs - this.#lastMs > LIMITS.leaseMs - 60_000;
    if (isLate) this.#isOusted ||= await this.#sawOthersCome();
    if (!this.#isOusted) {
      this.#lastMs = nowMs;
      return;
    }
    throw new FieldVaultError(
      'LEASED',
      'This computer said nothing for a while (asleep?), and another FieldVault worked on this vault meanwhile. What was protected so far is safe; run the same command again, it goes on where it stopped.',
      { retry: 'now' },
    );
  }

  async #sawOthersCome(): Promise<boolean> {
    const journals = await listJournals(this.#world.disk, this.#folder);
    return journals.some(({ name }) => !this.#known.has(name));
  }
}
