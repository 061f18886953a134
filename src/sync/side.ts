import type { BlobId } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { type JournalRecord, targetError, type Vault, VaultWriter } from '../vault/index.ts';

/** Most lines that are made durable at once. */
const LINES_AT_ONCE = 4096;

/** One of the two vaults of a sync, with the writer that works on it. */
export class Side {
  readonly role: 'field' | 'studio';
  readonly vault: Vault;
  readonly writer: VaultWriter;
  /** Files that are given up: they cannot be read in this vault. */
  readonly unreadable: Set<BlobId> = new Set();

  private constructor(role: Side['role'], writer: VaultWriter) {
    this.role = role;
    this.writer = writer;
    this.vault = writer.vault;
  }

  /**
   * Opens a writer on the vault; its ledger is then as the journals are.
   * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
   */
  static async open(world: World, role: Side['role'], vault: Vault): Promise<Side> {
    return new Side(role, await VaultWriter.open(world, vault));
  }

  /** Makes lines durable, a bounded number at a time. */
  async commit(records: Iterable<JournalRecord>): Promise<number> {
    let batch: JournalRecord[] = [];
    let count = 0;
    try {
      for (const record of records) {
        batch.push(record);
        count += 1;
        if (batch.length < LINES_AT_ONCE) continue;
        await this.writer.commit(batch);
        batch = [];
      }
      await this.writer.commit(batch);
      return count;
    } catch (error) {
      throw targetError(error, this.vault.root);
    }
  }

  /** Writes the last lines and seals the journal; where that fails, lets go. */
  async finish(lastRecords: readonly JournalRecord[]): Promise<void> {
    try {
      await this.writer.finish(lastRecords);
    } catch (error) {
      await this.writer.letGo();
      throw targetError(error, this.vault.root);
    }
  }
}
