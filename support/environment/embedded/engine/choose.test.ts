import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { SidecarSettings } from '../../../model/environment-settings.js';
import { chooseEngine } from './choose.js';

const folder = mkdtempSync('/tmp/mirrorspec-');
after(() => rmSync(folder, { recursive: true }));

function envoyIn(name: string, version: string): string {
  mkdirSync(join(folder, name));
  const path = join(folder, name, 'envoy');
  writeFileSync(path, `#!/bin/sh\necho "envoy  version: abc/${version}/Clean/RELEASE/BoringSSL"\n`);
  chmodSync(path, 0o755);
  return path;
}

const good = envoyIn('good', '1.40.0');
const old = envoyIn('old', '1.20.0');

async function chosen(settings: SidecarSettings, onPath: string): Promise<string> {
  const { PATH } = process.env;
  process.env.PATH = onPath;
  try {
    const choice = await chooseEngine(settings);
    if ('problem' in choice) return `problem: ${choice.problem}`;
    return `${choice.name} (${choice.because})`;
  } finally {
    process.env.PATH = PATH;
  }
}

describe('the engine of sidecars', () => {
  for (const [settings, onPath, expected] of [
    [{ engine: 'auto' }, join(folder, 'good'), 'envoy (on the PATH)'],
    [{ engine: 'auto' }, '', 'node (no envoy on the PATH)'],
    [{ engine: 'auto' }, join(folder, 'old'), `node (${old} is Envoy 1.20.0; mirrorspec needs 1.36 or newer)`],
    [{ engine: 'auto', envoy: good }, '', 'envoy (named by sidecar.envoy)'],
    // Who names one means it.
    [{ engine: 'auto', envoy: old }, '', `problem: ${old} is Envoy 1.20.0; mirrorspec needs 1.36 or newer`],
    [{ engine: 'envoy' }, join(folder, 'good'), 'envoy (on the PATH)'],
    [{ engine: 'envoy' }, '', 'problem: sidecar.engine is envoy, and there is no envoy on the PATH'],
    [{ engine: 'envoy' }, join(folder, 'old'), `problem: ${old} is Envoy 1.20.0; mirrorspec needs 1.36 or newer`],
    [{ engine: 'node', envoy: good }, join(folder, 'good'), 'node (sidecar.engine is node)'],
  ] as const) {
    it(`is ${expected.split(/[ :]/)[0]} for ${JSON.stringify(settings)} with ${onPath || 'none'} on the PATH`, async () => {
      assert.equal(await chosen(settings, onPath), expected);
    });
  }
});
