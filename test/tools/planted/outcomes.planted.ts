import { beforeAll, describe, expect, it } from 'vitest';
import { skipBecause } from '../../skip.ts';

describe('planted', () => {
  it('passes', () => expect(1).toBe(1));
  it('fails', () => expect(import.meta.dirname).toBe('elsewhere'));
  it('is skipped', (context) => context.skip('no such tool on this machine'));
  describe('with a broken start', () => {
    beforeAll(() => {
      throw new Error('planted start');
    });
    it('never begins', () => expect(1).toBe(1));
  });
  describe('elsewhere only', skipBecause('not this system'), () => {
    it('never runs', () => expect(1).toBe(2));
  });
  describe('everywhere', skipBecause(null), () => {
    it('runs', () => expect(1).toBe(1));
  });
});
