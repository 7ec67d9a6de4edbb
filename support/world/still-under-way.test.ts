import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  changed,
  evidenceOf,
  grpcCall,
  liveSession,
  type Script,
} from '../evidence/verdict/testing/scripted-evidence.js';
import { isStillUnderWay, mayStillComplete } from './still-under-way.js';

const sent = grpcCall('c1', ['one'], { halfClosed: false });
const cancelled = changed(sent, { reset: { code: 'CANCEL', detail: 'the caller cancelled' } });
const told = changed(sent, { reset: { code: 'CANCEL' } });
const CANCELLED: Script = {
  caller: [cancelled],
  workload: [told],
  localProcess: [told],
  onPurpose: { c1: 'cancelled' },
};

function underWay(change: Partial<Script>): boolean {
  return isStillUnderWay(evidenceOf({ ...CANCELLED, ...change }), ['c1']);
}

describe('what is still under way after a cancellation', () => {
  it('is nothing when workload and local process know', () => {
    assert.equal(underWay({}), false);
  });

  it('is the cancellation that the local process has not heard of', () => {
    assert.equal(underWay({ localProcess: [sent] }), true);
  });

  it('is the call that the workload has not read, which looks leaked', () => {
    assert.equal(underWay({ workload: [], localProcess: [sent] }), true);
    assert.equal(underWay({ workload: [] }), true);
  });

  it('is nothing with redirection, which never tells', () => {
    const session = liveSession({ profile: 'redirect', version: '3.250.0' });
    assert.equal(underWay({ localProcess: [sent], session }), false);
  });

  it('is nothing when nobody cancelled on purpose', () => {
    const { onPurpose: _, ...accident } = CANCELLED;
    assert.equal(isStillUnderWay(evidenceOf({ ...accident, workload: [], localProcess: [sent] }), ['c1']), false);
  });
});

describe('waiting for a copy', () => {
  it('makes sense while it is missing', () => {
    const call = grpcCall('c1', ['one']);
    const of = (script: Partial<Script>): boolean =>
      mayStillComplete(evidenceOf({ caller: [call], workload: [call], localProcess: [call], ...script }), 'c1');
    assert.equal(of({ localProcess: [] }), true);
    assert.equal(of({}), false);
  });
});
