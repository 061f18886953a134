/** What a camera writes about one shot; the same facts go into RAW, JPEG, sidecar and catalog. */
export interface ShotFacts {
  readonly make: string;
  readonly model: string;
  readonly lens: string;
  /** Serial number of the body. */
  readonly serial: string;
  /** Local time of capture, milliseconds since 1970 as if local time were UTC. */
  readonly takenLocalMs: number;
  /** Minutes east of UTC. */
  readonly offsetMinutes: number;
  readonly iso: number;
  /** f-number. */
  readonly aperture: number;
  /** Exposure time as 1/n seconds. */
  readonly shutterPerSecond: number;
  /** Millimetres. */
  readonly focal: number;
  /** Degrees; null where the camera had no fix. */
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
  /** Shutter count: one more at each shot. */
  readonly shutterCount: number;
  /** Id of the burst and position in it; null for single shots. */
  readonly burst: { readonly id: number; readonly index: number } | null;
}

/** The pictures inside a RAW file, as JPEG bytes. */
export interface Previews {
  /** As large as the sensor, or nearly. */
  readonly full: { readonly bytes: Uint8Array; readonly width: number; readonly height: number };
  /** At most 160 pixels wide. */
  readonly thumbnail: {
    readonly bytes: Uint8Array;
    readonly width: number;
    readonly height: number;
  };
}

/** How the samples of a DNG are stored. */
export type DngLayout =
  | { readonly kind: 'uncompressed'; readonly container: 16 | 'packed' }
  | {
      readonly kind: 'lossless-jpeg';
      readonly components: 1 | 2;
      /** ITU T.81 table H.1, 1 to 7. */
      readonly predictor: 1 | 2 | 3 | 4 | 5 | 6 | 7;
      readonly pieces: 'strips' | 'tiles';
    };
