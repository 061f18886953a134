import { FieldVaultError } from '../base/index.ts';

/** What came over the wire is not what the protocol says. The link is not trusted any more: begin again. */
export function protocolError(what: string, cause?: unknown): FieldVaultError {
  return new FieldVaultError(
    'CAMERA_PROTOCOL',
    `The camera sent what is not understood: ${what}.`,
    {
      retry: 'later',
      cause,
    },
  );
}

/** The link is down; what was not read yet is still in the camera. */
export function goneError(reason: string, cause?: unknown): FieldVaultError {
  return new FieldVaultError('CAMERA_GONE', `The camera is gone: ${reason}.`, {
    details: { reason },
    retry: 'later',
    cause,
  });
}

/** No connection came about. */
export function unreachableError(where: string, reason: string, cause?: unknown): FieldVaultError {
  return new FieldVaultError('CAMERA_UNREACHABLE', `No camera answers at ${where}: ${reason}.`, {
    details: { where, reason },
    retry: 'after-user-acts',
    cause,
  });
}

/** The camera was asked again and again, and was busy each time. */
export function busyError(act: string): FieldVaultError {
  return new FieldVaultError('CAMERA_BUSY', `The camera stayed busy: ${act}.`, {
    details: { act },
    retry: 'later',
  });
}

/** The camera says no. `response` is the code of its answer; 0 where it was not even asked. */
export function refusedError(act: string, response: number, reason: string): FieldVaultError {
  return new FieldVaultError('CAMERA_REFUSED', `The camera refuses to ${act}: ${reason}.`, {
    details: { act, response },
    retry: 'after-user-acts',
  });
}
