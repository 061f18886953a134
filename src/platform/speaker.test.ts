import { expect, it } from 'vitest';
import { speakerOf } from './speaker.ts';

it('speakerOf() names the person where the system does, and the machine always', () => {
  expect(speakerOf({ name: 'field-laptop', user: 'amina' })).toBe('amina@field-laptop');
  expect(speakerOf({ name: 'field-laptop' })).toBe('field-laptop');
  expect(speakerOf({ name: 'field-laptop', user: '' })).toBe('field-laptop');
});
