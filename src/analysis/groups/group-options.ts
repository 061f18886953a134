/** The thresholds of grouping. What is left out has its value of {@link GROUP_DEFAULTS}. */
export interface GroupOptions {
  /**
   * Bits of 256 that two frames of one burst may differ. Default 90: of 13,200 pairs of different scenes the nearest had
   * 98, and 90 % of pictures shifted by 6 % of their width stay within 97 (measured on camera JPEGs).
   */
  readonly burstDistanceMax?: number;
  /**
   * Seconds between two frames within which a burst may turn to another view, like that of the frame before but no more
   * like the burst's first: panning. Default 0.3: nobody presses twice so fast.
   */
  readonly viewGapSeconds?: number;
  /** Views that one burst may turn to, or be refocused to: bounds how far frames are chained. Default 8. */
  readonly burstViewsMax?: number;
  /**
   * Bits that two frames of a camera that hardly moved may differ. Default 45: half of all pictures shifted by 3 % of
   * their width are within 46.
   */
  readonly steadyDistanceMax?: number;
  /** Bits that a copy or edit may differ from its original, regardless of time. Default 31, PDQ's threshold. */
  readonly lookAlikeDistanceMax?: number;
  /** Bits that two exposures of one bracket may differ. Default 97: all of 120 frames were within at two stops. */
  readonly bracketDistanceMax?: number;
  /** Seconds between two frames of a burst where both know fractions of seconds. Default 0.6, burst recipe. */
  readonly burstGapSeconds?: number;
  /** The gap may also be so many times the median gap of the burst so far, up to the next option. Default 3. */
  readonly burstGapMedians?: number;
  /** Seconds between two frames of a continuous drive, or whose times have no fractions. Default 2, burst recipe. */
  readonly continuousGapSeconds?: number;
  /**
   * Seconds between two frames of a camera that did not move. Default 12: hand-made focus brackets with 3 to 10 s
   * between their frames were seen.
   */
  readonly steadyGapSeconds?: number;
  /** Seconds between the end of one exposure of a bracket and the next. Default 5: a slow camera on a tripod. */
  readonly bracketGapSeconds?: number;
  /** Seconds between two frames of a focus stack. Default 15: a person turning the ring. */
  readonly focusGapSeconds?: number;
  /** Seconds between two frames of a panorama, or of any series the maker numbers. Default 10: a person turning. */
  readonly seriesGapSeconds?: number;
  /** Seconds between two frames of one maker identity; counters begin again. Default 600. */
  readonly identityGapSeconds?: number;
  /** Frames that make a bracket, focus stack or panorama without a maker's word. Default 3: two are a correction. */
  readonly seriesFramesMin?: number;
  /**
   * Mean difference of the colours of two frames of a series (of 200). Default 15: 6 was the most within real bursts and
   * brackets, 8 the middle and 25 not rare between unlike pictures.
   */
  readonly colourDifferenceMax?: number;
  /** Mean difference of the tones of two frames of a series (of 255). Default 40: 26 was the most within real ones. */
  readonly toneDifferenceMax?: number;
  /**
   * Bits by which the ends of a panorama differ at least. Default 110: unrelated frames differ by 128 on average, with a
   * standard deviation of 8.
   */
  readonly panoramaEndsMin?: number;
  /** Stops between two exposures of a bracket, at least. Default 0.5: automatic exposure moves by thirds. */
  readonly bracketStepStops?: number;
  /** Stops by which the steps of one bracket may differ. Default 0.4: shutter times are rounded to thirds. */
  readonly stepToleranceStops?: number;
  /** Stops by which exposures that are said to be the same may differ. Default 0.2: less than a third. */
  readonly sameExposureStops?: number;
  /** A look of a lower quality says nothing about likeness. Default 0: see the look's own scale. */
  readonly qualityMin?: number;
}

/** Every threshold with its value. */
export type Thresholds = Required<GroupOptions>;

/** The thresholds that are used where none is given. */
export const GROUP_DEFAULTS: Thresholds = {
  burstDistanceMax: 90,
  viewGapSeconds: 0.3,
  burstViewsMax: 8,
  steadyDistanceMax: 45,
  lookAlikeDistanceMax: 31,
  bracketDistanceMax: 97,
  burstGapSeconds: 0.6,
  burstGapMedians: 3,
  continuousGapSeconds: 2,
  steadyGapSeconds: 12,
  bracketGapSeconds: 5,
  focusGapSeconds: 15,
  seriesGapSeconds: 10,
  identityGapSeconds: 600,
  seriesFramesMin: 3,
  colourDifferenceMax: 15,
  toneDifferenceMax: 40,
  panoramaEndsMin: 110,
  bracketStepStops: 0.5,
  stepToleranceStops: 0.4,
  sameExposureStops: 0.2,
  qualityMin: 0,
};

/** All thresholds; RangeError for one that is no number from 0 on. */
export function thresholdsOf(options: GroupOptions): Thresholds {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!(typeof value === 'number' && value >= 0)) {
      throw new RangeError(`${name}: must be a number from 0 on, is ${value}`);
    }
  }
  return { ...GROUP_DEFAULTS, ...Object.fromEntries(given) };
}
