import { connect, createServer } from 'node:net';
import { MemoryStore, openS3Server } from '../../src/testing/index.ts';

/** A studio at the far end of a simulated satellite link: an S3 server, reached at the address of its namespace. */
const [address = '10.77.0.2', port = '9000'] = process.argv.slice(2);
const nowMs = (): number => Date.now();
const server = await openS3Server(new Map([['studio', new MemoryStore({ nowMs })]]), { nowMs });
const inner = Number(new URL(server.endpoint).port);
// The server listens on loopback only; in a namespace of its own this address is as closed.
createServer((client) => {
  const onward = connect(inner, '127.0.0.1');
  client.pipe(onward).pipe(client);
  for (const end of [client, onward])
    end.on('error', () => [client, onward].map((one) => one.destroy()));
}).listen(Number(port), address, () => console.log('ready'));
