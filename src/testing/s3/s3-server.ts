import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemCodeOf } from '../../base/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import {
  formatCompleted,
  formatListing,
  formatParts,
  formatTrouble,
  formatUpload,
  formatUploads,
  parseParts,
} from './xml.ts';

/**
 * What goes wrong with one request. A number is the status of the answer, given before anything is done.
 * `lose-reply`: done, and the connection broken. `cut-up`: broken while the request is sent. `cut-down`: broken in the
 * middle of the answer. `stall`: no answer ever. `flip`: one bit of the answer is another.
 */
export type S3Fault = number | 'lose-reply' | 'cut-up' | 'cut-down' | 'stall' | 'flip';

/** How a server is set up. */
export interface S3ServerOptions {
  /** Says what goes wrong with the request of this number (from 1), as `PUT /bucket/key`. */
  readonly faultOf?: (request: string, number: number) => S3Fault | null;
  /** How far its clock is ahead, in milliseconds. */
  readonly skewMs?: number;
  /** Requests signed with a clock that differs by more are refused; left out: none is. */
  readonly skewMsMax?: number;
  /** Puts beyond so many bytes are refused as over quota. */
  readonly quotaBytes?: number;
  readonly nowMs: () => number;
}

/** A server at work. */
export interface S3Server {
  /** As `AWS_ENDPOINT_URL` takes it. */
  readonly endpoint: string;
  /** Every request so far, as `PUT /bucket/key`. */
  readonly requests: readonly string[];
  /** Bytes of bodies that came in. */
  readonly bytesIn: number;
  /** Everything that came in as headers: what must never hold a secret. */
  readonly headers: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves buckets over HTTP on loopback, with what the AWS SDK asks for and no signature checked: the way through the SDK
 * without an engine beside.
 * @param buckets stores by the names of their buckets
 */
export async function openS3Server(
  buckets: ReadonlyMap<string, ObjectStore>,
  options: S3ServerOptions,
): Promise<S3Server> {
  const state = { requests: [] as string[], headers: [] as string[], bytesIn: 0, bytesPut: 0 };
  const server = createServer((request, response) => {
    answer({ buckets, options, state }, request, response).catch((error: unknown) => {
      const { status, code } = troubleOf(error);
      if (!response.headersSent) send(response, status, { text: formatTrouble(code) });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests: state.requests,
    headers: state.headers,
    get bytesIn() {
      return state.bytesIn;
    },
    close: () => closeServer(server),
  };
}

interface Serving {
  readonly buckets: ReadonlyMap<string, ObjectStore>;
  readonly options: S3ServerOptions;
  readonly state: { requests: string[]; headers: string[]; bytesIn: number; bytesPut: number };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

async function answer(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { state, options } = serving;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const words = `${request.method} ${decodeURIComponent(url.pathname)}`;
  state.requests.push(words);
  state.headers.push(JSON.stringify(request.headers));
  response.sendDate = false;
  response.setHeader('Date', new Date(options.nowMs() + (options.skewMs ?? 0)).toUTCString());
  const fault = options.faultOf?.(words, state.requests.length) ?? null;
  if (fault === 'cut-up') {
    request.socket.destroy();
    return;
  }
  const body = await readBody(request);
  state.bytesIn += body.length;
  if (fault === 'stall') return;
  if (typeof fault === 'number') {
    send(response, fault, { text: formatTrouble(fault === 503 ? 'SlowDown' : 'InternalError') });
    return;
  }
  if (isSkewed(request, options)) {
    const text = request.method === 'HEAD' ? '' : formatTrouble('RequestTimeTooSkewed');
    send(response, 403, { text });
    return;
  }
  const reply = await replyTo(serving, { request, url, body });
  if (fault === 'lose-reply') {
    request.socket.destroy();
    return;
  }
  const bytes = reply.bytes ?? Buffer.from(reply.text ?? '', 'utf8');
  if (fault === 'flip' && bytes.length > 0) {
    bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] ?? 0);
  }
  if (fault === 'cut-down') {
    // Half of an answer without a body is no answer.
    if (request.method === 'HEAD' || bytes.length === 0) {
      request.socket.destroy();
      return;
    }
    const headers = { ...reply.headers, 'Content-Length': String(bytes.length) };
    response.writeHead(reply.status ?? 200, headers);
    response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
    return;
  }
  send(response, reply.status ?? 200, reply);
}

/** Whether the time of a signature (`x-amz-date`, as 20261122T090000Z) is too far from the server's. */
function isSkewed(request: IncomingMessage, options: S3ServerOptions): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
  const signedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const serverMs = options.nowMs() + (options.skewMs ?? 0);
  return Math.abs(signedMs - serverMs) > (options.skewMsMax ?? Number.POSITIVE_INFINITY);
}

interface Reply {
  readonly status?: number;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Uint8Array;
}

async function replyTo(serving: Serving, asked: Asked): Promise<Reply> {
  const [, bucket = '', ...names] = asked.url.pathname.split('/');
  const key = decodeURIComponent(names.join('/'));
  const store = serving.buckets.get(bucket);
  if (store === undefined) return { status: 404, text: formatTrouble('NoSuchBucket') };
  const query = asked.url.searchParams;
  if (key === '')
    return replyOfBucket(store, bucket, { query, skewMs: serving.options.skewMs ?? 0 });
  const id = query.get('uploadId');
  if (id !== null || query.has('uploads')) return replyOfUpload(store, { ...asked, key, id });
  switch (asked.request.method) {
    case 'GET':
    case 'HEAD':
      return replyWithObject(serving, store, { ...asked, key });
    case 'PUT':
      return replyToPut(serving, store, { ...asked, key });
    case 'DELETE':
      await store.remove(key);
      return { status: 204 };
    default:
      return { status: 405, text: formatTrouble('MethodNotAllowed') };
  }
}

async function replyOfBucket(
  store: ObjectStore,
  bucket: string,
  { query, skewMs }: { readonly query: URLSearchParams; readonly skewMs: number },
): Promise<Reply> {
  const prefix = query.get('prefix') ?? '';
  if (query.has('uploads')) {
    const uploads = await store.listUploads(prefix);
    const told = uploads.map((upload) => ({ ...upload, begunMs: upload.begunMs + skewMs }));
    return { text: formatUploads(told) };
  }
  const token = query.get('continuation-token');
  const after = token === null ? {} : { after: Buffer.from(token, 'base64url').toString('utf8') };
  const delimiter = query.get('delimiter') === '/' ? { delimiter: '/' as const } : {};
  const countMax = Math.min(1000, Number(query.get('max-keys') ?? 1000));
  const page = await store.list({ prefix, countMax, ...after, ...delimiter });
  const objects = page.objects.map((object) => ({
    ...object,
    modifiedMs: object.modifiedMs + skewMs,
  }));
  return { text: formatListing(bucket, prefix, { ...page, objects }) };
}

async function replyOfUpload(
  store: ObjectStore,
  { request, url, body, key, id }: Asked & { readonly key: string; readonly id: string | null },
): Promise<Reply> {
  const upload = { key, id: id ?? '', begunMs: 0 };
  if (request.method === 'POST' && id === null) {
    return { text: formatUpload(await store.beginUpload(key)) };
  }
  if (request.method === 'GET') return { text: formatParts(await store.listParts(upload)) };
  if (request.method === 'DELETE') {
    await store.listParts(upload);
    await store.abortUpload(upload);
    return { status: 204 };
  }
  if (request.method === 'PUT') {
    if (!isWhole(request, body)) return { status: 400, text: formatTrouble('BadDigest') };
    const number = Number(url.searchParams.get('partNumber'));
    const { etag } = await store.putPart(upload, number, body);
    return { headers: { ETag: `"${etag}"` } };
  }
  await store.completeUpload(upload, parseParts(Buffer.from(body).toString('utf8')));
  return { text: formatCompleted(key) };
}

async function replyToPut(
  { options, state }: Serving,
  store: ObjectStore,
  { request, body, key }: Asked & { readonly key: string },
): Promise<Reply> {
  if (!isWhole(request, body)) return { status: 400, text: formatTrouble('BadDigest') };
  state.bytesPut += body.length;
  if (state.bytesPut > (options.quotaBytes ?? Number.POSITIVE_INFINITY)) {
    return { status: 403, text: formatTrouble('QuotaExceeded') };
  }
  const ifAbsent = request.headers['if-none-match'] === '*';
  const outcome = await store.put(key, body, { ifAbsent });
  if (outcome === 'taken') return { status: 412, text: formatTrouble('PreconditionFailed') };
  return { headers: { ETag: `"${md5Of(body, 'hex')}"` } };
}

async function replyWithObject(
  { options }: Serving,
  store: ObjectStore,
  { request, key }: Asked & { readonly key: string },
): Promise<Reply> {
  const facts = await store.head(key);
  if (facts === null) {
    // An answer to HEAD has no body.
    return request.method === 'HEAD'
      ? { status: 404 }
      : { status: 404, text: formatTrouble('NoSuchKey') };
  }
  const headers = {
    ETag: `"${facts.etag}"`,
    'Last-Modified': new Date(facts.modifiedMs + (options.skewMs ?? 0)).toUTCString(),
  };
  if (request.method === 'HEAD') {
    return { headers: { ...headers, 'Content-Length': String(facts.sizeBytes) } };
  }
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) return { headers, bytes: (await store.get(key))?.bytes ?? Buffer.of() };
  const fromBytes = Number(from);
  if (fromBytes >= facts.sizeBytes) return { status: 416, text: formatTrouble('InvalidRange') };
  const lengthBytes = Number(to) - fromBytes + 1;
  const bytes = (await store.get(key, { fromBytes, lengthBytes }))?.bytes ?? Buffer.of();
  const range = `bytes ${fromBytes}-${fromBytes + bytes.length - 1}/${facts.sizeBytes}`;
  return { status: 206, headers: { ...headers, 'Content-Range': range }, bytes };
}

function send(response: ServerResponse, status: number, { text, bytes, headers }: Reply): void {
  const body = bytes ?? Buffer.from(text ?? '', 'utf8');
  const type = text === undefined ? {} : { 'Content-Type': 'application/xml' };
  response.writeHead(status, { 'Content-Length': String(body.length), ...type, ...headers });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

function isWhole(request: IncomingMessage, body: Uint8Array): boolean {
  const wanted = request.headers['content-md5'];
  return wanted === undefined || wanted === md5Of(body, 'base64');
}

function md5Of(bytes: Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash('md5').update(bytes).digest(encoding);
}

function troubleOf(error: unknown): { readonly status: number; readonly code: string } {
  const code = systemCodeOf(error);
  if (code === 'ENOTSUP') return { status: 501, code: 'NotImplemented' };
  if (code === 'ENOENT') return { status: 404, code: 'NoSuchUpload' };
  if (code === 'EINVAL') return { status: 400, code: 'InvalidPart' };
  return { status: 500, code: 'InternalError' };
}
