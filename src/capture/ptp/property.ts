import { protocolError } from '../camera-error.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** A value of a property: up to 32 bits a number, beyond that a bigint. */
export type PropertyValue = number | bigint | string | readonly (number | bigint)[];

/** What a property is, may be and is now (operation 1014). */
export interface PropertyDesc {
  readonly property: number;
  readonly dataType: number;
  readonly isWritable: boolean;
  /** Null where the dataset ends before it. */
  readonly factoryDefault: PropertyValue | null;
  readonly current: PropertyValue | null;
  /** What it may be; null where anything goes or the dataset ends before it. */
  readonly form: PropertyForm | null;
}

/** A range, or the values themselves. */
export type PropertyForm =
  | {
      readonly kind: 'range';
      readonly least: PropertyValue;
      readonly most: PropertyValue;
      readonly step: PropertyValue;
    }
  | { readonly kind: 'list'; readonly values: readonly PropertyValue[] };

/** Codes of data types; with `array` added, an array of them. */
export const DATA_TYPE = {
  int8: 0x0001,
  uint8: 0x0002,
  int16: 0x0003,
  uint16: 0x0004,
  int32: 0x0005,
  uint32: 0x0006,
  int64: 0x0007,
  uint64: 0x0008,
  int128: 0x0009,
  uint128: 0x000a,
  array: 0x4000,
  string: 0xffff,
} as const;

/** Reads the dataset of operation 1014; it may end after any value. */
export function decodePropertyDesc(bytes: Uint8Array): PropertyDesc {
  return readPropertyDesc(new ByteReader(bytes, 'DevicePropDesc'));
}

/** Reads one description where several follow each other; Sony has one byte more, `changeMethod`. */
export function readPropertyDesc(reader: ByteReader, hasChangeMethod = false): PropertyDesc {
  const property = reader.u16();
  const dataType = reader.u16();
  if (hasChangeMethod) reader.u8();
  const isWritable = reader.u8() === 1;
  const factoryDefault = reader.left === 0 ? null : readPropertyValue(reader, dataType);
  const current = reader.left === 0 ? null : readPropertyValue(reader, dataType);
  const form = reader.left === 0 ? null : readForm(reader, dataType);
  return { property, dataType, isWritable, factoryDefault, current, form };
}

/** Writes what {@link decodePropertyDesc} reads, or {@link readPropertyDesc} with Sony's byte. */
export function encodePropertyDesc(desc: PropertyDesc, hasChangeMethod = false): Uint8Array {
  const writer = new ByteWriter().u16(desc.property).u16(desc.dataType);
  if (hasChangeMethod) writer.u8(1);
  writer.u8(desc.isWritable ? 1 : 0);
  const write = (value: PropertyValue): ByteWriter =>
    writer.bytes(encodePropertyValue(value, desc.dataType));
  if (desc.factoryDefault === null) return writer.done();
  write(desc.factoryDefault);
  if (desc.current === null) return writer.done();
  write(desc.current);
  if (desc.form === null) return writer.u8(0).done();
  if (desc.form.kind === 'range') {
    writer.u8(1);
    for (const value of [desc.form.least, desc.form.most, desc.form.step]) write(value);
  } else {
    writer.u8(2).u16(desc.form.values.length);
    for (const value of desc.form.values) write(value);
  }
  return writer.done();
}

/** Reads one value. @throws `CAMERA_PROTOCOL` for a type that does not exist */
export function readPropertyValue(reader: ByteReader, dataType: number): PropertyValue {
  if (dataType === DATA_TYPE.string) return reader.string();
  const one = scalarOf(dataType & ~DATA_TYPE.array);
  if ((dataType & DATA_TYPE.array) === 0) return one.read(reader);
  return reader.array(one.bytes, one.read);
}

/** Writes what {@link readPropertyValue} reads. */
export function encodePropertyValue(value: PropertyValue, dataType: number): Uint8Array {
  const writer = new ByteWriter();
  if (typeof value === 'string') return writer.string(value).done();
  const one = scalarOf(dataType & ~DATA_TYPE.array);
  if (typeof value !== 'object') return writeScalar(writer, value, one.bytes).done();
  writer.u32(value.length);
  for (const item of value) writeScalar(writer, item, one.bytes);
  return writer.done();
}

interface Scalar {
  readonly bytes: number;
  readonly read: (reader: ByteReader) => number | bigint;
}

function scalarOf(dataType: number): Scalar {
  // Codes 1 to 10: signed and unsigned in turn, each pair twice as long as the one before.
  if (dataType < DATA_TYPE.int8 || dataType > DATA_TYPE.uint128) {
    throw protocolError(`a property of type ${dataType.toString(16)}`);
  }
  const bytes = 2 ** ((dataType - 1) >> 1);
  const isSigned = dataType % 2 === 1;
  return { bytes, read: (reader) => readScalar(reader, bytes, isSigned) };
}

function readScalar(reader: ByteReader, bytes: number, isSigned: boolean): number | bigint {
  if (bytes >= 8) {
    let value = reader.u64Exact();
    if (bytes === 16) value |= reader.u64Exact() << 64n;
    return isSigned ? BigInt.asIntN(8 * bytes, value) : value;
  }
  const value = bytes === 1 ? reader.u8() : bytes === 2 ? reader.u16() : reader.u32();
  return isSigned && value >= 2 ** (8 * bytes - 1) ? value - 2 ** (8 * bytes) : value;
}

function writeScalar(writer: ByteWriter, value: number | bigint, bytes: number): ByteWriter {
  if (bytes === 1) return writer.u8(Number(value));
  if (bytes === 2) return writer.u16(Number(value));
  if (bytes === 4) return writer.u32(Number(value));
  writer.u64(BigInt(value));
  return bytes === 16 ? writer.u64(BigInt(value) >> 64n) : writer;
}

function readForm(reader: ByteReader, dataType: number): PropertyForm | null {
  const flag = reader.u8();
  if (flag === 1) {
    const least = readPropertyValue(reader, dataType);
    const most = readPropertyValue(reader, dataType);
    return { kind: 'range', least, most, step: readPropertyValue(reader, dataType) };
  }
  if (flag !== 2) return null;
  // One HP camera wrote the count with its bytes swapped: the end of the dataset ends the list, not the count.
  const values: PropertyValue[] = [];
  for (let left = reader.u16(); left > 0 && reader.left > 0; left -= 1) {
    values.push(readPropertyValue(reader, dataType));
  }
  return { kind: 'list', values };
}
