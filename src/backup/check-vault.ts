import { FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  type CheckOptions,
  type CheckReport,
  check,
  openVault,
  type Vault,
} from '../vault/index.ts';
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
  const current = await upToDate(world, vault);
  const report = await check(world, current, options);
  if (report.records.length === 0) return report;
  try {
    await writing(world, current, {}, (writer) => writer.finish(report.records));
  } catch (error) {
    const isExpected = error instanceof FieldVaultError && UNWRITABLE.has(error.code);
    if (!isExpected) throw error;
  }
  return report;
}

const UNWRITABLE: ReadonlySet<string> = new Set(['TARGET_READ_ONLY', 'TARGET_FULL', 'LEASED']);

/** A vault that was written to since it was opened does not know its newest journal files. */
async function upToDate(world: World, vault: Vault): Promise<Vault> {
  const names = await world.disk.listFolder(`${vault.root}/journal`).catch(() => []);
  const known = vault.journals.length + vault.unreadable.length;
  return names.length === known ? vault : openVault(world, vault.root);
}
