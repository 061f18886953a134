import { expect, it } from 'vitest';
import type { ObjectInfo } from './datasets.ts';
import { ObjectTable } from './object-table.ts';

const INFO: ObjectInfo = {
  ...{ storageId: 1, format: 0x3801, protection: 0, sizeBytes: 5000 },
  ...{ thumbFormat: 0, thumbBytes: 0, thumbWidth: 0, thumbHeight: 0 },
  ...{ imageWidth: 0, imageHeight: 0, imageBitDepth: 0 },
  ...{ parent: 0, associationType: 0, associationDesc: 0, sequenceNumber: 0 },
  name: 'IMG_0001.JPG',
  captured: '20261122T100000',
  modified: '',
  keywords: '',
};

it.each([
  ['name', { name: 'IMG_0002.JPG' }],
  ['time', { captured: '20261122T100001' }],
  ['size', { sizeBytes: 10 }],
])('a number that comes back with another %s has another handle', (_, other) => {
  const table = new ObjectTable();
  table.learn(1, INFO);
  const handle = table.handleOf(1);
  table.doubt(1);
  table.learn(1, { ...INFO, ...other });
  expect(table.handleOf(1)).not.toBe(handle);
  expect(table.rawOf(handle)).toBeNull();
});

it.each([
  ['nothing else', {}],
  ['a size that was not known', { sizeBytes: 0 }],
])('a number that comes back with %s keeps its handle', (_, before) => {
  const table = new ObjectTable();
  table.learn(1, { ...INFO, ...before });
  const handle = table.handleOf(1);
  table.doubt(1);
  table.learn(1, INFO);
  expect(table.handleOf(1)).toBe(handle);
});
