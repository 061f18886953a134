/** Copies what is shipped beside the code, and is no code, into the built package. Run by `npm run build`. */
import { cpSync } from 'node:fs';

const ASSETS = ['vault/recover-page'];

for (const asset of ASSETS) {
  const [source, target] = ['src', 'dist'].map(
    (root) => new URL(`../${root}/${asset}`, import.meta.url),
  );
  if (source !== undefined && target !== undefined) cpSync(source, target, { recursive: true });
}
