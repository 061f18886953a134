import type { World } from '../platform/index.ts';
import { targetError, type Vault, VaultWriter } from '../vault/index.ts';

/**
 * Opens a writer for one act that ends by finishing it. Where the act fails, the writer lets go: nobody must wait for
 * one that will write no more.
 * @param options as of {@link VaultWriter.open}
 * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function writing<T>(
  world: World,
  vault: Vault,
  options: { readonly isExclusive?: boolean },
  act: (writer: VaultWriter) => Promise<T>,
): Promise<T> {
  const writer = await VaultWriter.open(world, vault, options);
  try {
    return await act(writer);
  } catch (error) {
    await writer.letGo();
    throw targetError(error, vault.root);
  }
}
