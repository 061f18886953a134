import { hash32, hashUnit, type Octave, type Paint } from '../../kernels/index.ts';

/** A filled outline of the scene, in scene columns and rows. */
export type Outline =
  | {
      readonly kind: 'ellipse';
      readonly x: number;
      readonly y: number;
      readonly rx: number;
      readonly ry: number;
    }
  | { readonly kind: 'polygon'; readonly points: readonly (readonly [number, number])[] };

/** One thing of the scene: what it covers and how it looks. Later shapes cover earlier ones. */
export interface Shape {
  readonly outline: Outline;
  readonly paint: Paint;
  /** Moves with the subject. */
  readonly isSubject: boolean;
}

/** A landscape under a sky with a sun, buildings, stones, glints that clip, and one subject that moves. */
export interface Scene {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly baseOctaves: readonly Octave[];
  readonly roughOctaves: readonly Octave[];
  readonly shapes: readonly Shape[];
  /** Row of the horizon. */
  readonly horizon: number;
  readonly sun: { readonly x: number; readonly y: number; readonly radius: number };
  /** Movement of the subject in columns and rows per second. */
  readonly velocity: { readonly x: number; readonly y: number };
}

/** Makes the scene of this seed for frames of this size; the same seed and size give the same scene. */
export function planScene(seed: number, width: number, height: number): Scene {
  const random = drawing(seed);
  const horizon = height * (0.35 + 0.2 * random());
  const extent = { width, height, horizon };
  const sun = {
    x: width * (0.1 + 0.8 * random()),
    y: height * 0.15,
    radius: Math.max(width, height) * 0.02,
  };
  const octaves = Math.max(2, Math.floor(Math.log2(Math.max(width, height) / 16)));
  return {
    seed,
    width,
    height,
    baseOctaves: octavesOf(hash32(seed, 1), octaves, 0.42),
    roughOctaves: octavesOf(hash32(seed, 2), Math.max(2, octaves - 1), 1.2),
    horizon,
    sun,
    shapes: [
      disc(sun.x, sun.y, sun.radius, plain(4, 1, 0.9)),
      ...ridges(extent, random),
      ...buildings(extent, random),
      ...stones(extent, random),
      ...glints(extent, random),
      ...subject(extent, random),
    ],
    velocity: { x: width * (0.04 + 0.08 * random()), y: height * 0.02 * (random() - 0.5) },
  };
}

interface Extent {
  readonly width: number;
  readonly height: number;
  readonly horizon: number;
}

type Draw = () => number;

function drawing(seed: number): Draw {
  let count = 0;
  return () => hashUnit(seed, 77, count++);
}

/** Octaves of equal strength: the power spectrum of natural scenes, one over frequency squared. */
function octavesOf(seed: number, count: number, amplitude: number): Octave[] {
  return Array.from({ length: count }, (_value, index) => ({
    seed: hash32(seed, index),
    cellLog2: index,
    amplitude: amplitude / Math.sqrt(count / 3),
  }));
}

function plain(level: number, red: number, blue: number): Paint {
  return { level, slope: 0, baseGain: 0, grainGain: 0, red, blue };
}

function disc(x: number, y: number, radius: number, paint: Paint): Shape {
  return { outline: { kind: 'ellipse', x, y, rx: radius, ry: radius }, paint, isSubject: false };
}

/** Three mountain ridges, each nearer one darker and rougher. */
function ridges({ width, horizon }: Extent, random: Draw): Shape[] {
  return [0, 1, 2].map((rank) => {
    const tops = 9 + rank * 6;
    const rise = horizon * (0.34 - 0.09 * rank);
    const points: [number, number][] = [];
    for (let top = 0; top <= tops; top++) {
      const x = ((top + 0.6 * (random() - 0.5)) / tops) * width * 1.4 - width * 0.2;
      points.push([x, horizon - rise * random()]);
    }
    points.push([width * 1.2, horizon + 2], [-width * 0.2, horizon + 2]);
    const paint = {
      level: 0.32 - 0.08 * rank,
      slope: 0,
      baseGain: 0.25 + 0.2 * rank,
      grainGain: 0.06 + 0.12 * rank,
      red: 0.8 + 0.1 * rank,
      blue: 1.25 - 0.25 * rank,
    };
    return { outline: { kind: 'polygon', points }, paint, isSubject: false };
  });
}

function box(x: number, y: number, width: number, height: number): Outline {
  const points = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ] as const;
  return { kind: 'polygon', points };
}

/** Houses with rows of windows: edges, repetition, a few lit windows that clip. */
function buildings({ width, height, horizon }: Extent, random: Draw): Shape[] {
  const shapes: Shape[] = [];
  for (let house = 0; house < 5; house++) {
    const wide = width * (0.06 + 0.07 * random());
    const high = height * (0.12 + 0.2 * random());
    const x = width * random() - wide / 2;
    const y = horizon + height * 0.06 * random() - high * 0.8;
    const wall = { ...plain(0.15 + 0.3 * random(), 0.9 + 0.4 * random(), 0.5 + 0.4 * random()) };
    const paint = { ...wall, baseGain: 0.2, grainGain: 0.1 };
    shapes.push({ outline: box(x, y, wide, high), paint, isSubject: false });
    const columns = 3 + Math.floor(random() * 5);
    const floors = 3 + Math.floor(random() * 5);
    for (let pane = 0; pane < columns * floors; pane++) {
      const px = x + (wide * ((pane % columns) + 0.25)) / columns;
      const py = y + (high * (Math.floor(pane / columns) + 0.25)) / floors;
      const lit = random() < 0.1;
      shapes.push({
        outline: box(px, py, wide / columns / 2, high / floors / 2),
        paint: lit ? plain(1.6, 1.1, 0.6) : plain(0.03 + 0.08 * random(), 0.8, 1.1),
        isSubject: false,
      });
    }
  }
  return shapes;
}

/** Stones and bushes on the ground: curved edges, from large to a few samples wide. */
function stones({ width, height, horizon }: Extent, random: Draw): Shape[] {
  return Array.from({ length: 40 }, () => {
    const depth = random();
    const size = width * 0.004 + width * 0.05 * depth * random();
    const outline = {
      kind: 'ellipse',
      x: width * random(),
      y: horizon + (height - horizon) * (0.08 + 0.9 * depth),
      rx: size,
      ry: size * (0.4 + 0.5 * random()),
    } as const;
    const paint = {
      ...plain(0.05 + 0.4 * random(), 0.6 + 0.7 * random(), 0.4 + 0.5 * random()),
      baseGain: 0.5,
      grainGain: 0.6 * random(),
    };
    return { outline, paint, isSubject: false };
  });
}

/** Small reflections far above white. */
function glints({ width, height, horizon }: Extent, random: Draw): Shape[] {
  return Array.from({ length: 24 }, () => {
    const x = width * random();
    const y = horizon + (height - horizon) * random();
    return disc(x, y, 0.5 + width * 0.0015 * random(), plain(1.2 + 4 * random(), 1, 0.95));
  });
}

/** A runner made of ellipses whose texture goes along. */
function subject({ width, height, horizon }: Extent, random: Draw): Shape[] {
  const x = width * (0.2 + 0.3 * random());
  const y = horizon + (height - horizon) * 0.35;
  const unit = Math.min(width, height) * 0.06;
  const parts = [
    { dx: 0, dy: 0, rx: 1, ry: 1.9, level: 0.35, red: 1.5, blue: 0.4 },
    { dx: 0.2, dy: -2.6, rx: 0.6, ry: 0.75, level: 0.4, red: 1.2, blue: 0.7 },
    { dx: -0.7, dy: 2.6, rx: 0.4, ry: 1.5, level: 0.08, red: 0.9, blue: 1.2 },
    { dx: 0.8, dy: 2.5, rx: 0.4, ry: 1.4, level: 0.08, red: 0.9, blue: 1.2 },
  ];
  return parts.map((part) => ({
    outline: {
      kind: 'ellipse',
      x: x + part.dx * unit,
      y: y + part.dy * unit,
      rx: part.rx * unit,
      ry: part.ry * unit,
    },
    paint: { ...plain(part.level, part.red, part.blue), baseGain: 0.1, grainGain: 0.35 },
    isSubject: true,
  }));
}
