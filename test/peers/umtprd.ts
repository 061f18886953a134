import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsbEndpoints } from '../../src/platform/index.ts';

/** Why Debian's MTP responder cannot be asked here; null where it can. */
export function umtprdMissing(): string | null {
  if (process.platform !== 'linux') return 'umtprd runs on Linux only';
  for (const tool of ['umtprd', 'cc']) {
    if (spawnSync('which', [tool]).status !== 0)
      return `no ${tool} here (Debian: umtp-responder, gcc)`;
  }
  return null;
}

/** umtprd with a folder as its card, and this process as its USB host. */
export interface RunningUmtprd {
  readonly endpoints: UsbEndpoints;
  /** What is put here is on its card. */
  readonly card: string;
  /** On the same file system, and not on the card. */
  readonly aside: string;
  close(): Promise<void>;
}

const PACKET = 512;
/** Events of FunctionFS, 12 bytes with their type in the ninth. */
const BIND = 0;
const ENABLE = 2;

/** Starts it behind sockets in place of FunctionFS: it writes its descriptors, is enabled, opens its endpoints. */
export async function startUmtprd(fill: (card: string) => void): Promise<RunningUmtprd> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldvault-umtprd-'));
  const card = join(folder, 'card');
  const aside = join(folder, 'aside');
  for (const path of [card, aside]) mkdirSync(path);
  fill(card);
  const shim = join(folder, 'ffs-shim.so');
  const source = join(import.meta.dirname, 'ffs-shim.c');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', shim, source, '-ldl']);
  if (built.status !== 0) throw new Error(`cc: ${built.stderr.toString()}`);
  const ends = await Promise.all([0, 1, 2, 3].map((index) => listen(join(folder, `ep${index}`))));
  const config = join(folder, 'umtprd.conf');
  writeFileSync(config, configOf(card));
  const child = spawn('umtprd', ['-conf', config], {
    env: { ...process.env, LD_PRELOAD: shim, FAKEFFS: folder },
    stdio: 'ignore',
  });
  const [control, fromDevice, toDevice, interrupt] = ends as [End, End, End, End];
  // Descriptors, then strings.
  await control.take();
  await control.take();
  for (const type of [BIND, ENABLE]) await control.give(eventOf(type));
  await Promise.all([fromDevice.isOpen, toDevice.isOpen, interrupt.isOpen]);
  const close = async (): Promise<void> => {
    await ended(child);
    for (const end of ends) end.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { endpoints: endpointsOf(fromDevice, toDevice, interrupt), card, aside, close };
}

/** One endpoint: frames of {length, bytes} over one connection. */
class End {
  readonly #server: Server;
  readonly #frames: Buffer[] = [];
  #socket: Socket | null = null;
  #pending: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #isClosed = false;
  readonly isOpen: Promise<void>;

  constructor(server: Server) {
    this.#server = server;
    this.isOpen = new Promise((resolve) => {
      server.on('connection', (socket) => {
        this.#socket = socket;
        socket.on('data', (bytes: Buffer) => this.#feed(bytes));
        socket.on('error', () => undefined);
        socket.on('close', () => this.#end());
        resolve();
      });
    });
  }

  async take(): Promise<Buffer> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#isClosed) throw Object.assign(new Error('no device'), { code: 'ENODEV' });
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  putBack(bytes: Buffer): void {
    this.#frames.unshift(bytes);
  }

  async give(bytes: Uint8Array): Promise<void> {
    await this.isOpen;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    this.#socket?.write(Buffer.concat([length, bytes]));
  }

  close(): void {
    this.#end();
    this.#socket?.destroy();
    this.#server.close();
  }

  #end(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #feed(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= 4) {
      const end = 4 + this.#pending.readUInt32LE();
      if (this.#pending.length < end) break;
      this.#frames.push(this.#pending.subarray(4, end));
      this.#pending = this.#pending.subarray(end);
    }
    this.#wake();
  }
}

async function listen(path: string): Promise<End> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return new End(server);
}

/** A write of the device that fills its packets goes on in the next one: the transfer ends with a short packet. */
function endpointsOf(fromDevice: End, toDevice: End, interrupt: End): UsbEndpoints {
  return {
    maxPacketSize: PACKET,
    bulkOut: (data) => toDevice.give(data),
    bulkIn: async (maxBytes) => {
      const pieces: Buffer[] = [];
      for (let left = maxBytes; left > 0; ) {
        const frame = await fromDevice.take();
        if (frame.length > left) fromDevice.putBack(frame.subarray(left));
        const piece = frame.subarray(0, left);
        pieces.push(piece);
        left -= piece.length;
        if (piece.length % PACKET !== 0 || piece.length === 0) break;
      }
      return Buffer.concat(pieces);
    },
    interruptIn: () => interrupt.take(),
    controlOut: async () => undefined,
    clearHalt: async () => undefined,
    close: async () => {
      for (const end of [fromDevice, toDevice, interrupt]) end.close();
    },
  };
}

function eventOf(type: number): Uint8Array {
  const event = new Uint8Array(12);
  event[8] = type;
  return event;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill('SIGKILL');
  await exited;
}

function configOf(card: string): string {
  const lines = {
    loop_on_disconnect: '1',
    storage: `"${card}" "card" "rw"`,
    manufacturer: '"Debian"',
    product: '"umtprd"',
    serial: '"12345"',
    firmware_version: '"1.0"',
    interface: '"MTP"',
    usb_vendor_id: '0x1D6B',
    usb_product_id: '0x0100',
    usb_class: '0x6',
    usb_subclass: '0x1',
    usb_protocol: '0x1',
    usb_dev_version: '0x3008',
    usb_functionfs_mode: '0x1',
    usb_dev_path: '"/dev/ffs-mtp/ep0"',
    usb_epin_path: '"/dev/ffs-mtp/ep1"',
    usb_epout_path: '"/dev/ffs-mtp/ep2"',
    usb_epint_path: '"/dev/ffs-mtp/ep3"',
    usb_max_packet_size: '0x200',
  };
  const words = Object.entries(lines).map(([name, value]) => `${name} ${value}\n`);
  return words.join('');
}
