import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentExchanges } from '../../../wire/testing/odd-exchanges.js';
import { intercept } from './testing/interception.js';

test('rare and wrong HTTP/1.1 of callers and applications ends in an answer or in the end of a connection', async (context) => {
  const silent = await silentExchanges(context, async (port) => (await intercept(context, port)).port);
  assert.deepEqual(silent, []);
});
