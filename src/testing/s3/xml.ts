import type { ListPage, Upload, UploadedPart } from '../../store/index.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';

/** The answer to ListObjectsV2. */
export function formatListing(bucket: string, prefix: string, page: ListPage): string {
  const objects = page.objects.map(
    ({ key, sizeBytes, modifiedMs, etag }) =>
      `<Contents><Key>${escapeXml(key)}</Key><LastModified>${new Date(modifiedMs).toISOString()}</LastModified>` +
      `<ETag>&quot;${etag}&quot;</ETag><Size>${sizeBytes}</Size></Contents>`,
  );
  const folders = page.folders.map(
    (folder) => `<CommonPrefixes><Prefix>${escapeXml(folder)}</Prefix></CommonPrefixes>`,
  );
  const next = page.next === null ? '' : Buffer.from(page.next, 'utf8').toString('base64url');
  const token = next === '' ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return `${HEAD}<ListBucketResult><Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix><IsTruncated>${page.next !== null}</IsTruncated>${token}${objects.join('')}${folders.join('')}</ListBucketResult>`;
}

/** The answer to CreateMultipartUpload. */
export function formatUpload({ key, id }: Upload): string {
  return `${HEAD}<InitiateMultipartUploadResult><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`;
}

/** The answer to ListMultipartUploads. */
export function formatUploads(uploads: readonly Upload[]): string {
  const items = uploads.map(
    ({ key, id, begunMs }) =>
      `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId><Initiated>${new Date(begunMs).toISOString()}</Initiated></Upload>`,
  );
  return `${HEAD}<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${items.join('')}</ListMultipartUploadsResult>`;
}

/** The answer to ListParts. */
export function formatParts(parts: readonly UploadedPart[]): string {
  const items = parts.map(
    ({ number, sizeBytes, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${etag}&quot;</ETag><Size>${sizeBytes}</Size></Part>`,
  );
  return `${HEAD}<ListPartsResult><IsTruncated>false</IsTruncated>${items.join('')}</ListPartsResult>`;
}

/** The answer to CompleteMultipartUpload. */
export function formatCompleted(key: string): string {
  return `${HEAD}<CompleteMultipartUploadResult><Key>${escapeXml(key)}</Key></CompleteMultipartUploadResult>`;
}

/** The answer to what went wrong. */
export function formatTrouble(code: string): string {
  return `${HEAD}<Error><Code>${code}</Code><Message>${code} of the simulated server</Message></Error>`;
}

/** The parts that a CompleteMultipartUpload names. */
export function parseParts(body: string): UploadedPart[] {
  const parts = body.matchAll(/<Part>(.*?)<\/Part>/gs);
  return [...parts].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: /<ETag>(?:"|&quot;)*([^"&<]*)/.exec(part)?.[1] ?? '',
    sizeBytes: 0,
  }));
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
