import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chalk } from 'chalk';
import { EnvironmentError } from '../model/errors.js';
import { doctorText } from './doctor-text.js';
import { demand } from './preflight.js';

const REQUIREMENTS = [
  { name: 'ip', ok: true, found: 'iproute2 6.1' },
  { name: 'iptables', ok: false, found: 'not found', remedy: 'apt-get install iptables' },
];

test('doctor shows what is there, what is missing and how to get it', () => {
  assert.equal(
    doctorText(REQUIREMENTS, new Chalk({ level: 0 })),
    `ok       ip        iproute2 6.1
missing  iptables  not found
         to mend it: apt-get install iptables

Scenarios cannot run in this environment yet.
`,
  );
});

test('doctor says which scenarios cannot run where only some need what is missing', () => {
  const meshes = ['an Istio ambient mesh', 'a Linkerd mesh'].map((mesh) => `with ${mesh}`);
  const some = meshes.map((only) => ({
    name: `scenarios ${only}`,
    only,
    ok: false,
    found: 'unknown option',
    remedy: 'modprobe',
  }));
  const text = doctorText([...REQUIREMENTS.filter(({ ok }) => ok), ...some], new Chalk({ level: 0 }));
  assert.match(text, /^missing {2}scenarios with a Linkerd mesh .*unknown option\n {9}to mend it: modprobe$/m);
  assert.match(
    text,
    /\n\nScenarios can run in this environment, but not those with an Istio ambient mesh or with a Linkerd mesh\.\n$/,
  );
  demand(some);
});

test('a run says once what is missing', () => {
  assert.throws(
    () => demand(REQUIREMENTS),
    (error) => {
      assert.ok(error instanceof EnvironmentError);
      assert.equal(
        error.message,
        'this machine cannot run embedded labs:\n  iptables: not found\n    to mend it: apt-get install iptables',
      );
      return true;
    },
  );
  demand(REQUIREMENTS.filter(({ ok }) => ok));
});
