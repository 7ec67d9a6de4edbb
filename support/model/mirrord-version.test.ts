import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from './errors.js';
import {
  detectionTimeoutMs,
  honoursHttpFilters,
  isInRange,
  mirrordVersion,
  profilesOf,
  versionText,
} from './mirrord-version.js';

describe('versions of mirrord', () => {
  test('are read with or without patch and "v"', () => {
    assert.deepEqual(
      ['3.181', 'v3.181.0', '3.250.2'].map((text) => versionText(mirrordVersion(text))),
      ['3.181.0', '3.181.0', '3.250.2'],
    );
    for (const text of ['', '3', 'latest', '3.x', '3.1.2.3', '3.181-rc']) {
      assert.throws(() => mirrordVersion(text), UserError, text);
    }
  });

  test('decide which profiles there are, and which is the default', () => {
    const profiles = ['3.107', '3.150', '3.151', '3.152.9', '3.153', '3.180', '3.181', '3.250'].map((text) => [
      text,
      profilesOf(mirrordVersion(text)).join(', '),
    ]);
    assert.deepEqual(profiles, [
      ['3.107', 'sniffer'],
      ['3.150', 'sniffer'],
      ['3.151', 'sniffer, redirect'],
      ['3.152.9', 'sniffer, redirect'],
      ['3.153', 'redirect, sniffer'],
      ['3.180', 'redirect, sniffer'],
      ['3.181', 'redirect'],
      ['3.250', 'redirect'],
    ]);
  });

  test('decide whether HTTP filters are honoured', () => {
    assert.equal(honoursHttpFilters(mirrordVersion('3.162'), 'redirect'), true);
    assert.equal(honoursHttpFilters(mirrordVersion('3.161'), 'redirect'), false);
    assert.equal(honoursHttpFilters(mirrordVersion('3.170'), 'sniffer'), false);
  });

  test('lie in ranges', () => {
    const version = mirrordVersion('3.180.1');
    const ranges = ['', '>=3.153 <3.181', '<=3.180', '>3.180', '3.180.1', '=3.180', '<3.180.1'];
    assert.deepEqual(
      ranges.map((range) => isInRange(version, range)),
      [true, true, false, true, true, false, false],
    );
    assert.throws(() => isInRange(version, '>=three'), /"three" is no version of mirrord/);
  });
});

test('detection of HTTP gives up since 3.211', () => {
  assert.equal(detectionTimeoutMs(mirrordVersion('3.211')), 2000);
  assert.equal(detectionTimeoutMs(mirrordVersion('3.210')), Number.POSITIVE_INFINITY);
});
