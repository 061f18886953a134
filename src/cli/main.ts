#!/usr/bin/env node
import process from 'node:process';

// Only what an old Node understands may stand in this file: it must be read before it can say what is missing.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `FieldVault needs Node 24 or newer; this is Node ${process.versions.node}. Nothing was changed.\n` +
      'In a checkout, "npm run --silent fieldvault -- <command>" uses the Node that belongs to it.\n',
  );
  process.exitCode = 1;
} else {
  const { start } = await import('./start.ts');
  await start();
}
