import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { RunSignals } from './signals.js';

test('workers that are started after the signal are told of it, too', { timeout: 20_000 }, async () => {
  const signals = new RunSignals(() => {}, { watched: true });
  process.emit('SIGTERM');
  assert.ok(signals.interrupted);
  const worker = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 15_000)', 'run_worker']);
  assert.deepEqual(await once(worker, 'exit'), [null, 'SIGTERM']);
  signals.dispose();
});
