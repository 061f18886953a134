import { protocolError } from '../camera-error.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** What a host asks. */
export interface Command {
  readonly operation: number;
  readonly transaction: number;
  /** At most 5. */
  readonly params: readonly number[];
}

/** How a camera answers at the end of a transaction. */
export interface Reply {
  readonly code: number;
  readonly transaction: number;
  /** At most 5. */
  readonly params: readonly number[];
}

/** What a camera tells unasked. */
export interface Notice {
  readonly code: number;
  /** The transaction it belongs to; all ones or 0: none. */
  readonly transaction: number;
  /** At most 3. */
  readonly params: readonly number[];
}

/** The 12 bytes before everything on USB, and on Fuji's TCP streams. */
export interface ContainerHeader {
  /** Header included; all ones: until a short packet. */
  readonly sizeBytes: number;
  readonly kind: ContainerKind;
  /** Of the operation, the response or the event. */
  readonly code: number;
  readonly transaction: number;
}

/** What a container holds. */
export type ContainerKind = 'command' | 'data' | 'response' | 'event';

/** Bytes of a {@link ContainerHeader}. */
export const CONTAINER_HEADER_BYTES = 12;

const KINDS: readonly ContainerKind[] = ['command', 'data', 'response', 'event'];

/** A container with 32-bit numbers behind its header: a command, a response, an event. */
export function encodeContainer(
  header: Omit<ContainerHeader, 'sizeBytes'>,
  params: readonly number[],
): Uint8Array {
  const writer = new ByteWriter();
  writeHeader(writer, { ...header, sizeBytes: CONTAINER_HEADER_BYTES + 4 * params.length });
  for (const param of params) writer.u32(param);
  return writer.done();
}

/** A container of data. */
export function encodeDataContainer(
  header: { readonly code: number; readonly transaction: number },
  data: Uint8Array,
): Uint8Array {
  const sizeBytes = CONTAINER_HEADER_BYTES + data.length;
  const writer = new ByteWriter();
  writeHeader(writer, { ...header, kind: 'data', sizeBytes });
  return writer.bytes(data).done();
}

/** Reads the first 12 bytes of a container. */
export function decodeContainerHeader(bytes: Uint8Array): ContainerHeader {
  const reader = new ByteReader(bytes, 'a container');
  const sizeBytes = reader.u32();
  const kind = KINDS[reader.u16() - 1];
  if (kind === undefined) throw protocolError('a container of no known type');
  if (sizeBytes < CONTAINER_HEADER_BYTES) throw protocolError(`a container of ${sizeBytes} bytes`);
  return { sizeBytes, kind, code: reader.u16(), transaction: reader.u32() };
}

/** 32-bit numbers up to the end of the bytes; more than `max` are left out, an odd rest too. */
export function decodeParams(bytes: Uint8Array, max: number): number[] {
  const reader = new ByteReader(bytes, 'parameters');
  const params: number[] = [];
  while (reader.left >= 4 && params.length < max) params.push(reader.u32());
  return params;
}

function writeHeader(writer: ByteWriter, header: ContainerHeader): void {
  writer.u32(header.sizeBytes).u16(KINDS.indexOf(header.kind) + 1);
  writer.u16(header.code).u32(header.transaction);
}
