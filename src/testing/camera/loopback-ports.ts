import { createServer, type Server, type Socket } from 'node:net';

/** Ports that listen on 127.0.0.1, one after the other. */
export interface LoopbackPorts {
  readonly first: number;
  /** Ends them, and every socket that came in by them. */
  close(): Promise<void>;
}

/** Where somebody else has the port above a free one, another is tried, so often. */
const TRIES_MAX = 50;

/**
 * Listens.
 * @param port the first; 0: any that is free with those above it
 * @param onSocket is told of each socket, and the index of its port
 * @throws the system's error where a port is taken
 */
export async function openLoopbackPorts(
  port: number,
  count: number,
  onSocket: (socket: Socket, index: number) => void,
): Promise<LoopbackPorts> {
  const sockets = new Set<Socket>();
  const accept = (index: number) => (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    onSocket(socket, index);
  };
  for (let tries = 1; ; tries++) {
    const servers: Server[] = [];
    try {
      let first = port;
      for (let index = 0; index < count; index++) {
        const server = createServer({ noDelay: true }, accept(index));
        const bound = await listen(server, first === 0 ? 0 : first + index);
        servers.push(server);
        if (index === 0) first = bound;
      }
      return { first, close: () => closeAll(servers, sockets) };
    } catch (error) {
      await closeAll(servers, sockets);
      if (port !== 0 || tries === TRIES_MAX) throw error;
    }
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function closeAll(servers: readonly Server[], sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
}
