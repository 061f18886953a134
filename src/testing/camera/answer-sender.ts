import { RESPONSE } from '../../capture/index.ts';
import { hash32 } from '../../kernels/index.ts';
import type { FaultScript } from './camera-faults.ts';
import type { CameraLink, LinkEnd } from './camera-link.ts';
import type { Answer, Operation } from './camera-profile.ts';

/** How one way to a camera writes its answers. */
export interface AnswerFraming {
  /** Before any data. */
  start(operation: Operation, sizeBytes: number): Uint8Array;
  /** Before each piece of data; the last one may be empty. */
  piece(operation: Operation, sizeBytes: number, isLast: boolean): Uint8Array;
  /** At the end. */
  reply(operation: Operation, answer: Answer): Uint8Array;
}

/** Where an answer goes. */
export interface AnswerLine {
  readonly end: LinkEnd;
  readonly link: CameraLink;
  readonly faults: FaultScript;
  readonly framing: AnswerFraming;
  /** Number of the operation, from 1. */
  readonly number: number;
  /** Whether the client wants no more of this transaction. */
  readonly isCancelled: (transaction: number) => boolean;
}

const PIECE_BYTES = 1_048_576;

/** Sends an answer; what follows from it happens once all of it has left. */
export async function sendAnswer(
  line: AnswerLine,
  operation: Operation,
  answer: Answer,
): Promise<void> {
  const { end, link, faults, framing, number } = line;
  if (faults.take('garbage', (fault) => number >= fault.operation) !== null) {
    await link.send(end, garbageBytes(number));
  }
  const isWhole = await sendData(line, operation, answer);
  if (isWhole === null) return;
  const reply = isWhole ? answer : { code: RESPONSE.cancelled };
  const isSent = await link.send(end, framing.reply(operation, reply));
  if (isSent && isWhole) answer.after?.();
}

/** True: sent as far as the camera wanted; false: cancelled; null: the line is gone. */
async function sendData(
  { end, link, framing, isCancelled }: AnswerLine,
  operation: Operation,
  { data }: Answer,
): Promise<boolean | null> {
  if (data === undefined) return true;
  let head = framing.start(operation, data.sizeBytes);
  const stopAt = Math.min(data.sizeBytes, data.cutBytes ?? data.sizeBytes);
  let at = 0;
  for (let isLast = false; !isLast; ) {
    const isOver = isCancelled(operation.transaction);
    const bytes = isOver ? new Uint8Array(0) : data.read(at, Math.min(PIECE_BYTES, stopAt - at));
    at += bytes.length;
    isLast = isOver || at >= stopAt;
    const header = framing.piece(operation, bytes.length, isLast);
    if (!(await link.send(end, head, header, bytes))) return null;
    if (isOver) return false;
    head = new Uint8Array(0);
  }
  return true;
}

/** What no protocol allows, in forms that a parser must not fall for. */
export function garbageBytes(seed: number): Uint8Array {
  const noise = Uint8Array.from({ length: 64 }, (_value, index) => hash32(seed, 81, index));
  const view = new DataView(noise.buffer);
  // The length field: too small, absurd, honest with an unknown type, or whatever the noise says.
  const lengths = [0, 7, 0xffff_ffff, 0x8000_0000, 64];
  const length = lengths[seed % (lengths.length + 1)];
  if (length !== undefined) view.setUint32(0, length, true);
  return noise;
}
