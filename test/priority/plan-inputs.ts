import {
  DEFAULT_POLICY,
  type PlanInput,
  type PlanVault,
  type Policy,
  type Tier,
} from '../../src/priority/index.ts';
import { GB, NOW_MS } from './frame-sketches.ts';

/** A vault that is connected and has so much space. */
export function vaultOf(id: string, vault: Partial<PlanVault> = {}): PlanVault {
  return {
    id,
    label: id,
    rank: 0,
    isConnected: true,
    takesAll: false,
    freeBytes: 1000 * GB,
    totalBytes: 1000 * GB,
    otherBytes: {},
    ...vault,
  };
}

/** A session on mains power under the default policy, with one roomy vault. */
export function inputOf(input: Partial<PlanInput>): PlanInput {
  return {
    frames: [],
    vaults: [vaultOf('ssd')],
    policy: DEFAULT_POLICY,
    marks: [],
    now: { timeMs: NOW_MS, offsetMinutes: 180 },
    occasion: 'session',
    lastDailyMs: null,
    power: 'mains',
    compactsOnBattery: false,
    ...input,
  };
}

/** The default policy with some tiers changed. */
export function policyWith(changes: Readonly<Record<string, Partial<Tier>>>): Policy {
  return { tiers: DEFAULT_POLICY.tiers.map((tier) => ({ ...tier, ...changes[tier.name] })) };
}

/** The default policy, but one copy of everything is enough. */
export const ONE_COPY: Policy = policyWith({ select: { copies: 1 }, keeper: { copies: 1 } });
