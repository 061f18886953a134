import { RAW_BLOCK_BYTES, RAW_WORD, type RawKernel } from '../../kernels/index.ts';

/** Equations that the kernel takes at once. */
export const BATCH = 64;

/** Gathers equations, a column for each unknown and the wanted value last, and finds the unknowns of least squares. */
export interface NormalEquations {
  readonly unknowns: number;
  /** Columns with the wanted value, and one of zeros where that makes their number even. */
  readonly columns: number;
  /** The batch: value of column c in the next equation is at c * 64 + `filled`. */
  readonly batch: Float32Array;
  readonly sums: Float64Array;
  readonly kernel: RawKernel;
  filled: number;
  count: number;
}

/** Makes room for so many sets of equations with so many unknowns, all in one kernel of their own. */
export function openEquations(
  count: number,
  unknowns: number,
  make: (memoryBytes: number) => RawKernel,
): NormalEquations[] {
  // The kernel takes columns two by two.
  const columns = (unknowns + 2) & ~1;
  const batchBytes = columns * BATCH * 4;
  const setBytes = batchBytes + columns * columns * 8;
  const kernel = make(RAW_BLOCK_BYTES + count * setBytes);
  return Array.from({ length: count }, (_set, index) => {
    const at = RAW_BLOCK_BYTES + index * setBytes;
    return {
      ...{ unknowns, columns, kernel },
      batch: new Float32Array(kernel.memory, at, columns * BATCH),
      sums: new Float64Array(kernel.memory, at + batchBytes, columns * columns),
      filled: 0,
      count: 0,
    };
  });
}

/** Counts the equations whose values were just put into the batch; a full batch is added to the sums. */
export function nextEquations(equations: NormalEquations, count: number): void {
  equations.filled += count;
  equations.count += count;
  if (equations.filled === BATCH) addBatch(equations);
}

function addBatch(equations: NormalEquations): void {
  const { batch, sums, columns, filled, kernel } = equations;
  const words = new Int32Array(kernel.memory, 0, RAW_BLOCK_BYTES / 4);
  words[RAW_WORD.columns] = columns;
  words[RAW_WORD.batch] = batch.byteOffset;
  words[RAW_WORD.sums] = sums.byteOffset;
  for (let column = 0; column < columns; column++) {
    batch.fill(0, column * BATCH + filled, (column + 1) * BATCH);
  }
  kernel.addProducts();
  equations.filled = 0;
}

/**
 * The unknowns, by Cholesky's method; the diagonal is raised by so large a share of its mean, which decides where the
 * equations do not. Forgets the equations.
 */
export function solveEquations(equations: NormalEquations, ridge: number): Float64Array {
  addBatch(equations);
  const { sums, columns, unknowns: size } = equations;
  let trace = 0;
  for (let i = 0; i < size; i++) trace += sums[i * columns + i]!;
  const raise = (trace / size) * ridge + 1e-9;
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = sums[i * columns + j]! + (i === j ? raise : 0);
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] =
        i === j ? Math.sqrt(Math.max(sum, raise * 1e-3)) : sum / lower[j * size + j]!;
    }
  }
  const found = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = sums[size * columns + i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * found[k]!;
    found[i] = sum / lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = found[i]!;
    for (let k = i + 1; k < size; k++) sum -= lower[k * size + i]! * found[k]!;
    found[i] = sum / lower[i * size + i]!;
  }
  sums.fill(0);
  equations.count = 0;
  return found;
}
