import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { byteSourceOf, findPreviews } from '../../src/analysis/index.ts';
import { noSamples, type Sample, samplesBelow } from '../analysis/samples.ts';
import { skipBecause } from '../skip.ts';
import { whyNoTool } from './raw-tools.ts';

const FOLDERS = [
  'raw',
  'raw_burst',
  'jpeg_burst/focus_bracket',
  'metadata/exiftool_t',
  'metadata/truncated_raw',
  'metadata/immich',
  'metadata/metadata-extractor',
  'similarity',
  'sidecars/exifr',
];
const TAGS = ['PreviewImage', 'JpgFromRaw', 'JpgFromRaw2', 'ThumbnailImage', 'OtherImage'];

/** Pictures that ExifTool finds where this project does not look, and why that costs nothing. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'metadata/exiftool_t/Sony.pmp': 'a container of a camera of 1997',
  'metadata/exiftool_t/ExifTool.jpg': 'FlashPix and JFXX segments; the JPEG itself is decoded',
  'metadata/exiftool_t/SigmaDP2.x3f': 'a text in place of a picture',
  'metadata/immich/formats/webp/denali.webp': 'a WebP is decoded itself',
  'similarity/imagededup/formats_images/ukbench09380.webp': 'a WebP is decoded itself',
  'similarity/imagededup/alpha_channel_image.png': 'a PNG is decoded itself',
  'metadata/metadata-extractor/nikonMakernoteType2b.jpg': 'a trailer of an editor',
};
/** ExifTool takes the box to its end, one byte behind the JPEG whose length the box itself says. */
const PADDED = 'metadata/truncated_raw/fixture.cr3';

interface Extracted {
  readonly sample: Sample;
  readonly tag: string;
  readonly bytes: Buffer;
}

/** What ExifTool takes out of the files: only pictures that begin as a JPEG does; stubs have words in their place. */
function extract(samples: readonly Sample[]): Extracted[] {
  const words = ['-q', '-m', '-j', '-b', '-a', '-G1', ...TAGS.map((tag) => `-${tag}`)];
  const { stdout } = spawnSync('exiftool', [...words, ...samples.map(({ path }) => path)], {
    maxBuffer: 2 ** 28,
  });
  const records: Readonly<Record<string, unknown>>[] = JSON.parse(stdout.toString('utf8'));
  return records.flatMap((record) => {
    const sample = samples.find(({ path }) => path === record['SourceFile']);
    if (sample === undefined) throw new Error(`exiftool names ${record['SourceFile']}`);
    return Object.entries(record)
      .filter(([, value]) => String(value).startsWith('base64:'))
      .map(([tag, value]) => ({
        sample,
        tag,
        bytes: Buffer.from(String(value).slice(7), 'base64'),
      }))
      .filter(({ bytes }) => bytes[0] === 0xff && bytes[1] === 0xd8);
  });
}

describe('embedded previews of real files', skipBecause(noSamples ?? whyNoTool('exiftool')), () => {
  // Segments cut out of JPEGs are no files that a camera writes.
  const samples =
    noSamples === null
      ? samplesBelow(...FOLDERS).filter(({ name }) => !/\.app\w(\.\d)?$/.test(name))
      : [];

  test('are those that ExifTool takes out, byte for byte', async () => {
    const extracted = extract(samples);
    const missed: string[] = [];
    let found = 0;
    for (const { sample, tag, bytes } of extracted) {
      const file = readFileSync(sample.path);
      const wanted = sample.name === PADDED ? bytes.subarray(0, -1) : bytes;
      const previews = await findPreviews(byteSourceOf(file));
      const isFound = previews.some(
        ({ offset, lengthBytes }) =>
          lengthBytes === wanted.length &&
          wanted.equals(file.subarray(offset, offset + lengthBytes)),
      );
      if (isFound) found += 1;
      else if (LEFT_OUT[sample.name] === undefined) missed.push(`${sample.name} ${tag}`);
    }
    expect(missed).toEqual([]);
    expect(found).toBeGreaterThanOrEqual(60);
  });

  test('of RAW files are found by reading a small part of them', async () => {
    for (const sample of samplesBelow('raw/complete')) {
      const file = readFileSync(sample.path);
      let bytesRead = 0;
      const source = byteSourceOf(file);
      await findPreviews({
        ...source,
        read: (offset, length) => {
          bytesRead += Math.min(length, file.length - offset);
          return source.read(offset, length);
        },
      });
      expect([sample.name, bytesRead < 400_000]).toEqual([sample.name, true]);
    }
  });
});
