import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import { LIMITS } from '../base/index.ts';
import {
  type ByteRange,
  type ListPage,
  type ListRequest,
  type ObjectFacts,
  type ObjectStore,
  type PutOptions,
  type PutOutcome,
  type StoredBytes,
  storeError,
  type Upload,
  type UploadedPart,
} from './object-store.ts';
import { isMissing, isPastEnd, isRefused, s3Error } from './s3-errors.ts';
import { ServerClock } from './server-clock.ts';

/** How a bucket is reached. Credentials, region and endpoint come from where the AWS tools look for them. */
export interface S3Options {
  readonly bucket: string;
  readonly nowMs: () => number;
  /** A connection on which nothing moved for so long is given up. */
  readonly idleMsMax?: number;
  /** Instead of the one that the environment and the configuration files name. */
  readonly endpoint?: string;
}

/**
 * A bucket of any engine that speaks S3. The SDK is loaded here, so that who uses no bucket does not pay for it. Its own
 * retries and checksums are off: the first hide that a reply was lost, the second break two engines of three.
 */
export async function openS3Store(options: S3Options): Promise<ObjectStore> {
  const [sdk, { NodeHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@smithy/node-http-handler'),
  ]);
  const clock = new ServerClock(options.nowMs);
  const connect = (region: { readonly region?: string }): Sdk.S3Client => {
    const client = new sdk.S3Client({
      ...region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      // Engines other than Amazon's know buckets by path only; Amazon's takes both.
      forcePathStyle: true,
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: new NodeHttpHandler({
        connectionTimeout: LIMITS.storeConnectMs,
        socketTimeout: options.idleMsMax ?? LIMITS.storeIdleMs,
        // The SDK would write a warning into the terminal.
        socketAcquisitionWarningTimeout: LIMITS.storeIdleMs,
      }),
    });
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        clock.hear(result.response);
        return result;
      },
      { step: 'deserialize', name: 'serverClock' },
    );
    return client;
  };
  const client = connect({});
  // Engines of one's own have no regions, but requests are signed with one.
  const isAnywhere = await client.config.region().then(
    () => false,
    () => true,
  );
  if (!isAnywhere) return new S3Store(sdk, client, options.bucket, clock);
  client.destroy();
  return new S3Store(sdk, connect({ region: 'us-east-1' }), options.bucket, clock);
}

class S3Store implements ObjectStore {
  readonly #sdk: typeof Sdk;
  readonly #client: Sdk.S3Client;
  readonly #bucket: string;
  readonly #clock: ServerClock;

  constructor(sdk: typeof Sdk, client: Sdk.S3Client, bucket: string, clock: ServerClock) {
    this.#sdk = sdk;
    this.#client = client;
    this.#bucket = bucket;
    this.#clock = clock;
  }

  async get(key: string, range?: ByteRange): Promise<StoredBytes | null> {
    const { fromBytes, lengthBytes } = range ?? { fromBytes: 0, lengthBytes: 0 };
    const wanted = range && { Range: `bytes=${fromBytes}-${fromBytes + lengthBytes - 1}` };
    const request = new this.#sdk.GetObjectCommand({ ...this.#at(key), ...wanted });
    try {
      const reply = await this.#client.send(request);
      const bytes = (await reply.Body?.transformToByteArray()) ?? new Uint8Array(0);
      if (reply.ContentLength !== undefined && reply.ContentLength !== bytes.length) {
        throw storeError('ECONNRESET', `${key}: the answer was cut off`);
      }
      const whole = /\/(\d+)$/.exec(reply.ContentRange ?? '')?.[1];
      return { ...this.#facts(key, reply, Number(whole ?? bytes.length)), bytes };
    } catch (error) {
      if (isMissing(error)) return null;
      if (!isPastEnd(error)) throw this.#error(error, key);
      const facts = await this.head(key);
      return facts === null ? null : { ...facts, bytes: new Uint8Array(0) };
    }
  }

  async head(key: string): Promise<ObjectFacts | null> {
    try {
      const reply = await this.#client.send(new this.#sdk.HeadObjectCommand(this.#at(key)));
      return this.#facts(key, reply, reply.ContentLength ?? 0);
    } catch (error) {
      if (isMissing(error)) return null;
      throw this.#error(error, key);
    }
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<PutOutcome> {
    const body = { Body: bytes, ContentLength: bytes.length, ContentMD5: md5Of(bytes, 'base64') };
    const condition = options.ifAbsent ? { IfNoneMatch: '*' } : {};
    const request = new this.#sdk.PutObjectCommand({ ...this.#at(key), ...body, ...condition });
    try {
      await this.#client.send(request);
      return 'put';
    } catch (error) {
      if (options.ifAbsent && isRefused(error)) return 'taken';
      throw this.#error(error, key);
    }
  }

  async list({ prefix, delimiter, after, countMax = 1000 }: ListRequest): Promise<ListPage> {
    const reply = await this.#told(
      prefix,
      this.#client.send(
        new this.#sdk.ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: prefix,
          Delimiter: delimiter,
          ContinuationToken: after,
          MaxKeys: countMax,
        }),
      ),
    );
    const objects = (reply.Contents ?? []).map((object) =>
      this.#facts(object.Key ?? '', object, object.Size ?? 0),
    );
    const folders = (reply.CommonPrefixes ?? []).map((folder) => folder.Prefix ?? '');
    const next = reply.IsTruncated ? (reply.NextContinuationToken ?? null) : null;
    return { objects, folders, next };
  }

  async remove(key: string): Promise<void> {
    await this.#told(key, this.#client.send(new this.#sdk.DeleteObjectCommand(this.#at(key))));
  }

  async beginUpload(key: string): Promise<Upload> {
    const reply = await this.#told(
      key,
      this.#client.send(new this.#sdk.CreateMultipartUploadCommand(this.#at(key))),
    );
    return { key, id: reply.UploadId ?? '', begunMs: this.#clock.nowMs() };
  }

  async putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<UploadedPart> {
    const body = { Body: bytes, ContentLength: bytes.length, ContentMD5: md5Of(bytes, 'base64') };
    const request = { ...this.#of(upload), ...body, PartNumber: number };
    const reply = await this.#told(
      upload.key,
      this.#client.send(new this.#sdk.UploadPartCommand(request)),
    );
    return { number, sizeBytes: bytes.length, etag: unquoted(reply.ETag) };
  }

  async listParts(upload: Upload): Promise<readonly UploadedPart[]> {
    const parts: UploadedPart[] = [];
    for (let after: string | undefined; ; ) {
      const request = { ...this.#of(upload), PartNumberMarker: after };
      const reply = await this.#told(
        upload.key,
        this.#client.send(new this.#sdk.ListPartsCommand(request)),
      );
      for (const part of reply.Parts ?? []) {
        const { PartNumber: number = 0, Size: sizeBytes = 0, ETag } = part;
        parts.push({ number, sizeBytes, etag: unquoted(ETag) });
      }
      if (!reply.IsTruncated || reply.NextPartNumberMarker === undefined) return parts;
      after = reply.NextPartNumberMarker;
    }
  }

  async completeUpload(upload: Upload, parts: readonly UploadedPart[]): Promise<void> {
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${etag}"` }));
    const request = { ...this.#of(upload), MultipartUpload: { Parts } };
    await this.#told(
      upload.key,
      this.#client.send(new this.#sdk.CompleteMultipartUploadCommand(request)),
    );
  }

  async abortUpload(upload: Upload): Promise<void> {
    try {
      await this.#client.send(new this.#sdk.AbortMultipartUploadCommand(this.#of(upload)));
    } catch (error) {
      const failure = this.#error(error, upload.key);
      if (!isMissing(error) && !failure.message.startsWith('ENOENT')) throw failure;
    }
  }

  async listUploads(prefix: string): Promise<readonly Upload[]> {
    const uploads: Upload[] = [];
    for (let next: { KeyMarker?: string; UploadIdMarker?: string } = {}; ; ) {
      const request = { Bucket: this.#bucket, Prefix: prefix, ...next };
      const reply = await this.#told(
        prefix,
        this.#client.send(new this.#sdk.ListMultipartUploadsCommand(request)),
      );
      for (const { Key: key = '', UploadId: id = '', Initiated } of reply.Uploads ?? []) {
        uploads.push({ key, id, begunMs: this.#clock.ours(Initiated) });
      }
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = reply;
      if (!reply.IsTruncated || !KeyMarker) return uploads;
      next = { KeyMarker, ...(UploadIdMarker ? { UploadIdMarker } : {}) };
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: key };
  }

  #of({ key, id }: Upload): { Bucket: string; Key: string; UploadId: string } {
    return { Bucket: this.#bucket, Key: key, UploadId: id };
  }

  #facts(
    key: string,
    { LastModified, ETag }: { LastModified?: Date | undefined; ETag?: string | undefined },
    sizeBytes: number,
  ): ObjectFacts {
    return { key, sizeBytes, modifiedMs: this.#clock.ours(LastModified), etag: unquoted(ETag) };
  }

  /** The reply; what the SDK throws instead is thrown as on a disk. */
  async #told<Reply>(key: string, reply: Promise<Reply>): Promise<Reply> {
    try {
      return await reply;
    } catch (error) {
      throw this.#error(error, key);
    }
  }

  #error(error: unknown, key: string): Error {
    return s3Error(error, `s3://${this.#bucket}/${key}`);
  }
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

function md5Of(bytes: Uint8Array, encoding: 'base64'): string {
  return createHash('md5').update(bytes).digest(encoding);
}
