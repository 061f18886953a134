import { connect, type Socket } from 'node:net';
import type { ByteStream, ConnectOptions, Network, NetworkTarget } from './network.ts';

const CONNECT_MS = 10_000;

/** TCP of this machine. */
export const NODE_NETWORK: Network = { connect: connectSocket };

async function connectSocket(
  { host, port }: NetworkTarget,
  { timeoutMs = CONNECT_MS, signal }: ConnectOptions = {},
): Promise<ByteStream> {
  signal?.throwIfAborted();
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(timedOut(host, port)), timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve();
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    signal?.addEventListener('abort', () => socket.destroy(new Error('aborted')), { once: true });
  });
  return streamOf(socket);
}

/** A stream over a connected socket. */
export function streamOf(socket: Socket): ByteStream {
  // An error is told by the read or write that meets it, not by a crash of the process.
  socket.on('error', () => undefined);
  const pieces = socket[Symbol.asyncIterator]();
  return {
    read: async () => {
      const { value, done } = await pieces.next();
      return done === true ? null : (value as Uint8Array);
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => {
      socket.destroy();
    },
  };
}

function timedOut(host: string, port: number): Error {
  return Object.assign(new Error(`no answer from ${host}:${port}`), { code: 'ETIMEDOUT' });
}
