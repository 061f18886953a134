import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePacket, decodePacketHeader, encodePacket, type Packet } from '../ptp-ip/packet.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import {
  decodeDeviceInfo,
  decodeNumbers,
  decodeObjectInfo,
  decodeStorageInfo,
  encodeDeviceInfo,
  encodeNumbers,
  encodeObjectInfo,
  encodeStorageInfo,
} from './datasets.ts';
import {
  decodeContainerHeader,
  decodeParams,
  encodeContainer,
  encodeDataContainer,
} from './messages.ts';
import { localTimeOf } from './object-table.ts';
import {
  decodePropertyDesc,
  encodePropertyDesc,
  type PropertyDesc,
  type PropertyValue,
  readPropertyDesc,
} from './property.ts';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const size = fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: null });
const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((one) => !one.includes('\0'));
const codes = fc.array(u16, { maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 200 });
const guid = fc.uint8Array({ minLength: 16, maxLength: 16 });

const deviceInfo = fc.record({
  standardVersion: u16,
  vendorExtensionId: u32,
  vendorExtensionVersion: u16,
  vendorExtension: text,
  functionalMode: u16,
  operations: codes,
  events: codes,
  properties: codes,
  captureFormats: codes,
  imageFormats: codes,
  maker: text,
  model: text,
  deviceVersion: text,
  serial: text,
});

const storageInfo = fc.record({
  storageType: u16,
  fileSystemType: u16,
  access: u16,
  capacityBytes: size,
  freeBytes: size,
  freeImages: u32,
  description: text,
  label: text,
});

const objectInfo = fc.record({
  storageId: u32,
  format: u16,
  protection: u16,
  sizeBytes: fc.option(fc.nat(0xfffffffe), { nil: null }),
  thumbFormat: u16,
  thumbBytes: u32,
  thumbWidth: u32,
  thumbHeight: u32,
  imageWidth: u32,
  imageHeight: u32,
  imageBitDepth: u32,
  parent: u32,
  associationType: u16,
  associationDesc: u32,
  sequenceNumber: u32,
  name: text,
  captured: text,
  modified: text,
  keywords: text,
});

const message = fc.record({ transaction: u32, params: fc.array(u32, { maxLength: 5 }) });
const notice = fc.record({
  code: u16,
  transaction: u32,
  params: fc.array(u32, { maxLength: 3 }),
});

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({ kind: fc.constant('initCommand' as const), guid, name: text }),
  fc.record({ kind: fc.constant('initCommandAck' as const), connection: u32, guid, name: text }),
  fc.record({ kind: fc.constant('initEvent' as const), connection: u32 }),
  fc.record({ kind: fc.constant('initEventAck' as const) }),
  fc.record({ kind: fc.constant('initFail' as const), reason: u32 }),
  fc.record({
    kind: fc.constant('command' as const),
    hasDataOut: fc.boolean(),
    command: fc.tuple(message, u16).map(([rest, operation]) => ({ operation, ...rest })),
  }),
  fc.record({
    kind: fc.constant('reply' as const),
    reply: fc.tuple(message, u16).map(([rest, code]) => ({ code, ...rest })),
  }),
  fc.record({ kind: fc.constant('notice' as const), notice }),
  fc.record({ kind: fc.constant('startData' as const), transaction: u32, sizeBytes: size }),
  fc.record({ kind: fc.constant('data' as const), transaction: u32, bytes }),
  fc.record({ kind: fc.constant('endData' as const), transaction: u32, bytes }),
  fc.record({ kind: fc.constant('cancel' as const), transaction: u32 }),
  fc.record({ kind: fc.constant('probe' as const) }),
  fc.record({ kind: fc.constant('probeAnswer' as const) }),
);

/** A data type, and values that it can have. */
const typed: fc.Arbitrary<readonly [number, fc.Arbitrary<PropertyValue>]> = fc.constantFrom(
  ...([
    [0x0001, fc.integer({ min: -128, max: 127 })],
    [0x0002, u8],
    [0x0003, fc.integer({ min: -32768, max: 32767 })],
    [0x0004, u16],
    [0x0005, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
    [0x0006, u32],
    [0x0007, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    [0x0008, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
    [0x0009, fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n })],
    [0x000a, fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })],
    [0x4004, fc.array(u16, { maxLength: 9 })],
    [0xffff, text],
  ] satisfies [number, fc.Arbitrary<PropertyValue>][]),
);

const propertyDesc: fc.Arbitrary<PropertyDesc> = typed.chain(([dataType, value]) =>
  fc.record({
    property: u16,
    dataType: fc.constant(dataType),
    isWritable: fc.boolean(),
    factoryDefault: value,
    current: value,
    form: fc.oneof(
      fc.constant(null),
      fc.record({ kind: fc.constant('range' as const), least: value, most: value, step: value }),
      fc.record({
        kind: fc.constant('list' as const),
        values: fc.array(value, { minLength: 1, maxLength: 5 }),
      }),
    ),
  }),
);

describe('the wire, in both directions', () => {
  it('DeviceInfo', () => {
    fc.assert(
      fc.property(deviceInfo, (info) => {
        expect(decodeDeviceInfo(encodeDeviceInfo(info))).toEqual(info);
      }),
    );
  });

  it('StorageInfo', () => {
    fc.assert(
      fc.property(storageInfo, (info) => {
        expect(decodeStorageInfo(encodeStorageInfo(info))).toEqual(info);
      }),
    );
  });

  it('ObjectInfo', () => {
    fc.assert(
      fc.property(objectInfo, (info) => {
        expect(decodeObjectInfo(encodeObjectInfo(info))).toEqual(info);
      }),
    );
  });

  it('lists of numbers', () => {
    fc.assert(
      fc.property(fc.array(u32), (numbers) => {
        expect(decodeNumbers(encodeNumbers(numbers), 'numbers')).toEqual(numbers);
      }),
    );
  });

  it('property descriptions, the standard and Sony', () => {
    fc.assert(
      fc.property(propertyDesc, (desc) => {
        expect(decodePropertyDesc(encodePropertyDesc(desc))).toEqual(desc);
        const sony = new ByteReader(encodePropertyDesc(desc, true), 'Sony');
        expect(readPropertyDesc(sony, true)).toEqual(desc);
        expect(sony.left).toBe(0);
      }),
    );
  });

  it('packets', () => {
    fc.assert(
      fc.property(packet, (one) => {
        const wire = encodePacket(one);
        const { sizeBytes, type } = decodePacketHeader(wire);
        expect(sizeBytes).toBe(wire.length);
        expect(decodePacket(type, wire.subarray(8))).toEqual(one);
      }),
    );
  });

  it('containers', () => {
    fc.assert(
      fc.property(message, u16, bytes, ({ transaction, params }, code, data) => {
        const wire = encodeContainer({ kind: 'response', code, transaction }, params);
        const header = { kind: 'response', code, transaction, sizeBytes: wire.length };
        expect(decodeContainerHeader(wire)).toEqual(header);
        expect(decodeParams(wire.subarray(12), 5)).toEqual(params);
        const carrying = encodeDataContainer({ code, transaction }, data);
        expect(decodeContainerHeader(carrying).sizeBytes).toBe(carrying.length);
        expect(carrying.subarray(12)).toEqual(data);
      }),
    );
  });
});

describe('what cameras leave out or add', () => {
  const OBJECT = {
    ...{ storageId: 0x10001, format: 0x3801, protection: 0, sizeBytes: 4096, thumbFormat: 0 },
    ...{ thumbBytes: 0, thumbWidth: 0, thumbHeight: 0, imageWidth: 6000, imageHeight: 4000 },
    ...{ imageBitDepth: 24, parent: 2, associationType: 0, associationDesc: 0, sequenceNumber: 0 },
    ...{ name: 'A.JPG', captured: '20261122T100000', modified: '', keywords: '' },
  };

  it('the end of DeviceInfo, of StorageInfo, of ObjectInfo', () => {
    const wire = new ByteWriter().u16(100).u32(0).u16(0).string('').u16(0);
    for (let list = 0; list < 5; list += 1) wire.array16([]);
    expect(decodeDeviceInfo(wire.string('Maker').done())).toMatchObject({
      ...{ maker: 'Maker', model: '', serial: '' },
    });
    const info = encodeObjectInfo({ ...OBJECT, captured: '' });
    expect(decodeObjectInfo(info.subarray(0, info.length - 2)).name).toBe('A.JPG');
  });

  it('a size of 64 bits in ObjectInfo, as some Samsung write it', () => {
    const usual = encodeObjectInfo(OBJECT);
    const wide = Buffer.concat([usual.subarray(0, 12), new Uint8Array(4), usual.subarray(12)]);
    wide.writeUInt32LE(1, 12);
    expect(decodeObjectInfo(wide)).toEqual({ ...OBJECT, sizeBytes: 2 ** 32 + 4096 });
  });

  it('a count of choices with its bytes swapped', () => {
    const desc = new ByteWriter().u16(0x5007).u16(0x0004).u8(1).u16(1).u16(2).u8(2);
    const wire = desc.u16(0x0200).u16(10).u16(20).done();
    expect(decodePropertyDesc(wire).form).toEqual({ kind: 'list', values: [10, 20] });
  });

  it('the end of a property after any value', () => {
    const wire = new ByteWriter().u16(0x5007).u16(0x0004).u8(1).u16(1).done();
    expect(decodePropertyDesc(wire)).toMatchObject({
      factoryDefault: 1,
      current: null,
      form: null,
    });
  });

  it('sizes beyond 2^53 - 1 are unknown', () => {
    expect(new ByteReader(new ByteWriter().u64(2n ** 53n).done(), '').u64()).toBeNull();
    expect(new ByteReader(new ByteWriter().u64(2n ** 53n - 1n).done(), '').u64()).toBe(2 ** 53 - 1);
  });

  it('times', () => {
    expect(localTimeOf('20261122T100203')).toBe('2026-11-22T10:02:03');
    expect(localTimeOf('20261122T100203.5+0100')).toBe('2026-11-22T10:02:03');
    for (const broken of ['', '20261122', '20261322T100203', '20260230T100203', 'x']) {
      expect(localTimeOf(broken)).toBeNull();
    }
  });
});
