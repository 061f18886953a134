import { roleOf } from './file-kind.ts';
import { readQuickFacts } from './quick-facts.ts';

/**
 * The local day a picture was taken, `YYYY-MM-DD`, from the first bytes of its file; null where they do not say.
 * Never throws: a picture that cannot be understood is still a picture.
 */
export function captureDay(name: string, head: Uint8Array): string | null {
  if (roleOf(name) !== 'capture') return null;
  return readQuickFacts(name, head).facts?.time?.local.slice(0, 10) ?? null;
}
