import { instantiateKernel, missingKernel } from './instantiate.ts';
import type { SensorKernel } from './sensor-block.ts';

const { WASM_BASE64 } = await import('./generated/sensor.ts').catch((cause: unknown) => {
  throw missingKernel('sensor', cause);
});

/** Bytes of one WebAssembly page. */
const PAGE_BYTES = 65536;

/** The compiled sensor kernels with a memory of at least this size. */
export function sensorKernel(memoryBytes: number): SensorKernel {
  const exports = instantiateKernel(WASM_BASE64);
  const memory = exports['memory'] as WebAssembly.Memory;
  const missing = Math.ceil(memoryBytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  return {
    memory: memory.buffer,
    addCoarse: exports['addCoarse'] as () => void,
    texture: exports['texture'] as () => void,
    paint: exports['paint'] as () => void,
    blur: exports['blur'] as () => void,
    sense: exports['sense'] as () => void,
  };
}
