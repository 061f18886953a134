import { expect, it } from 'vitest';
import { askedFields, DEFAULT_POLICY, parsePolicy, reservedBytes } from './index.ts';

it('askedFields() tells every field that a policy asks for, also inside words, "not" and brackets', () => {
  expect([...askedFields(DEFAULT_POLICY)].sort()).toEqual(['pick', 'rating']);
  const policy = parsePolicy(`tiers:
  - name: one
    where: (iso>800 or not camera:x) has:protected
  - name: two
    where: near:1,2,3km
  - name: three
    where: lion
  - name: general
`);
  const asked = askedFields(policy);
  expect([...asked].sort()).toEqual(
    ['camera', 'collection', 'has', 'iso', 'keyword', 'label', 'lens', 'near', 'path'].sort(),
  );
});

it('reservedBytes() sums up what stands before each tier by order, not by place', () => {
  const policy = parsePolicy(`tiers:
  - name: late
    where: rating=1
    order: 3
    reserve: 50kB
  - name: first
    where: rating=5
    order: 1
    reserve: 10%
  - name: general
    order: 2
    reserve: 5kB
`);
  const floors = reservedBytes(policy, 1_000_000);
  expect(Object.fromEntries(floors)).toEqual({ first: 0, general: 100_000, late: 105_000 });
});
