import { ByteWriter } from '../ptp/bytes.ts';
import type { Notice } from '../ptp/messages.ts';
import { type CanonEvent, decodeCanonEvents } from './canon-events.ts';
import { decodeCanonListing } from './canon-listing.ts';
import { CANON } from './codes.ts';
import { beginGeneric } from './generic.ts';
import { CANON_READS, STANDARD_READS } from './partial-reads.ts';
import {
  type ListedObject,
  POLL_MS,
  type Vendor,
  type VendorLink,
  type VendorSession,
} from './vendor.ts';

/** Canon EOS: told to be remote controlled, asked for its events, told of a full host unless it is told otherwise. */
export const CANON_EOS: Vendor = {
  name: 'canon',
  isFor: (info) => /canon/i.test(info.maker) && info.operations.includes(CANON.getEvent),
  begin: (link) => new CanonSession(link),
};

const PROPERTY = {
  focusMode: 0xd108,
  destination: 0xd11c,
  liveViewOutput: 0xd1b0,
  focusInfo: 0xd1d3,
} as const;
const FOCUS_MANUAL = 3;
const DESTINATION = { card: 2, host: 4, both: 6 } as const;
/** Remote mode, and how deep the shutter is pressed: half, then whole. */
const EOS_BODY = { mode: 0x01, press: [1, 2] };
/** Those that want it otherwise, by model: the first that fits (libgphoto2). */
const BODIES: readonly {
  readonly model: RegExp;
  readonly mode: number;
  readonly press: number[];
}[] = [
  { model: /EOS M6 Mark II/, mode: 0x01, press: [3] },
  { model: /PowerShot (SX540|SX600|SX720|G5 X)/, mode: 0x11, press: [3] },
  { model: /EOS M|PowerShot/, mode: 0x15, press: [3] },
];
/** The body believes the host's disk full until it is told of room: clusters, bytes of one, "reset". */
const HOST_CAPACITY = [0x0fffffff, 0x1000, 1];
/** The first events may come in pieces: asked for this often, until the last property of the body is there. */
const FIRST_EVENTS_TRIES = 9;
const FOCUS_TRIES = 40;
/** The third parameter of 9109, as libgphoto2 sends it. */
const LISTING_PARAM = 0x100000;

class CanonSession implements VendorSession {
  readonly hasMemoryFrames: boolean;
  readonly partialReads = [...STANDARD_READS, ...CANON_READS];
  readonly #link: VendorLink;
  readonly #values: Map<number, number> = new Map();
  readonly #allowed: Map<number, readonly number[]> = new Map();
  /** Numbers that were told of as files on the card. */
  readonly #onCard: Set<number> = new Set();
  /** Those of them that also wait in the camera's memory until they are acknowledged. */
  readonly #owed: Set<number> = new Set();
  /** As long as it is not 'card', frames go through the memory of the camera. */
  #goesTo: keyof typeof DESTINATION = 'card';

  constructor(link: VendorLink) {
    this.#link = link;
    this.hasMemoryFrames = link.destination !== 'card';
  }

  readonly poll = async (): Promise<void> => {
    for (const event of await this.#events()) this.#tell(event);
  };

  readonly capture = async (): Promise<void> => {
    const link = this.#link;
    const act = 'release the shutter';
    if (!link.supports(CANON.releaseOn)) {
      await link.run(CANON.remoteRelease, [], { act });
      return;
    }
    this.#values.delete(PROPERTY.focusInfo);
    const { press } = this.#body();
    for (const [index, depth] of press.entries()) {
      if (index > 0) await this.#waitForFocus();
      await link.run(CANON.releaseOn, [depth, 0], { act });
    }
    for (const depth of press.toReversed()) await link.run(CANON.releaseOff, [depth], { act });
  };

  readonly listFolder = async (storage: number, parent: number): Promise<ListedObject[]> => {
    const options = { act: 'list its files' };
    const params = [storage, parent, LISTING_PARAM];
    return decodeCanonListing((await this.#link.run(CANON.getObjectInfoEx, params, options)).data);
  };

  async prepare(): Promise<void> {
    const link = this.#link;
    await link.run(CANON.setRemoteMode, [this.#body().mode], { act: 'be remote controlled' });
    await link.run(CANON.setEventMode, [1], { act: 'tell its events' });
    for (let tries = 0; tries < FIRST_EVENTS_TRIES; tries += 1) {
      await this.poll();
      if (this.#values.has(PROPERTY.liveViewOutput)) break;
      await link.clock.sleep(POLL_MS);
    }
    this.#goesTo = this.#choose();
    await this.#setProperty(PROPERTY.destination, DESTINATION[this.#goesTo]);
    if (this.#goesTo === 'card') return;
    await link.attempt(CANON.lockUi);
    await link.attempt(CANON.reportHostCapacity, HOST_CAPACITY);
    await link.attempt(CANON.unlockUi);
  }

  /** Numbers from C001 on mean "ask for it" (9116), which is done anyway. */
  hear({ code }: Notice): boolean {
    return code >= 0xc000;
  }

  async acknowledge(raw: number, place: 'card' | 'memory'): Promise<void> {
    if (place === 'card' && !this.#owed.delete(raw)) return;
    await this.#link.attempt(CANON.transferComplete, [raw]);
  }

  readSize(raw: number): Promise<number | null> {
    return beginGeneric(this.#link).readSize(raw);
  }

  async leave(): Promise<void> {
    const link = this.#link;
    if (this.#goesTo !== 'card') await this.#setProperty(PROPERTY.destination, DESTINATION.card);
    await link.attempt(CANON.setEventMode, [0]);
    await link.attempt(CANON.setRemoteMode, [0]);
  }

  #body(): { readonly mode: number; readonly press: readonly number[] } {
    const { model } = this.#link.deviceInfo;
    return BODIES.find((body) => body.model.test(model)) ?? EOS_BODY;
  }

  /** Both is only asked of a body that says it can; 6 is not documented anywhere and no camera here has it. */
  #choose(): keyof typeof DESTINATION {
    const allowed = this.#allowed.get(PROPERTY.destination) ?? [DESTINATION.card, DESTINATION.host];
    const { destination, tell } = this.#link;
    if (destination === 'card-and-host') {
      if (allowed.includes(DESTINATION.both)) return 'both';
      tell.note('This Canon does not keep frames on card and host at once; they go to its card.');
      return 'card';
    }
    if (destination === 'card' || allowed.includes(DESTINATION.host)) return destination;
    tell.note('This Canon does not send frames to the host; they go to its card.');
    return 'card';
  }

  async #setProperty(property: number, value: number): Promise<void> {
    const dataOut = new ByteWriter().u32(12).u32(property).u32(value).done();
    const done = await this.#link.attempt(CANON.setPropertyEx, [], { dataOut });
    if (done === null) this.#link.tell.note('This Canon does not let its destination be set.');
  }

  /** A body that focuses by itself says so before it can release; manual focus and silence are not waited for long. */
  async #waitForFocus(): Promise<void> {
    if (this.#values.get(PROPERTY.focusMode) === FOCUS_MANUAL) return;
    for (let tries = 0; tries < FOCUS_TRIES; tries += 1) {
      await this.poll();
      if (this.#values.has(PROPERTY.focusInfo)) return;
      await this.#link.clock.sleep(POLL_MS);
    }
  }

  async #events(): Promise<readonly CanonEvent[]> {
    const { data } = await this.#link.run(CANON.getEvent, [], { act: 'tell its events' });
    return decodeCanonEvents(data);
  }

  #tell(event: CanonEvent): void {
    const { tell } = this.#link;
    if (event.kind === 'added') {
      if (event.sizeBytes !== null) tell.size(event.raw, event.sizeBytes);
      this.#onCard.add(event.raw);
      tell.added(event.raw);
    } else if (event.kind === 'waiting') this.#tellWaiting(event);
    else if (event.kind === 'removed') {
      this.#onCard.delete(event.raw);
      tell.removed(event.raw);
    } else if (event.kind === 'changed') tell.changed();
    else if (event.kind === 'property') this.#values.set(event.property, event.value);
    else if (event.kind === 'allowed') this.#allowed.set(event.property, event.values);
    else tell.note('The camera is about to switch off.');
  }

  /** Card and host at once: one frame, told of twice, and its place in memory is free once it is acknowledged. */
  #tellWaiting({ raw, name, sizeBytes }: CanonEvent & { readonly kind: 'waiting' }): void {
    if (this.#onCard.has(raw)) {
      this.#owed.add(raw);
      return;
    }
    const isOnlyInMemory = this.#goesTo === 'host';
    const facts = { name, sizeBytes };
    this.#link.tell.memoryFrame({ raw, facts, isOnlyInMemory, reading: 'parts' });
  }
}
