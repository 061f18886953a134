/**
 * An S3 server in the process, over any store: the way through the SDK, with faults as told.
 * Invariant: listens on loopback only.
 */
export { openS3Server, type S3Fault, type S3Server, type S3ServerOptions } from './s3-server.ts';
