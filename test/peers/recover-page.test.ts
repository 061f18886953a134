import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Download, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { backup, createVault, openVault, openWorld } from '../../src/index.ts';
import { skipBecause } from '../skip.ts';
import { flipBit, type SampleEntry, sha256 } from './format-1-lines.ts';
import { SAMPLE_RUNS, type SampleVault, writeFormat1Vault } from './format-1-vault.ts';
import { readStoredZip } from './read-zip.ts';
import { PAGE } from './recover-core.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const absent = existsSync(CHROMIUM) ? null : `no ${CHROMIUM} here: recover.html was not opened`;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The folders that the fake picker hands out, in order, are real ones of the browser's private file system. */
const PICKER = `
  window.picked = [];
  window.showDirectoryPicker = async () => {
    const name = window.picked.shift();
    if (name === undefined) throw new DOMException('nothing was chosen', 'AbortError');
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(name, { create: true });
  };
  window.writeFiles = async (folder, files) => {
    const root = await navigator.storage.getDirectory();
    for (const [path, text] of files) {
      let at = await root.getDirectoryHandle(folder, { create: true });
      const parts = path.split('/');
      const name = parts.pop();
      for (const part of parts) at = await at.getDirectoryHandle(part, { create: true });
      const stream = await (await at.getFileHandle(name, { create: true })).createWritable();
      await stream.write(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
      await stream.close();
    }
  };
  window.readFiles = async (folder) => {
    const files = [];
    const walk = async (at, path) => {
      for await (const child of at.values()) {
        if (child.kind === 'directory') await walk(child, path + child.name + '/');
        else {
          const bytes = new Uint8Array(await (await child.getFile()).arrayBuffer());
          let text = '';
          for (const byte of bytes) text += String.fromCharCode(byte);
          files.push([path + child.name, btoa(text)]);
        }
      }
    };
    const root = await navigator.storage.getDirectory();
    await walk(await root.getDirectoryHandle(folder, { create: true }), '');
    return files;
  };
`;

async function readTree(root: string): Promise<[string, string][]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files: [string, string][] = [];
  for (const entry of found.filter((item) => item.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.push([relative(root, path), (await readFile(path)).toString('base64')]);
  }
  return files;
}

/** Two backups of a small card by the library; what the newest snapshot must hold. */
async function protectWithLibrary(scratch: string) {
  const world = openWorld();
  const root = join(scratch, 'vault');
  const contents = new Map<string, Buffer>([
    ['DCIM/100NIKON/DSC_0001.NEF', randomBytes(2_000_000)],
    ['DCIM/100NIKON/DSC_0001.JPG', randomBytes(70_000)],
    ['DCIM/100NIKON/DSC_0001.xmp', Buffer.from('five stars')],
    ['DCIM/empty.dat', Buffer.alloc(0)],
  ]);
  await createVault(world, root, { label: 'From the library' });
  for (const rating of ['three stars', 'five stars']) {
    for (const [path, content] of contents) {
      const at = join(scratch, 'CARD', path);
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, path.endsWith('.xmp') ? rating : content);
    }
    await backup(world, await openVault(world, root), [join(scratch, 'CARD')]);
  }
  await world.workers.close();
  const rest = { source: 'CARD', kind: 'file', target: '', mtimeUs: 0, mode: 0o644 } as const;
  const entries = Array.from(contents, ([path, content]) => ({ ...rest, path, content }));
  return { root, entries };
}

describe('recover.html in a browser', skipBecause(absent), () => {
  let browser: Browser;
  let page: Page;
  let scratch = '';
  let vault: SampleVault;
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'fieldvault-page-'));
    vault = await writeFormat1Vault(join(scratch, 'vault'));
    const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB' });
    page = await context.newPage();
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|blob):|^https:\/\/page\.test\/$/.test(request.url()))
        complaints.push(request.url());
    });
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.context().close();
    await rm(scratch, { recursive: true });
  });

  /** Opens the page as a person does, from a file, and chooses the vault by the folder input. */
  async function openFromFile(root: string): Promise<void> {
    await page.goto(pathToFileURL(PAGE).href);
    await page.setInputFiles('#choose-files', root);
    await page.waitForSelector('#work', { state: 'hidden' });
    await page.waitForSelector('#take-out', { state: 'visible' });
  }

  /** Opens the page where handles work, and chooses the vault by the fake picker. */
  async function openWithHandles(root: string): Promise<void> {
    await page.addInitScript(PICKER);
    const body = await readFile(PAGE, 'utf8');
    await page.route('https://page.test/', (route) => {
      return route.fulfill({ contentType: 'text/html', body });
    });
    await page.goto('https://page.test/');
    await page.evaluate(`writeFiles('vault', ${JSON.stringify(await readTree(root))})`);
    await pick('vault');
    await page.click('#choose');
    await page.waitForSelector('#take-out', { state: 'visible' });
  }

  const pick = (name: string) => page.evaluate(`picked.push('${name}')`);

  async function chooseRun(run: string): Promise<void> {
    await page.check(`input[name=snapshot][value="${run}"]`);
    await page.waitForSelector('#work', { state: 'hidden' });
  }

  async function reportAfter(act: () => Promise<void>): Promise<string> {
    await page.evaluate(`document.getElementById('report').hidden = true`);
    await act();
    await page.waitForSelector('#report', { state: 'visible' });
    await page.waitForSelector('#work', { state: 'hidden' });
    return page.innerText('#report');
  }

  async function saved(download: Download): Promise<Buffer> {
    return readFile(await download.path());
  }

  async function expectInTarget(entries: readonly SampleEntry[], report: string): Promise<void> {
    const files = (await page.evaluate(`readFiles('target')`)) as [string, string][];
    const found = new Map(files.map(([path, text]) => [path, sha256(Buffer.from(text, 'base64'))]));
    const wanted = entries.filter((entry) => entry.kind === 'file');
    expect(found.size).toBe(wanted.length);
    const digests = [...found.values()].sort();
    expect(digests).toEqual(wanted.map((entry) => sha256(entry.content)).sort());
    for (const { source, path, content } of wanted) {
      const isPlain = /^[\w .-]*[\w-]$/.test(path.replaceAll('/', '')) && path !== 'CON.jpg';
      if (isPlain) expect(found.get(`${source}/${path}`), path).toBe(sha256(content));
    }
    expect(report).toContain(`${wanted.length} of ${wanted.length} files are restored`);
  }

  /** Saves the one ZIP file that the page offers and compares every file in it. */
  async function expectInZip(entries: readonly SampleEntry[]): Promise<void> {
    const waiting = page.waitForEvent('download');
    await page.click('#downloads a');
    const zip = await saved(await waiting);
    if (existsSync('/usr/bin/unzip')) {
      const path = join(scratch, 'saved.zip');
      await writeFile(path, zip);
      execFileSync('unzip', ['-tq', path]);
    }
    const contents = [...readStoredZip(zip)].filter(([name]) => !name.endsWith('/'));
    const wanted = entries.filter((entry) => entry.kind === 'file');
    const digests = contents.map(([, content]) => sha256(content)).sort();
    expect(digests).toEqual(wanted.map((entry) => sha256(entry.content)).sort());
    const frame = wanted[0];
    const name = `${frame?.source}/${frame?.path}`;
    expect(sha256(new Map(contents).get(name) ?? '')).toBe(sha256(frame?.content ?? ''));
  }

  test('lists the snapshots and the newest one, with every mark', async () => {
    await openFromFile(vault.folder);
    expect(await page.innerText('#vault-status')).toContain('Vault “Field A <b>& "co"</b>”');
    const rows = await page.locator('#snapshot-rows tr').allInnerTexts();
    expect(rows.length).toBe(6);
    expect(rows[0]).toContain('22 Nov 2026, 15:00');
    expect(rows[0]).toContain('newest');
    expect(rows[1]).toContain('cut off before its end');
    expect(rows[2]).toContain('dropped on purpose');
    expect(await page.innerText('#chosen')).toBe('6 files, 2.4 kB.');
    expect(await page.innerText('#vault-status')).toContain('journal/000005');
  });

  test('names from the vault are shown as text and never act', async () => {
    await openFromFile(vault.folder);
    await chooseRun(SAMPLE_RUNS.first);
    const rows = await page.innerText('#file-rows');
    expect(rows).toContain('<img src=x onerror=document.title="owned">.jpg');
    expect(rows).toContain('tab\u2409here\u2401.jpg');
    expect(await page.title()).toBe('Get your pictures back');
    expect(await page.locator('#file-rows img').count()).toBe(0);
  });

  test('source, folder and name narrow what is taken out', async () => {
    await openFromFile(vault.folder);
    await chooseRun(SAMPLE_RUNS.first);
    expect(await page.innerText('#chosen')).toContain('17 files');
    await page.selectOption('#source', 'NIKON Z 9');
    expect(await page.innerText('#chosen')).toContain('4 files');
    await page.selectOption('#folder', 'DCIM/100NIKON');
    await page.fill('#filter', 'dsc_*.jpg');
    expect(await page.innerText('#chosen')).toContain('2 files');
    await page.fill('#filter', '0001');
    expect(await page.innerText('#chosen')).toContain('3 files');
  });

  test('check names what is damaged, and praises a sound vault', async () => {
    await openFromFile(vault.folder);
    const report = await reportAfter(() => page.click('#check'));
    expect(report).toContain('2 things in this vault are damaged');
    for (const path of vault.damaged) expect(report).toContain(path);
    expect(report).toContain('Every file of every snapshot still has a sound copy');
    const sound = await writeFormat1Vault(join(scratch, 'sound'), true);
    await openFromFile(sound.folder);
    expect(await reportAfter(() => page.click('#check'))).toContain('The vault is sound');
  });

  test('one file is saved after it was checked, and a lost one is not', async () => {
    const copy = await writeFormat1Vault(join(scratch, 'copy'), true);
    await flipBit(join(copy.folder, copy.places.get('jpeg five') ?? ''), 3);
    await openFromFile(copy.folder);
    const waiting = page.waitForEvent('download');
    await page.click('button[aria-label="Save DCIM/100NIKON/DSC_0001.NEF"]');
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('DSC_0001.NEF');
    const wanted = copy.states.get(SAMPLE_RUNS.latest)?.[2]?.content ?? '';
    expect(sha256(await saved(download))).toBe(sha256(wanted));
    const lost = 'button[aria-label="Save DCIM/100NIKON/DSC_0005.JPG"]';
    expect(await reportAfter(() => page.click(lost))).toContain('This file cannot be saved');
  });

  test('a ZIP file is offered after its content was checked, and opens', async () => {
    await openFromFile(vault.folder);
    await chooseRun(SAMPLE_RUNS.first);
    const report = await reportAfter(() => page.click('#zip'));
    expect(report).toContain('17 of 17 files are in the ZIP files');
    await expectInZip(vault.states.get(SAMPLE_RUNS.first) ?? []);
  });

  test('a vault of the library is listed, checked, restored and put into a ZIP file', async () => {
    const { root, entries } = await protectWithLibrary(join(scratch, 'by library'));
    await openWithHandles(root);
    expect(await page.innerText('#vault-status')).toContain(
      'Vault “From the library”: 2 snapshots',
    );
    expect(await page.innerText('#chosen')).toBe('4 files, 2.1 MB.');
    expect(await reportAfter(() => page.click('#check'))).toContain('The vault is sound');
    await pick('target');
    await expectInTarget(entries, await reportAfter(() => page.click('#restore')));
    expect(await reportAfter(() => page.click('#zip'))).toContain('4 of 4 files');
    await expectInZip(entries);
  });

  test('restores into a folder by handles, exactly, and says which names it changed', async () => {
    await openWithHandles(vault.folder);
    await chooseRun(SAMPLE_RUNS.first);
    await pick('target');
    const report = await reportAfter(() => page.click('#restore'));
    await expectInTarget(vault.states.get(SAMPLE_RUNS.first) ?? [], report);
    expect(report).toContain('Desk/trailing dot.: written as Desk/trailing dot_');
    expect(report).toContain('Desk/outside: a link to ../../etc/passwd');
  });

  test('restoring again recognises what is there, and puts company beside what differs', async () => {
    await openWithHandles(vault.folder);
    await chooseRun(SAMPLE_RUNS.second);
    await pick('target');
    await reportAfter(() => page.click('#restore'));
    await pick('target');
    const again = await reportAfter(() => page.click('#restore'));
    expect(again).toContain('4 files of them were there already');
    await expectInTarget(vault.states.get(SAMPLE_RUNS.second) ?? [], again);
    const edited = Buffer.from('edited').toString('base64');
    const path = 'NIKON Z 9/DCIM/100NIKON/DSC_0003.JPG';
    await page.evaluate(`writeFiles('target', [['${path}', '${edited}']])`);
    await pick('target');
    const third = await reportAfter(() => page.click('#restore'));
    expect(third).toContain(`${path}: written as ${path.replace('.JPG', ' (2).JPG')}`);
    const files = new Map((await page.evaluate(`readFiles('target')`)) as [string, string][]);
    expect(files.get(path)).toBe(edited);
  });

  test('a folder in a vault is refused as a target', async () => {
    await openWithHandles(vault.folder);
    await pick('vault');
    const report = await reportAfter(() => page.click('#restore'));
    expect(report).toContain('This folder is in a vault');
    const files = (await page.evaluate(`readFiles('vault')`)) as [string, string][];
    expect(files.sort()).toEqual((await readTree(vault.folder)).sort());
  });

  test('without a journal everything stored is offered by date, and checked', async () => {
    await rm(join(vault.folder, 'journal'), { recursive: true });
    await openWithHandles(vault.folder);
    expect(await page.innerText('#vault-status')).toContain('journal is missing');
    expect(await page.innerText('#file-rows')).toContain('originals/2026/2026-11-22/DSC_0001~');
    await pick('target');
    const report = await reportAfter(() => page.click('#restore'));
    expect(report).toContain('LEFT_OVER~0123456789abcdef.NEF is damaged');
    expect(report).toContain('DSC_0002~835e853b5fadf3e7.JPG is damaged');
    expect(report).toContain('21 of 23 files are restored');
  });

  test('a folder that is no vault is refused with the way on', async () => {
    await page.goto(pathToFileURL(PAGE).href);
    await page.setInputFiles('#choose-files', join(vault.folder, 'originals'));
    await page.waitForSelector('#vault-status p');
    expect(await page.innerText('#vault-status')).toContain('not a vault');
    expect(await page.isVisible('#take-out')).toBe(false);
  });

  test('the page can be used by keyboard alone', async () => {
    await openFromFile(vault.folder);
    await page.focus('input[name=snapshot]:checked');
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('#work', { state: 'hidden' });
    expect(await page.innerText('#chosen')).toContain('5 files');
    const place = 'document.activeElement.value';
    expect(await page.evaluate(place)).toBe(SAMPLE_RUNS.cutOff);
    await page.focus('#filter');
    await page.keyboard.type('0003');
    await page.focus('#zip');
    expect(await reportAfter(() => page.keyboard.press('Enter'))).toContain('1 of 1 file');
  });
});
