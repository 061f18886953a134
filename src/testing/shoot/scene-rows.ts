import { hash32, type Paint, type SpanList } from '../../kernels/index.ts';
import type { Outline, Scene, Shape } from './scene.ts';

/** How far sky and ground go beyond the frame, in columns. */
const BEYOND_COLUMNS = 1_000_000;

/** Paints rows of the scene as it is at a moment; the function takes scene rows in any order. */
export function sceneRows(scene: Scene, timeMs: number): (row: number, spans: SpanList) => void {
  const moved = {
    x: (scene.velocity.x * timeMs) / 1000,
    y: (scene.velocity.y * timeMs) / 1000,
  };
  const shapes = scene.shapes.map((shape) => ({ shape, ...reachOf(shape, moved) }));
  return (row, spans) => {
    const middle = row + 0.5;
    paintBackground(scene, row, spans);
    for (const { shape, top, bottom, offset } of shapes) {
      if (middle < top || middle > bottom) continue;
      const paint = paintOf(shape, scene, { row, offset });
      for (const [x0, x1] of crossings(shape.outline, middle - offset.y)) {
        spans.add(x0 + offset.x, x1 + offset.x, paint);
      }
    }
    const glow = sunGlow(row - scene.sun.y, scene.sun.radius);
    if (glow > 0.0001) spans.addGlow(glow, 1, 0.75);
  };
}

/** Brightness of the sun's glow at a distance from its middle, 1 in the middle; also the glow along a row. */
export function sunGlow(distance: number, radius: number): number {
  const share = distance / (radius * 4);
  const fall = 1 / (1 + share * share);
  return fall * fall;
}

interface Offset {
  readonly x: number;
  readonly y: number;
}

function reachOf(
  shape: Shape,
  moved: Offset,
): { readonly top: number; readonly bottom: number; readonly offset: Offset } {
  const offset = shape.isSubject ? moved : { x: 0, y: 0 };
  const { outline } = shape;
  if (outline.kind === 'ellipse') {
    const middle = outline.y + offset.y;
    return { top: middle - outline.ry, bottom: middle + outline.ry, offset };
  }
  const rows = outline.points.map(([, y]) => y + offset.y);
  return { top: Math.min(...rows), bottom: Math.max(...rows), offset };
}

function paintOf(
  shape: Shape,
  scene: Scene,
  at: { readonly row: number; readonly offset: Offset },
): Paint {
  if (!shape.isSubject) return shape.paint;
  const ownRow = at.row - Math.round(at.offset.y);
  const moving = { originX: at.offset.x, place: hash32(scene.seed, 31, ownRow) & 0xfff };
  return { ...shape.paint, moving };
}

function paintBackground(scene: Scene, row: number, spans: SpanList): void {
  const depth = (row - scene.horizon) / scene.height;
  const sky = row < scene.horizon;
  const paint: Paint = sky
    ? {
        level: 0.62 + 0.5 * depth,
        slope: 0.1 / scene.width,
        baseGain: 0.05,
        grainGain: 0,
        red: 0.85 + 0.4 * depth,
        blue: 1.15 - 0.4 * depth,
      }
    : {
        level: 0.2 - 0.12 * depth,
        slope: 0.05 / scene.width,
        baseGain: 0.6,
        grainGain: 0.2 + 0.7 * depth,
        red: 0.85,
        blue: 0.45,
      };
  // The slope counts from the frame's left edge, so the span starts at the light it has out there.
  const level = paint.level - paint.slope * BEYOND_COLUMNS;
  spans.add(-BEYOND_COLUMNS, BEYOND_COLUMNS, { ...paint, level });
}

/** The spans of an outline on one row, left to right. */
function crossings(outline: Outline, y: number): readonly (readonly [number, number])[] {
  if (outline.kind === 'ellipse') {
    const share = (y - outline.y) / outline.ry;
    if (share * share >= 1) return [];
    const half = outline.rx * Math.sqrt(1 - share * share);
    return [[outline.x - half, outline.x + half]];
  }
  const xs: number[] = [];
  const { points } = outline;
  points.forEach(([x1, y1], index) => {
    const [x0, y0] = points[(index + points.length - 1) % points.length]!;
    if (y0 > y !== y1 > y) xs.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
  });
  xs.sort((left, right) => left - right);
  const spans: [number, number][] = [];
  for (let index = 0; index + 1 < xs.length; index += 2) spans.push([xs[index]!, xs[index + 1]!]);
  return spans;
}
