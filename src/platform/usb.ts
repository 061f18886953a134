/** Cameras on this machine's USB. */
export interface Usb {
  /**
   * Devices with a still-image interface.
   * @throws the system's error where there is no USB, or no library for it
   */
  listCameras(): Promise<readonly UsbCamera[]>;
}

/** A device with a still-image interface (class 6, subclass 1, protocol 1); nothing is claimed yet. */
export interface UsbCamera {
  /** Tells it from the others as long as it is plugged in: maker and product in hexadecimal, then its serial number. */
  readonly id: string;
  /** As the device names itself; '' where it does not. */
  readonly name: string;
  /**
   * Claims the interface.
   * @throws the system's error where another program holds it, or a driver is in the way
   */
  open(): Promise<UsbEndpoints>;
}

/** The three endpoints of a still-image interface, however they are reached. Any method may throw once the device is gone. */
export interface UsbEndpoints {
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
