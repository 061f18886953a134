import { beforeAll, describe, expect, it } from 'vitest';

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
});
