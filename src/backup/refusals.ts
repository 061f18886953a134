import { FieldVaultError } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Source } from './sources.ts';

/** @throws FieldVaultError BAD_USAGE where a source is a vault of the run, or lies in one */
export function refuseVaultAsSource(sources: readonly Source[], vaults: readonly Vault[]): void {
  const source = sources.find(({ origin }) =>
    vaults.some((vault) => isAtOrBelow(vault.root, origin)),
  );
  if (source === undefined) return;
  throw new FieldVaultError(
    'BAD_USAGE',
    `${source.origin} is a vault or part of one, and cannot be its own source. Nothing was changed; name the card or folder with the pictures.`,
    { details: { path: source.origin } },
  );
}

function isAtOrBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/**
 * Two copies on one drive would look like two, and protect like one.
 * @throws FieldVaultError BAD_USAGE
 */
export function refuseSameVaultTwice(vaults: readonly Vault[]): void {
  const ids = new Set(vaults.map((vault) => vault.identity.id));
  if (ids.size === vaults.length) return;
  throw new FieldVaultError(
    'BAD_USAGE',
    'A vault and its mirrors must be different vaults. Nothing was changed; make another vault on another drive.',
  );
}
