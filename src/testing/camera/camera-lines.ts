import type { Socket } from 'node:net';
import { FieldVaultError } from '../../base/index.ts';
import type { CameraBody } from './camera-body.ts';
import type { FaultScript } from './camera-faults.ts';
import type { CameraLink } from './camera-link.ts';

/** What the lines of a camera share. */
export interface LineParts {
  readonly body: CameraBody;
  readonly link: CameraLink;
  readonly faults: FaultScript;
  /** A client has connected its lines. */
  readonly onSession: () => void;
}

/** The lines between a camera and one client at a time: a new client puts the old one out. */
export interface CameraLines {
  /** How many ports they take, one after the other. */
  readonly ports: number;
  /** Serves a socket that somebody connected to the port of this index; ends with it. */
  serve(socket: Socket, index: number): Promise<void>;
  /** Ends the connection from this side, rudely. */
  hangUp(): void;
}

/** What a client sent is not the protocol: a camera hangs up, and nothing else happens. */
export class ClientFault extends Error {}

/** Whether an error is the client's doing; any other is a bug here and must be heard. */
export function isClientFault(error: unknown): boolean {
  return error instanceof ClientFault || error instanceof FieldVaultError;
}

/** A packet or setting larger than this is none. */
export const PACKET_BYTES_MAX = 16_777_216;

/** What a simulated camera is known by. */
export const CAMERA_GUID: Uint8Array = Uint8Array.from({ length: 16 }, (_v, index) => 0xf0 + index);
