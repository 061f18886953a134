import type { ByteKernel } from './byte-model-block.ts';
import { instantiateKernel, missingKernel } from './instantiate.ts';

const { WASM_BASE64 } = await import('./generated/byte-model.ts').catch((cause: unknown) => {
  throw missingKernel('byte-model', cause);
});

/** Bytes of one WebAssembly page. */
const PAGE_BYTES = 65536;

/** The compiled byte coder. */
export function byteKernel(): ByteKernel {
  const exports = instantiateKernel(WASM_BASE64);
  const memory = exports['memory'] as WebAssembly.Memory;
  return {
    memory: (bytes) => {
      const missing = Math.ceil(bytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
      if (missing > 0) memory.grow(missing);
      return memory.buffer;
    },
    encode: exports['encode'] as () => void,
    decode: exports['decode'] as () => void,
  };
}
