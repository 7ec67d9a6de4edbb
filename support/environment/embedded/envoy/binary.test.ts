import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { envoyOnPath, examineEnvoy, isOlder, OLDEST_ENVOY, versionIn } from './binary.js';

const folder = mkdtempSync('/tmp/mirrorspec-');
after(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, mode);
  return path;
}

function saying(version: string): string {
  return `echo; echo "$0  version: 9e5580933739775e8bce696a57a2e1bc99368f23/${version}/Clean/RELEASE/BoringSSL"; echo`;
}

describe('an Envoy', () => {
  it('is known by what it says of its version', async () => {
    const path = program('good', saying('1.40.0'));
    assert.deepEqual(await examineEnvoy(path), { path, version: '1.40.0' });
    const built = program('dev', saying('1.41.0-dev'));
    assert.deepEqual(await examineEnvoy(built), { path: built, version: '1.41.0' });
  });

  for (const [what, script, mode, words] of [
    ['too old', saying('1.35.9'), 0o755, /broken is Envoy 1\.35\.9; mirrorspec needs 1\.36 or newer$/],
    ['something else', 'echo "version: 3"', 0o755, /broken --version says nothing that an Envoy says: version: 3$/],
    [
      'broken',
      'echo "libm.so.6: cannot open" >&2; exit 127',
      0o755,
      /--version fails: exit code 127: libm\.so\.6: cannot open$/,
    ],
    ['killed', 'kill -KILL $$', 0o755, /--version fails: SIGKILL$/],
    ['no program', '', 0o644, /broken is no program that can be run$/],
  ] as const) {
    it(`that is ${what} is told in its own words`, async () => {
      const examined = await examineEnvoy(program('broken', script, mode));
      assert.ok('problem' in examined);
      assert.match(examined.problem, words);
      assert.match(examined.remedy, new RegExp(`Envoy ${OLDEST_ENVOY} or newer`));
    });
  }

  it('that is not there is told', async () => {
    const examined = await examineEnvoy(join(folder, 'nowhere'));
    assert.ok('problem' in examined);
    assert.match(examined.problem, /nowhere is no program that can be run$/);
  });

  it('is found on the PATH, where it can be run and is no folder', () => {
    const path = program('envoy', '');
    assert.equal(envoyOnPath(`/nowhere::${folder}`), path);
    chmodSync(path, 0o644);
    assert.equal(envoyOnPath(folder), undefined);
    assert.equal(envoyOnPath(''), undefined);
  });
});

describe('a version', () => {
  it('is read from the line that Envoy prints', () => {
    assert.equal(versionIn('envoy  version: abc/1.36.2/Clean/RELEASE/BoringSSL'), '1.36.2');
    assert.equal(versionIn('Envoy, probably'), undefined);
  });

  it('is compared by its numbers', () => {
    assert.deepEqual(
      [isOlder('1.9.0', '1.36'), isOlder('1.36.0', '1.36'), isOlder('2.0.0', '1.36'), isOlder('0.99.1', '1.36')],
      [true, false, false, true],
    );
  });
});
