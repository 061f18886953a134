import { describe, expect, it } from 'vitest';
import { SimClock } from '../../testing/index.ts';
import { refusedError } from '../camera-error.ts';
import type { CaptureDestination } from '../connection.ts';
import { ByteWriter } from '../ptp/bytes.ts';
import { EVENT, formatCode, OPERATION, RESPONSE } from '../ptp/codes.ts';
import type { DeviceInfo } from '../ptp/datasets.ts';
import { vendorOf } from './choose.ts';
import { CANON, NIKON, SONY } from './codes.ts';
import { FUJI_INFO } from './fuji.ts';
import type { VendorLink, VendorSession } from './vendor.ts';

const PLAIN: DeviceInfo = { ...FUJI_INFO, vendorExtensionId: 0, maker: 'Maker', operations: [] };
const EOS = { ...PLAIN, maker: 'Canon Inc.', operations: Object.values(CANON) };
const D750 = { ...PLAIN, vendorExtensionId: 10, operations: Object.values(NIKON) };
const ALPHA = { ...PLAIN, vendorExtensionId: 17, operations: Object.values(SONY) };

interface Tried {
  readonly session: VendorSession;
  /** Operations as `9128(1,0)`, with the data they took behind `=`. */
  readonly asked: string[];
  readonly told: string[];
  readonly clock: SimClock;
}

interface TryOptions {
  readonly destination?: CaptureDestination;
  /** Answers in turn to each operation; the last one stays. */
  readonly answers?: Readonly<Record<number, readonly Uint8Array[]>>;
  readonly refuses?: readonly number[];
}

function tryVendor(info: DeviceInfo, options: TryOptions = {}): Tried {
  const asked: string[] = [];
  const told: string[] = [];
  const clock = new SimClock(0);
  const counts = new Map<number, number>();
  const run: VendorLink['run'] = async (operation, params = [], { dataOut } = {}) => {
    const hex = (number: number): string => number.toString(16).toUpperCase();
    const data = dataOut === undefined ? '' : `=${Buffer.from(dataOut).toString('hex')}`;
    asked.push(`${formatCode(operation)}(${params.map(hex).join(',')})${data}`);
    if (options.refuses?.includes(operation)) throw refusedError('try', RESPONSE.notSupported, '');
    const count = counts.get(operation) ?? 0;
    counts.set(operation, count + 1);
    const answers = options.answers?.[operation] ?? [];
    const answer = answers[Math.min(count, answers.length - 1)] ?? new Uint8Array(0);
    return { data: answer, reply: { code: RESPONSE.ok, transaction: 0, params: [] } };
  };
  const tell = (name: string) => (value?: unknown) => {
    told.push(value === undefined ? name : `${name} ${JSON.stringify(value)}`);
  };
  const link: VendorLink = {
    clock,
    deviceInfo: info,
    destination: options.destination ?? 'card-and-host',
    supports: (operation) => info.operations.includes(operation),
    run,
    attempt: (operation, params, more) => run(operation, params, more).catch(() => null),
    openEvents: async () => {
      asked.push('events');
    },
    tell: {
      added: tell('added'),
      removed: tell('removed'),
      captureComplete: tell('captureComplete'),
      storeFull: tell('storeFull'),
      changed: tell('changed'),
      note: tell('note'),
      memoryFrame: tell('memoryFrame'),
      size: (raw, sizeBytes) => told.push(`size ${raw} ${sizeBytes}`),
    },
  };
  return { session: vendorOf(info).begin(link), asked, told, clock };
}

function entry(type: number, ...numbers: readonly number[]): Uint8Array {
  const writer = new ByteWriter().u32(8 + 4 * numbers.length).u32(type);
  for (const number of numbers) writer.u32(number);
  return writer.done();
}

function events(...entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...entries, new ByteWriter().u32(8).u32(0).done()]);
}

/** Live view's output: the last property that a body tells at first. */
const AWAKE = entry(0xc189, 0xd1b0, 0);

function destinations(...values: readonly number[]): Uint8Array {
  return entry(0xc18a, 0xd11c, 3, values.length, ...values);
}

describe('vendorOf()', () => {
  it.each<readonly [string, DeviceInfo]>([
    ['canon', EOS],
    ['nikon', D750],
    ['nikon', { ...PLAIN, vendorExtensionId: 6, maker: 'Nikon Corporation' }],
    ['sony', ALPHA],
    ['fuji', FUJI_INFO],
    ['generic', PLAIN],
    ['generic', { ...PLAIN, maker: 'Canon Inc.' }],
  ])('%s', (name, info) => {
    expect(vendorOf(info).name).toBe(name);
  });
});

describe('Canon EOS', () => {
  it.each<readonly [CaptureDestination, readonly number[], string, number]>([
    ['card', [2, 4], '02', 0],
    ['card-and-host', [2, 4], '02', 0],
    ['card-and-host', [2, 4, 6], '06', 3],
    ['host', [2, 4], '04', 3],
    ['host', [2], '02', 0],
  ])('%s of %j: set to %s', async (destination, allowed, value, capacityCalls) => {
    const first = events(destinations(...allowed), AWAKE);
    const tried = tryVendor(EOS, { destination, answers: { [CANON.getEvent]: [first] } });
    await tried.session.prepare();
    expect(tried.asked).toEqual([
      ...['9114(1)', '9115(1)', '9116()', `9110()=0c0000001cd10000${value}000000`],
      ...['911B()', '911A(FFFFFFF,1000,1)', '911C()'].slice(0, capacityCalls),
    ]);
    await tried.session.leave();
    const left = tried.asked.slice(4 + capacityCalls);
    expect(left.slice(-2)).toEqual(['9115(0)', '9114(0)']);
    expect(left.length).toBe(value === '02' ? 2 : 3);
  });

  it('asks for its first events a bounded number of times', async () => {
    const tried = tryVendor(EOS, { destination: 'card' });
    await tried.session.prepare();
    expect(tried.asked.filter((one) => one === '9116()')).toHaveLength(9);
  });

  it('presses half, waits for focus, then whole', async () => {
    const focused = events(entry(0xc189, 0xd1d3, 1));
    const tried = tryVendor(EOS, { answers: { [CANON.getEvent]: [events(), focused] } });
    await tried.session.capture?.();
    expect(tried.asked.join(' ')).toBe('9128(1,0) 9116() 9116() 9128(2,0) 9129(2) 9129(1)');
    const slow = tryVendor(EOS);
    await slow.session.capture?.();
    expect(slow.clock.monotonicMs()).toBe(2000);
  });

  it.each([
    ['Canon EOS M50', '9114(15)'],
    ['Canon PowerShot SX720 HS', '9114(11)'],
    ['Canon EOS M6 Mark II', '9114(1)'],
  ])('%s is woken with %s and pressed at once', async (model, woken) => {
    const tried = tryVendor({ ...EOS, model }, { answers: { [CANON.getEvent]: [events(AWAKE)] } });
    await tried.session.prepare();
    expect(tried.asked[0]).toBe(woken);
    tried.asked.length = 0;
    await tried.session.capture?.();
    expect(tried.asked).toEqual(['9128(3,0)', '9129(3)']);
  });

  it('tells one frame once that goes to card and host, and frees its place when it is durable', async () => {
    const card = entry(0xc181, 7, 1, 0, 0, 0, 5000);
    const memory = entry(0xc186, 7, 0, 0, 5000, 0, 0x41);
    const tried = tryVendor(EOS, { answers: { [CANON.getEvent]: [events(card, memory)] } });
    await tried.session.poll?.();
    expect(tried.told).toEqual(['size 7 5000', 'added 7']);
    await tried.session.acknowledge(7, 'card');
    await tried.session.acknowledge(7, 'card');
    expect(tried.asked.slice(1)).toEqual(['9117(7)']);
  });

  it('tells frames in memory, removals, changes, and that it will sleep', async () => {
    const told = events(
      ...[entry(0xc186, 9, 0, 0, 77, 0, 0x2e414141), entry(0xc182, 3), entry(0xc185, 1)],
      ...[entry(0xc18d), entry(0xffff, 1, 2, 3)],
    );
    const tried = tryVendor(EOS, { answers: { [CANON.getEvent]: [told] } });
    await tried.session.poll?.();
    expect(tried.told.slice(0, 3)).toEqual([
      'memoryFrame {"raw":9,"facts":{"name":"AAA.","sizeBytes":77},"isOnlyInMemory":false,"reading":"parts"}',
      'removed 3',
      'changed',
    ]);
    expect(tried.told).toHaveLength(4);
  });
});

describe('Nikon', () => {
  it.each<readonly [CaptureDestination, string]>([
    ['card-and-host', '9207(FFFFFFFF,0)'],
    ['host', '9207(FFFFFFFF,1)'],
  ])('%s: is remote for one shot', async (destination, release) => {
    const tried = tryVendor(D750, { destination });
    await tried.session.capture?.();
    expect(tried.asked).toEqual(['90C2(1)', release, '90C8()', '90C2(0)']);
  });

  it('gives its own mode back when the shot fails', async () => {
    const tried = tryVendor(D750, { refuses: [NIKON.captureToMedia] });
    await expect(tried.session.capture?.()).rejects.toMatchObject({ code: 'CAMERA_REFUSED' });
    expect(tried.asked.at(-1)).toBe('90C2(0)');
  });

  it.each([
    ['short', NIKON.getEvent, [NIKON.getEvent]],
    ['long', NIKON.getEventEx, [NIKON.getEventEx]],
  ])('its events, %s', async (form, code, operations) => {
    const writer = new ByteWriter().u16(3);
    if (form === 'long') writer.u16(0);
    for (const [event, raw] of [
      [EVENT.objectAdded, 5],
      [EVENT.nikonAddedInMemory, 0],
      [0x4006, 1],
    ] as const) {
      writer.u16(event);
      if (form === 'long') writer.u16(1);
      writer.u32(raw);
    }
    const tried = tryVendor({ ...D750, operations }, { answers: { [code]: [writer.done()] } });
    await tried.session.poll?.();
    expect(tried.told).toEqual([
      'added 5',
      `memoryFrame {"raw":${0xffff0001},"facts":null,"isOnlyInMemory":true,"reading":"whole"}`,
    ]);
  });

  it('is not asked for events where that confuses it', () => {
    expect(tryVendor({ ...D750, model: 'NIKON 1 J1' }).session.poll).toBeNull();
    expect(tryVendor({ ...D750, model: 'D750' }).session.poll).not.toBeNull();
  });
});

describe('Sony', () => {
  /** One property of 16 bits as 9209 gives it: with a byte for how it changes. */
  function property(code: number, value: number): Uint8Array {
    const desc = new ByteWriter().u64(1).u16(code).u16(4).u8(0).u8(1);
    return desc.u16(0).u16(value).u8(0).done();
  }

  it('is greeted in three steps, and pressed and let go', async () => {
    const focused = property(0xd213, 2);
    const tried = tryVendor(ALPHA, { answers: { [SONY.getAllProperties]: [focused] } });
    await tried.session.prepare();
    expect(tried.asked.join(' ')).toBe(
      '9201(1,0,0) 9201(2,0,0) 9202(C8) 9201(3,0,0) 9205(D25A)=01',
    );
    tried.asked.length = 0;
    await tried.session.capture?.();
    expect(tried.asked.join(' ')).toBe(
      '9207(D2C1)=0200 9207(D2C2)=0200 9209() 9207(D2C2)=0100 9207(D2C1)=0100',
    );
  });

  it('gives slow starters their time', async () => {
    const blurred = property(0xd213, 1);
    const answers = { [SONY.getAllProperties]: [blurred] };
    const tried = tryVendor({ ...ALPHA, model: 'ZV-1' }, { answers });
    await tried.session.capture?.();
    expect(tried.clock.monotonicMs()).toBe(3000 + 20 * 50);
  });

  it.each([
    [0x0001, 0],
    [0x8000, 0],
    [0x8001, 1],
    [0x8003, 1],
  ])('frames waiting %i: told %i', async (value, count) => {
    const waiting = property(0xd215, value);
    const tried = tryVendor(ALPHA, { answers: { [SONY.getAllProperties]: [waiting] } });
    await tried.session.poll?.();
    expect(tried.told).toHaveLength(count);
  });
});

describe('Fuji', () => {
  it('is told its mode, says its version, opens its events, gives whole pictures', async () => {
    const version = new ByteWriter().u32(0x20006).done();
    const tried = tryVendor(FUJI_INFO, { answers: { [OPERATION.getDevicePropValue]: [version] } });
    await tried.session.prepare();
    expect(tried.asked).toEqual([
      ...['1016(DF01)=0500', '1015(DF24)', '1016(DF24)=06000200', '101C(0,0)', 'events'],
      '1016(D227)=0100',
    ]);
  });

  it('focuses, then releases', async () => {
    const states = [1, 1, 2].map((state) => new ByteWriter().u16(state).done());
    const tried = tryVendor(FUJI_INFO, { answers: { [OPERATION.getDevicePropValue]: states } });
    await tried.session.capture?.();
    expect(tried.asked.join(' ')).toBe(
      '1016(D208)=0002 100E(0,0) 1015(D209) 1015(D209) 1015(D209) 1016(D208)=0403 100E(0,0)',
    );
  });

  it('an event without a number means: compare', () => {
    const { session, told } = tryVendor(FUJI_INFO);
    expect(session.hear({ code: EVENT.fujiAdded, transaction: 0, params: [] })).toBe(true);
    expect(session.hear({ code: EVENT.fujiAdded, transaction: 0, params: [6] })).toBe(true);
    expect(told).toEqual(['changed', 'added 6']);
  });
});

describe('others', () => {
  it.each([
    ['OLYMPUS', 0xc102, true],
    ['Panasonic', 0xc108, true],
    ['Maker', 0xc102, false],
  ])('%s: %i', (maker, code, isNews) => {
    const { session, told } = tryVendor({ ...PLAIN, maker });
    expect(session.hear({ code, transaction: 0, params: [1] })).toBe(isNews);
    expect(told).toEqual(isNews ? ['changed'] : []);
  });
});
