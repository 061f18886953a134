import { FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { type CheckOptions, type CheckReport, check, type Vault } from '../vault/index.ts';
import { writing } from './writing.ts';

/**
 * Checks a vault and, where bytes were read, keeps what was learned in its journal: the next check goes on with what
 * was not read for longest. A vault that cannot be written is checked all the same.
 */
export async function checkVault(
  world: World,
  vault: Vault,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const report = await check(world, vault, options);
  if (report.records.length === 0) return report;
  try {
    await writing(world, vault, {}, (writer) => writer.finish(report.records));
  } catch (error) {
    const isExpected = error instanceof FieldVaultError && UNWRITABLE.has(error.code);
    if (!isExpected) throw error;
  }
  return report;
}

const UNWRITABLE: ReadonlySet<string> = new Set(['TARGET_READ_ONLY', 'TARGET_FULL', 'LEASED']);
