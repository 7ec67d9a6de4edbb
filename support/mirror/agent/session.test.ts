import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvironmentError, messageOf, UserError } from '../../model/errors.js';
import type { Host } from '../../model/host.js';
import { startAgentSession } from './session.js';
import { captureError, type SnifferOptions } from './sniffer-mechanism.js';

const MECHANISM: SnifferOptions = {
  profile: 'sniffer',
  listenInterface: 'lo',
  meshed: true,
  injectProbe: async () => {},
};

/** An error as it comes out of a program: the name is kept, the class is not. */
function fromProgram(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

test('an interface that does not exist is the environment’s fault, with those that do', () => {
  const error = captureError(
    fromProgram('NoSuchInterfaceError', 'there is no network interface "eth7" here; there are: lo, eth0'),
    'eth7',
  );
  assert.ok(error instanceof EnvironmentError);
  assert.equal(
    error.message,
    'the mirror cannot listen on "eth7": there is no network interface "eth7" here; there are: lo, eth0\n' +
      '  to mend it: let the mirror listen on one of the interfaces that the pod has, or on "auto"',
  );
});

test('a capture that is not permitted says what would permit it', () => {
  const error = captureError(fromProgram('SystemCallError', 'socket AF_PACKET: EPERM'), 'lo');
  assert.ok(error instanceof EnvironmentError);
  assert.equal(
    error.message,
    'the mirror may not capture packets: socket AF_PACKET: EPERM\n' +
      '  to mend it: run as root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)',
  );
});

test('other errors stay what they are', () => {
  const error = fromProgram('TypeError', 'x is not a function');
  assert.equal(captureError(error, 'lo'), error);
});

test('a session without a port is the user’s mistake', async () => {
  const host: Host = { name: 'none', startProgram: () => assert.fail('nothing is to be started') };
  const options = { pod: host, outside: host, mechanism: MECHANISM, ports: [], socketPath: '/none' };
  await assert.rejects(
    startAgentSession({ ...options, local: { kind: 'receiver' } }, AbortSignal.timeout(1000)),
    (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(messageOf(error), 'a mirror session needs at least one port of the workload');
      return true;
    },
  );
});

test('a part that starts is ended when the other does not', async () => {
  let disposed = 0;
  const starts: Host = {
    name: 'starts',
    startProgram: async () => ({
      info: { listenInterface: 'lo' } as never,
      journal: [],
      log: [],
      ended: new Promise(() => {}),
      request: () => assert.fail('nothing is to be asked'),
      dispose: async () => {
        disposed += 1;
      },
    }),
  };
  const fails: Host = { name: 'fails', startProgram: () => Promise.reject(new Error('no room')) };
  const common = { mechanism: MECHANISM, ports: [80], socketPath: '/none' };
  for (const [pod, outside] of [
    [starts, fails],
    [fails, starts],
  ] as const) {
    await assert.rejects(
      startAgentSession({ ...common, pod, outside, local: { kind: 'receiver' } }, AbortSignal.timeout(1000)),
      /no room/,
    );
  }
  assert.equal(disposed, 2);
});
