import type { Socket } from 'node:net';
import type { LinkEnd } from './camera-link.ts';

/** A socket as the end of a link: header and data leave in one write, or small answers take 40 ms each. */
export function socketEnd(socket: Socket): LinkEnd {
  return {
    put: async (parts) => {
      if (socket.destroyed) return false;
      socket.cork();
      let isRoom = true;
      for (const part of parts) isRoom = socket.write(part);
      socket.uncork();
      return isRoom || drained(socket);
    },
  };
}

/** Waits until a socket takes more; false where it is gone. */
function drained(socket: Socket): Promise<boolean> {
  if (!socket.writableNeedDrain) return Promise.resolve(!socket.destroyed);
  return new Promise((resolve) => {
    const end = (isAlive: boolean) => (): void => {
      socket.off('drain', onDrain);
      socket.off('close', onClose);
      resolve(isAlive);
    };
    const onDrain = end(true);
    const onClose = end(false);
    socket.on('drain', onDrain);
    socket.on('close', onClose);
  });
}
