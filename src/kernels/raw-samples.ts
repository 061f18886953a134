import { instantiateKernel, missingKernel } from './instantiate.ts';
import type { RawKernel } from './raw-samples-block.ts';

const { WASM_BASE64 } = await import('./generated/raw-samples.ts').catch((cause: unknown) => {
  throw missingKernel('raw-samples', cause);
});

/** Bytes of one WebAssembly page. */
const PAGE_BYTES = 65536;

/** The compiled raw-sample kernels with a memory of at least this size. */
export function rawKernel(memoryBytes: number): RawKernel {
  const exports = instantiateKernel(WASM_BASE64);
  const memory = exports['memory'] as WebAssembly.Memory;
  const missing = Math.ceil(memoryBytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  return {
    memory: memory.buffer,
    scanBand: exports['scanBand'] as () => void,
    emitBand: exports['emitBand'] as () => void,
    decodeBand: exports['decodeBand'] as () => void,
    addProducts: exports['addProducts'] as () => void,
  };
}
