import { hash32 } from './hash.ts';
import { sensorKernel } from './sensor.ts';
import { type SensorKernel, WORD } from './sensor-block.ts';
import { NOISE_TABLE_LENGTH, type Octave, type SensorJob } from './sensor-job.ts';
import { layOut, type SensorMemory } from './sensor-memory.ts';
import { spanList } from './span-list.ts';

const TABLE_MASK = NOISE_TABLE_LENGTH - 1;
/** Standard deviation of a sum of four uniform bytes and of six uniform 16-bit numbers. */
const FOUR_BYTES_SIGMA = Math.sqrt((65536 - 1) / 3);
const SIX_WORDS_SIGMA = Math.sqrt((65536 * 65536 - 1) / 2);
/** Smooth steps at 0, 1/4, 1/2 and 3/4 of a cell. */
const CURVE = [0, 0.15625, 0.5, 0.84375] as const;

/** Makes one frame: sensor values row by row, the samples of a row in order. Same job, same values everywhere. */
export function synthesizeFrame(
  job: SensorJob,
  make: (memoryBytes: number) => SensorKernel = sensorKernel,
): Uint16Array {
  const plan = layOut(job);
  const kernel = make(plan.bytes);
  const frame = openFrame(job, plan, kernel);
  const target = new Uint16Array(job.widthPixels * job.heightPixels);
  const top = Math.floor(job.shift.y) - 1;
  for (let row = 0; row < 3; row++) pushSceneRow(frame, top + row);
  for (let row = 0; row < job.heightPixels; row++) {
    pushSceneRow(frame, top + row + 3);
    readSensorRow(frame, row);
    target.set(frame.out, row * job.widthPixels);
  }
  return target;
}

interface Frame {
  readonly job: SensorJob;
  readonly plan: SensorMemory;
  readonly kernel: SensorKernel;
  readonly ints: Int32Array;
  readonly reals: Float32Array;
  readonly out: Uint16Array;
  readonly spans: ReturnType<typeof spanList>;
  /** Scene rows pushed so far. */
  pushed: number;
  /** Coarse row held in the near buffers. */
  coarseRow: number;
}

function openFrame(job: SensorJob, plan: SensorMemory, kernel: SensorKernel): Frame {
  const ints = new Int32Array(kernel.memory);
  const reals = new Float32Array(kernel.memory);
  const at = plan.address;
  const table = at.table >> 2;
  for (let index = 0; index < plan.tableLength; index++) {
    reals[table + index] = job.noiseTable[index & TABLE_MASK]!;
  }
  for (let column = 0; column < plan.columns; column++) {
    reals[(at.glow >> 2) + column] = job.glowAt(plan.firstColumn + column);
  }
  reals.set(job.fallColumns, at.fallColumns >> 2);
  // Truncation is the kernel's last step; a half more makes it rounding.
  reals.set(
    job.columnOffsets.map((offset) => offset + 0.5),
    at.offsets >> 2,
  );
  ints.set([job.widthPixels, plan.cells, plan.lead], WORD.width);
  ints.set([at.base, at.grain], WORD.base);
  reals.set(job.fineGains, WORD.gainOne);
  ints.set([at.spans, 0, at.planes, at.glow, at.table, plan.columns], WORD.spans);
  reals.set(blurTaps(job.shift.x), WORD.tapsX);
  reals.set(blurTaps(job.shift.y), WORD.tapsY);
  ints[WORD.fallColumns] = at.fallColumns;
  ints[WORD.offsets] = at.offsets;
  reals[WORD.fixedPattern] = job.fixedPattern / FOUR_BYTES_SIGMA;
  reals.set([job.gain, job.readNoise * job.readNoise, job.whiteLevel + 0.5], WORD.gain);
  ints.set([at.noiseSeeds, at.patternSeeds, at.out], WORD.noiseSeeds);
  reals[WORD.noiseScale] = 1 / SIX_WORDS_SIGMA;
  const out = new Uint16Array(kernel.memory, at.out, job.widthPixels);
  const spans = spanList(reals, plan);
  return { job, plan, kernel, ints, reals, out, spans, pushed: 0, coarseRow: Number.NaN };
}

/** Cubic B-spline weights of the four samples around a place with this fraction: the lens and the shift in one. */
export function blurTaps(shift: number): readonly [number, number, number, number] {
  const t = shift - Math.floor(shift);
  const u = 1 - t;
  return [
    (u * u * u) / 6,
    (3 * t * t * t - 6 * t * t + 4) / 6,
    (3 * u * u * u - 6 * u * u + 4) / 6,
    (t * t * t) / 6,
  ];
}

function pushSceneRow(frame: Frame, row: number): void {
  const { ints, reals, job, plan, kernel } = frame;
  moveCoarseRows(frame, row >> 3);
  reals[WORD.coarseRowDown] = (row & 7) / 8;
  // The fine texture belongs to the scene: it moves with it. An unmoved frame begins eight columns before its first.
  const first = plan.firstColumn + 8;
  ints[WORD.fineOne] = latticeRow(frame, { seed: 1, column: first, row });
  const two = { seed: 2, column: first >> 1 };
  ints[WORD.twoA] = latticeRow(frame, { ...two, row: row >> 1 });
  ints[WORD.twoB] = latticeRow(frame, { ...two, row: (row >> 1) + 1 });
  reals[WORD.twoDown] = (row & 1) / 2;
  const four = { seed: 4, column: first >> 2 };
  ints[WORD.fourA] = latticeRow(frame, { ...four, row: row >> 2 });
  ints[WORD.fourB] = latticeRow(frame, { ...four, row: (row >> 2) + 1 });
  reals[WORD.fourDown] = CURVE[row & 3]!;
  kernel.texture();
  frame.spans.clear();
  job.paintRow(row, frame.spans);
  ints[WORD.spanCount] = frame.spans.count();
  kernel.paint();
  ints[WORD.slot] = plan.address.ring + (frame.pushed & 3) * plan.slotBytes;
  kernel.blur();
  frame.pushed += 1;
}

/** The address of one lattice row: the table from a random place, so that rows differ and lie in one piece. */
function latticeRow(
  frame: Frame,
  lattice: { readonly seed: number; readonly row: number; readonly column: number },
): number {
  const place = hash32(frame.job.textureSeed, lattice.seed, lattice.row) + lattice.column;
  return frame.plan.address.table + ((place & TABLE_MASK) << 2);
}

function moveCoarseRows(frame: Frame, row: number): void {
  if (row === frame.coarseRow) return;
  const { ints, plan, job } = frame;
  const rows = plan.address.coarse;
  const follows = row === frame.coarseRow + 1;
  const near = row & 1;
  const far = 1 - near;
  const fields = [
    { octaves: job.baseOctaves, near: WORD.baseNear, at: rows.base },
    { octaves: job.roughOctaves, near: WORD.roughNear, at: rows.rough },
  ];
  for (const field of fields) {
    ints[field.near] = field.at[near]!;
    ints[field.near + 1] = field.at[far]!;
    if (!follows) fillCoarseRow(frame, { target: field.at[near]!, row, octaves: field.octaves });
    fillCoarseRow(frame, { target: field.at[far]!, row: row + 1, octaves: field.octaves });
  }
  frame.coarseRow = row;
}

function fillCoarseRow(
  frame: Frame,
  fill: { readonly target: number; readonly row: number; readonly octaves: readonly Octave[] },
): void {
  const { ints, reals, plan, kernel } = frame;
  reals.fill(0, fill.target >> 2, (fill.target >> 2) + plan.cells);
  ints[WORD.coarseTarget] = fill.target;
  for (const octave of fill.octaves) {
    const size = 1 << octave.cellLog2;
    // Origins apart, or the cells of all octaves would begin on the same lines.
    const down = fill.row + (hash32(octave.seed, 1) & (size - 1));
    const across = (plan.firstColumn >> 3) + (hash32(octave.seed, 2) & (size - 1));
    const share = (down & (size - 1)) / size;
    const lattice = { seed: octave.seed, column: across >> octave.cellLog2 };
    const latticeDown = down >> octave.cellLog2;
    ints[WORD.coarseFirst] = across & (size - 1);
    ints[WORD.coarseShift] = octave.cellLog2;
    ints[WORD.coarseA] = latticeRow(frame, { ...lattice, row: latticeDown });
    ints[WORD.coarseB] = latticeRow(frame, { ...lattice, row: latticeDown + 1 });
    reals[WORD.coarseDown] = share * share * (3 - 2 * share);
    reals[WORD.coarseAmplitude] = octave.amplitude;
    kernel.addCoarse();
  }
}

function readSensorRow(frame: Frame, row: number): void {
  const { ints, reals, job, plan, kernel } = frame;
  for (let tap = 0; tap < 4; tap++) {
    ints[WORD.ring + tap] = plan.address.ring + ((row + tap) & 3) * plan.slotBytes;
  }
  const first = (row & 1) * 2;
  for (let odd = 0; odd < 2; odd++) {
    const colour = job.cfa[first + odd]!;
    ints[WORD.evenPlane + odd] = colour;
    reals[WORD.evenElectrons + odd] = job.electrons[colour]!;
  }
  reals[WORD.fallRow] = job.fallRows[row]!;
  for (let lane = 0; lane < 16; lane++) {
    ints[(plan.address.noiseSeeds >> 2) + lane] = hash32(job.noiseSeed, row, lane + 1);
    ints[(plan.address.patternSeeds >> 2) + lane] = hash32(job.patternSeed, row, lane + 1);
  }
  kernel.sense();
}
