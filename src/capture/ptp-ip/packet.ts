import { protocolError } from '../camera-error.ts';
import { ByteReader, ByteWriter, textOf } from '../ptp/bytes.ts';
import { type Command, decodeParams, type Notice, type Reply } from '../ptp/messages.ts';

/** Numbers of the packets of PTP/IP (CIPA DC-005). */
export const PACKET = {
  initCommand: 1,
  initCommandAck: 2,
  initEvent: 3,
  initEventAck: 4,
  initFail: 5,
  command: 6,
  reply: 7,
  notice: 8,
  startData: 9,
  data: 10,
  cancel: 11,
  endData: 12,
  probe: 13,
  probeAnswer: 14,
} as const;

/** Bytes of length and type before each packet. */
export const PACKET_HEADER_BYTES = 8;

/** One packet of PTP/IP. */
export type Packet =
  | {
      readonly kind: 'initCommand';
      /** 16 bytes. */
      readonly guid: Uint8Array;
      readonly name: string;
    }
  | {
      readonly kind: 'initCommandAck';
      readonly connection: number;
      readonly guid: Uint8Array;
      readonly name: string;
    }
  | { readonly kind: 'initEvent'; readonly connection: number }
  | { readonly kind: 'initEventAck' }
  | { readonly kind: 'initFail'; readonly reason: number }
  | { readonly kind: 'command'; readonly hasDataOut: boolean; readonly command: Command }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** `sizeBytes` null: unknown. */
  | {
      readonly kind: 'startData';
      readonly transaction: number;
      readonly sizeBytes: number | null;
    }
  | { readonly kind: 'data'; readonly transaction: number; readonly bytes: Uint8Array }
  | { readonly kind: 'endData'; readonly transaction: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cancel'; readonly transaction: number }
  | { readonly kind: 'probe' }
  | { readonly kind: 'probeAnswer' };

const VERSION = 0x00010000;

/** The whole packet, length and type before it. */
export function encodePacket(packet: Packet): Uint8Array {
  const body = new ByteWriter();
  writeBody(body, packet);
  const bytes = body.done();
  return new ByteWriter()
    .u32(PACKET_HEADER_BYTES + bytes.length)
    .u32(PACKET[packet.kind])
    .bytes(bytes)
    .done();
}

/** Reads what stands behind length and type; null for a type that does not exist. */
export function decodePacket(type: number, body: Uint8Array): Packet | null {
  const reader = new ByteReader(body, `a packet of type ${type}`);
  switch (type) {
    case PACKET.initCommand:
      return { kind: 'initCommand', guid: reader.take(16), name: textOf(reader.rest()) };
    case PACKET.initCommandAck:
      return {
        kind: 'initCommandAck',
        connection: reader.u32(),
        guid: reader.take(16),
        name: textOf(reader.rest()),
      };
    case PACKET.initEvent:
      return { kind: 'initEvent', connection: reader.u32() };
    case PACKET.initEventAck:
      return { kind: 'initEventAck' };
    case PACKET.initFail:
      return { kind: 'initFail', reason: reader.left >= 4 ? reader.u32() : 0 };
    case PACKET.probe:
      return { kind: 'probe' };
    case PACKET.probeAnswer:
      return { kind: 'probeAnswer' };
    default:
      return decodeTransaction(type, reader);
  }
}

/** Reads length and type. @throws FieldVaultError CAMERA_PROTOCOL for a length below 8 */
export function decodePacketHeader(bytes: Uint8Array): { sizeBytes: number; type: number } {
  const reader = new ByteReader(bytes, 'a packet');
  const sizeBytes = reader.u32();
  if (sizeBytes < PACKET_HEADER_BYTES) throw protocolError(`a packet of ${sizeBytes} bytes`);
  return { sizeBytes, type: reader.u32() };
}

function decodeTransaction(type: number, reader: ByteReader): Packet | null {
  switch (type) {
    case PACKET.command:
      return decodeCommand(reader);
    case PACKET.reply:
      return {
        kind: 'reply',
        reply: {
          code: reader.u16(),
          transaction: reader.u32(),
          params: decodeParams(reader.rest(), 5),
        },
      };
    case PACKET.notice:
      return {
        kind: 'notice',
        notice: {
          code: reader.u16(),
          transaction: reader.u32(),
          params: decodeParams(reader.rest(), 3),
        },
      };
    case PACKET.startData:
      // Only the low half is sure to be there: older cameras send 32 bits.
      return {
        kind: 'startData',
        transaction: reader.u32(),
        sizeBytes: reader.left >= 8 ? reader.u64() : reader.u32(),
      };
    case PACKET.data:
      return { kind: 'data', transaction: reader.u32(), bytes: reader.rest() };
    case PACKET.endData:
      return { kind: 'endData', transaction: reader.u32(), bytes: reader.rest() };
    case PACKET.cancel:
      return { kind: 'cancel', transaction: reader.u32() };
    default:
      return null;
  }
}

function decodeCommand(reader: ByteReader): Packet {
  const hasDataOut = reader.u32() === 2;
  const operation = reader.u16();
  const transaction = reader.u32();
  return {
    kind: 'command',
    hasDataOut,
    command: { operation, transaction, params: decodeParams(reader.rest(), 5) },
  };
}

function writeBody(body: ByteWriter, packet: Packet): void {
  switch (packet.kind) {
    case 'initCommand':
      body.bytes(packet.guid).text(packet.name).u32(VERSION);
      return;
    case 'initCommandAck':
      body.u32(packet.connection).bytes(packet.guid).text(packet.name).u32(VERSION);
      return;
    case 'initEvent':
      body.u32(packet.connection);
      return;
    case 'initFail':
      body.u32(packet.reason);
      return;
    case 'command':
      body.u32(packet.hasDataOut ? 2 : 1).u16(packet.command.operation);
      writeParams(body, packet.command);
      return;
    case 'reply':
      body.u16(packet.reply.code);
      writeParams(body, packet.reply);
      return;
    case 'notice':
      body.u16(packet.notice.code);
      writeParams(body, packet.notice);
      return;
    case 'startData':
      body.u32(packet.transaction).u64(packet.sizeBytes ?? -1);
      return;
    case 'data':
    case 'endData':
      body.u32(packet.transaction).bytes(packet.bytes);
      return;
    case 'cancel':
      body.u32(packet.transaction);
      return;
    case 'initEventAck':
    case 'probe':
    case 'probeAnswer':
      return;
    default:
      packet satisfies never;
  }
}

function writeParams(
  body: ByteWriter,
  message: { readonly transaction: number; readonly params: readonly number[] },
): void {
  body.u32(message.transaction);
  for (const param of message.params) body.u32(param);
}
