import { HAMMING_PLACE, type HammingKernel } from './hamming-block.ts';
import { instantiateKernel, missingKernel } from './instantiate.ts';

const { WASM_BASE64 } = await import('./generated/hamming.ts').catch((cause: unknown) => {
  throw missingKernel('hamming', cause);
});

/** Bytes of one WebAssembly page. */
const PAGE_BYTES = 65536;

/** The compiled Hamming kernels. */
export function hammingKernel(): HammingKernel {
  const exports = instantiateKernel(WASM_BASE64);
  const memory = exports['memory'] as WebAssembly.Memory;
  const pages = Math.ceil(HAMMING_PLACE.bytes / PAGE_BYTES);
  const missing = pages - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  return {
    memory: memory.buffer,
    distances: exports['distances'] as () => void,
    pairs: exports['pairs'] as () => void,
  };
}
