import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseListenInterface } from './listen-interface.js';

const routed = async (): Promise<string> => 'ens5';
const unrouted = async (): Promise<undefined> => undefined;

for (const [asked, meshed, route, chosen] of [
  ['lo', false, routed, 'lo'],
  ['eth0', true, routed, 'eth0'],
  ['net1', true, unrouted, 'net1'],
  ['auto', true, routed, 'lo'],
  ['auto', false, routed, 'ens5'],
  ['auto', false, unrouted, 'eth0'],
] as const) {
  test(`"${asked}" ${meshed ? 'on a mesh' : 'without a mesh'} and ${route === routed ? 'a' : 'no'} default route is ${chosen}`, async () => {
    assert.equal(await chooseListenInterface(asked, meshed, route), chosen);
  });
}
