import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from './bytes.js';
import { payloadBytes, randomBytesOf } from './payload.js';

test('text, base64 and JSON payloads become their bytes', () => {
  assert.deepEqual(payloadBytes({ kind: 'text', text: 'grüße' }), Buffer.from('grüße', 'utf8'));
  assert.deepEqual(payloadBytes({ kind: 'base64', base64: 'AAEC/w==' }), Buffer.from([0, 1, 2, 255]));
  assert.deepEqual(payloadBytes({ kind: 'json', value: { a: [1, null] } }), Buffer.from('{"a":[1,null]}'));
  assert.deepEqual(payloadBytes({ kind: 'json', value: undefined }), Buffer.from('null'));
});

test('random payloads follow from their seed and stay the same between versions', () => {
  assert.equal(randomBytesOf(1, 8).toString('hex'), '2f13a924573d8a55');
  assert.equal(
    bytesOf(payloadBytes({ kind: 'random', seed: 42, length: 1024 * 1024 })).sha256,
    'ac747a125b6f6a46428712f243b90e3700494dda3f1ef772e5b17270bf9caaec',
  );
  assert.notDeepEqual(randomBytesOf(1, 64), randomBytesOf(2, 64));
});

test('a shorter random payload is a prefix of a longer one, down to nothing', () => {
  assert.deepEqual(randomBytesOf(7, 1000), randomBytesOf(7, 5000).subarray(0, 1000));
  assert.equal(randomBytesOf(7, 0).length, 0);
});
