/** What a camera writes about one shot; the same facts go into RAW, JPEG, sidecar and catalog. */
export interface ShotFacts {
  readonly make: string;
  readonly model: string;
  /** Serial number of the body, digits only. */
  readonly serial: string;
  readonly lens: string;
  /** Local time of capture, milliseconds since 1970 as if local time were UTC; whole hundredths of a second. */
  readonly takenLocalMs: number;
  /** Minutes east of UTC. */
  readonly offsetMinutes: number;
  readonly iso: number;
  /** f-number. */
  readonly aperture: number;
  /** Exposure time as 1/n seconds; n is whole. */
  readonly shutterPerSecond: number;
  /** Whole millimetres. */
  readonly focalLength: number;
  /** Set by the photographer against the metered exposure, in stops: what a bracket varies. */
  readonly exposureStops: number;
  /** Degrees and metres; null where the camera had no fix. */
  readonly place: Place | null;
  /** One more at each shot of the body. */
  readonly shutterCount: number;
  readonly drive: 'single' | 'continuous' | 'bracket';
}

/** A place on Earth: degrees north and east, metres above the sea. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitude: number;
}
