import { type Circle, EARTH_RADIUS_METRES } from '../query/index.ts';

/** A stretch of the earth in degrees, ends included; never across the date line. */
export interface EarthBox {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

/** Degrees added all around, about a metre: distances are rounded, and near the antipodes by much of that. */
const MARGIN = 1e-5;
/** Degrees from a pole within which the width of a circle can no longer be told well. */
const POLE_MARGIN = 0.01;

/** One box or two that hold every point of a circle, and some more; two where it lies across the date line. */
export function boxesOf(circle: Circle): readonly EarthBox[] {
  const { latitude, longitude, radiusMetres } = circle;
  const degrees = 180 / Math.PI;
  const angle = radiusMetres / EARTH_RADIUS_METRES;
  const south = Math.max(-90, latitude - angle * degrees - MARGIN);
  const north = Math.min(90, latitude + angle * degrees + MARGIN);
  const isAtPole = Math.max(-south, north) >= 90 - POLE_MARGIN;
  // The meridians that touch a small circle stand this far from its middle (Bronstein, spherical trigonometry).
  const width = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(latitude / degrees))) * degrees;
  if (isAtPole || !(width < 180)) return [{ south, north, west: -180, east: 180 }];
  const west = longitude - width - MARGIN;
  const east = longitude + width + MARGIN;
  const boxes = [{ south, north, west: Math.max(-180, west), east: Math.min(180, east) }];
  if (west < -180) boxes.push({ south, north, west: west + 360, east: 180 });
  if (east > 180) boxes.push({ south, north, west: -180, east: east - 360 });
  return boxes;
}
