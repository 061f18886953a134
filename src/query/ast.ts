/** How a field is compared. `has` is "contains" for texts, "equals" for numbers, "within" for dates. */
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | ':';

/** A span of numbers or times, both ends included; null is open. */
export interface Span {
  readonly low: number | null;
  readonly high: number | null;
}

/** A circle on the earth. */
export interface Circle {
  /** Degrees, -90 to 90. */
  readonly latitude: number;
  /** Degrees, -180 to 180. */
  readonly longitude: number;
  readonly radiusMetres: number;
}

/** A query, understood. Names of fields are the language's own, never aliases. */
export type Query =
  | { readonly type: 'all' }
  | { readonly type: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly type: 'not'; readonly part: Query }
  | {
      readonly type: 'text';
      readonly field: string;
      readonly comparison: '=' | '!=' | ':';
      /** Folded ({@link fold}); `*` and `?` are wild. */
      readonly value: string;
    }
  /** A number, a size in bytes, a local time in milliseconds since 1970 as if local time were UTC, or a tag that is one. */
  | {
      readonly type: 'span';
      readonly field: string;
      readonly span: Span;
      readonly isNot: boolean;
    }
  | { readonly type: 'has'; readonly value: string }
  | { readonly type: 'near'; readonly circle: Circle }
  /** A bare word: anywhere in the texts of a frame. */
  | { readonly type: 'word'; readonly value: string };
