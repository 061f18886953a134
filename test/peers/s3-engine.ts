import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

/** An S3 engine that runs beside the tests. */
export interface S3Engine {
  readonly endpoint: string;
  /** Whether it is expected to honour `If-None-Match`. */
  readonly hasConditionalPut: boolean;
  /** Kills its gateway at once and starts it again; null where the tests were not told how. */
  readonly restart: { kill(): void; start(): void } | null;
}

/** The engine that the environment names; null where it names none. */
export function namedEngine(): S3Engine | null {
  const endpoint = process.env['FIELDVAULT_S3_ENDPOINT'];
  if (endpoint === undefined || endpoint === '') return null;
  const pidFile = process.env['FIELDVAULT_S3_PID_FILE'];
  const startCommand = process.env['FIELDVAULT_S3_START'];
  return {
    endpoint,
    hasConditionalPut: process.env['FIELDVAULT_S3_CONDITIONAL'] !== 'no',
    restart:
      pidFile === undefined || startCommand === undefined
        ? null
        : {
            kill: () => process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL'),
            start: () => void execFileSync('sh', ['-c', startCommand], { stdio: 'ignore' }),
          },
  };
}

/** Why there is no engine to try; null where there is one. */
export function whyNoEngine(): string | null {
  return namedEngine() === null
    ? 'no S3 engine: start one and set FIELDVAULT_S3_ENDPOINT, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (docs/testing.md)'
    : null;
}

/** Makes a new bucket. */
export async function makeBucket(endpoint: string, name: string): Promise<string> {
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  client.destroy();
  return name;
}
