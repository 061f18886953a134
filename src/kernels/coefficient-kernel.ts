import type { CoefficientKernel } from './coefficient-block.ts';
import { instantiateKernel, missingKernel } from './instantiate.ts';

const { WASM_BASE64 } = await import('./generated/coefficients.ts').catch((cause: unknown) => {
  throw missingKernel('coefficients', cause);
});

/** Bytes of one WebAssembly page. */
const PAGE_BYTES = 65536;

/** Above this a memory is not kept for the next picture. */
const KEPT_BYTES_MAX = 268_435_456;

let kept: CoefficientKernel | null = null;

/**
 * The compiled coefficient kernel. It is the same one for each picture, since every memory reserves a large piece of
 * the address space: a coder must be done with before the next one is opened.
 */
export function coefficientKernel(): CoefficientKernel {
  if (kept !== null && kept.memory(0).byteLength <= KEPT_BYTES_MAX) return kept;
  const exports = instantiateKernel(WASM_BASE64);
  const memory = exports['memory'] as WebAssembly.Memory;
  kept = {
    memory: (bytes) => {
      const missing = Math.ceil(bytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
      if (missing > 0) memory.grow(missing);
      return memory.buffer;
    },
    encodeRow: exports['encodeRow'] as () => void,
    decodeRow: exports['decodeRow'] as () => void,
    begin: exports['begin'] as () => void,
    flush: exports['flush'] as () => void,
  };
  return kept;
}
