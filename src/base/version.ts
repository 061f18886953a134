/** The version of this software; a test holds it against the package's manifest. */
export const VERSION = '0.1.0';
