import type { Power, PowerState } from './world.ts';

/** What the system says of mains and battery. */
export const NODE_POWER: Power = { read };

async function read(): Promise<PowerState> {
  try {
    // Loaded when asked: most runs never do, and it takes a tenth of a second.
    const { battery } = await import('systeminformation');
    const { hasBattery, acConnected, percent } = await battery();
    if (!hasBattery) return { isOnBattery: false, charge: null };
    return { isOnBattery: !acConnected, charge: Math.min(1, Math.max(0, percent / 100)) };
  } catch {
    return { isOnBattery: false, charge: null };
  }
}
