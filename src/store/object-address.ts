import { FieldVaultError } from '../base/index.ts';

/** Where a path of the form `s3://bucket/key` leads. */
export interface ObjectAddress {
  readonly bucket: string;
  /** Names with '/' between them; '' is the bucket itself. */
  readonly key: string;
}

/** Whether a path leads to an object store. */
export function isObjectPath(path: string): boolean {
  return /^s3:\/\//i.test(path);
}

/**
 * Our form of an address that a person typed: `s3://bucket/prefix`, nothing doubled, nothing at the end.
 * @throws FieldVaultError BAD_USAGE
 */
export function objectPath(typed: string): string {
  const [bucket = '', ...names] = typed.slice('s3://'.length).split('/');
  const key = names.filter((name) => name !== '');
  // S3 user guide, "Bucket naming rules"; older engines also take capitals and underscores.
  const isBucket = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket);
  const why = !isBucket
    ? 'it names no bucket'
    : key.some((name) => name === '.' || name === '..')
      ? 'it holds "." or ".."'
      : key.includes('incoming')
        ? '"incoming" is a folder of every vault and cannot be above one'
        : null;
  if (why === null) return ['s3:/', bucket, ...key].join('/');
  throw new FieldVaultError(
    'BAD_USAGE',
    `${typed} is no address of a vault: ${why}. Write it as s3://bucket/folder.`,
    { details: { path: typed } },
  );
}

/** Splits a path of the form `s3://bucket/key`. */
export function parseObjectPath(path: string): ObjectAddress {
  const rest = path.slice('s3://'.length);
  const slash = rest.indexOf('/');
  if (slash < 0) return { bucket: rest, key: '' };
  return { bucket: rest.slice(0, slash), key: rest.slice(slash + 1).replace(/\/+$/, '') };
}
