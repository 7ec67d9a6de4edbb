import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isOpenToOthers, unprivilegedCommand } from './unprivileged.js';

const folder = mkdtempSync('/tmp/mirrorspec-');
const inner = join(folder, 'inner');
mkdirSync(inner);
after(() => rmSync(folder, { recursive: true }));

describe('the command of an unprivileged user', () => {
  it('has no capability where its folder is open to others', () => {
    chmodSync(folder, 0o755);
    assert.equal(isOpenToOthers(inner), true);
    const argv = unprivilegedCommand(['node', 'server.js'], { uid: 1000, gid: 1000 }, inner);
    assert.deepEqual(argv.slice(-4), ['--pdeathsig=KILL', '--', 'node', 'server.js']);
    assert.ok(argv.includes('--bounding-set=-all'));
    assert.ok(!argv.join(' ').includes('dac_read_search'));
  });

  it('may read, and no more, where a folder above its own is closed', () => {
    chmodSync(folder, 0o700);
    assert.equal(isOpenToOthers(inner), false);
    const argv = unprivilegedCommand(['node'], { uid: 1000, gid: 1000 }, inner);
    assert.ok(argv.includes('--bounding-set=-all,+dac_read_search'));
  });

  it('keeps the administration of networks where the user does, and no more', () => {
    chmodSync(folder, 0o755);
    const argv = unprivilegedCommand(['envoy'], { uid: 1338, gid: 1337, keepsNetworkAdministration: true }, inner);
    for (const said of ['--inh-caps=-all,+net_admin', '--ambient-caps=+net_admin', '--bounding-set=-all,+net_admin']) {
      assert.ok(argv.includes(said), said);
    }
  });
});
