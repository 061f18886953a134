/**
 * The three endpoints of a still-image interface (USB class 6, subclass 1, protocol 1), however they are reached: a
 * library, a socket, memory. Any method may throw once the device is gone.
 */
export interface PtpUsbEndpoints {
  /** Of the bulk endpoints, in bytes: 64, 512 or 1024. */
  readonly maxPacketSize: number;
  /** One transfer; may be of zero length. */
  bulkOut(data: Uint8Array): Promise<void>;
  /** One transfer: fewer bytes than asked when a short packet ended it, none for a packet of zero length. */
  bulkIn(maxBytes: number): Promise<Uint8Array>;
  /** Waits as long as it takes. */
  interruptIn(): Promise<Uint8Array>;
  /** A class request to the interface. */
  controlOut(request: number, data: Uint8Array): Promise<void>;
  clearHalt(endpoint: 'in' | 'out'): Promise<void>;
  /** Ends all transfers that wait. Never fails. */
  close(): Promise<void>;
}
