/** Two ztunnels in a lab with the rules of an ambient mesh, an application that says who calls it, and a caller outside of the mesh. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningProgram } from '../../../model/host.js';
import { ambientInterception } from '../data-plane/ambient-rules.js';
import { identityOf, issueIdentities } from '../data-plane/identities.js';
import { SIDECAR_USER } from '../engine/engine.js';
import { Lab } from '../lab/lab.js';
import type { Identity } from '../sidecar/options.js';
import type { ZtunnelOptions } from './options.js';

const WORKLOAD = '10.244.0.10';
const SERVICE = '10.96.0.10';
const [PORT, CLOSED_PORT] = [8080, 8081];
/** Tells its client whose connection it has, and gives back what it gets, to the last byte, once the client has ended. */
const APPLICATION = `
  require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    const chunks = [];
    socket.on('error', () => {}).on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      socket.end(Buffer.concat([Buffer.from(socket.remoteAddress + ' '), ...chunks]));
    });
  }).listen(${PORT}, '0.0.0.0');`;
const caller = (port: number, bytes: number): string => `
  const sent = Buffer.alloc(${bytes}, 'all of it, ');
  const chunks = [];
  const socket = require('node:net').connect({ host: '${SERVICE}', port: ${port}, allowHalfOpen: true });
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', (error) => console.log(error.code ?? error.message)).on('end', () => {
    const [, from, heard] = /^([^ ]+) ([^]*)$/.exec(Buffer.concat(chunks).toString('latin1'));
    console.log(from, heard === sent.toString('latin1') ? 'intact' : 'damaged');
  });
  socket.setTimeout(3000, () => socket.destroy(new Error('silence')));
  socket.end(sent);`;

describe('ztunnels in a lab', { timeout: 30_000 }, () => {
  const signal = AbortSignal.timeout(30_000);
  let lab: Lab;
  let echo: Identity;
  let workload: RunningProgram;

  before(async () => {
    const interception = ambientInterception();
    const pods = [
      { name: 'workload', address: WORKLOAD, interception },
      { name: 'caller', address: '10.244.0.20', interception },
      { name: 'misled', address: '10.244.0.21', interception },
      { name: 'foreign', address: '10.244.0.22', interception },
      { name: 'stranger', address: '10.244.0.30' },
    ];
    const services = [PORT, CLOSED_PORT].map((port) => ({ address: SERVICE, port, endpoint: WORKLOAD }));
    const [identities, others] = await Promise.all([issueIdentities(['echo', 'caller']), issueIdentities(['caller'])]);
    echo = identityOf(identities, 'echo');
    lab = await Lab.start({ plan: { pods, services }, mayBeKept: false, onUnexpectedEnd: () => {} }, signal);
    const ztunnel = (pod: string, identity: Identity, spiffe = echo.spiffe): Promise<RunningProgram> => {
      const podAddress = pods.find(({ name }) => name === pod)?.address ?? '';
      const options: ZtunnelOptions = {
        podAddress,
        identity,
        policy: 'STRICT',
        portPolicies: {},
        services: services.map((service) => ({ ...service, name: 'echo', spiffe })),
      };
      const user = { ...SIDECAR_USER, keepsNetworkAdministration: true };
      const module = new URL('./program.js', import.meta.url);
      return lab.pod(pod).startProgram({ name: `ztunnel of the ${pod}`, module, options, user }, signal);
    };
    [workload] = await Promise.all([
      ztunnel('workload', echo),
      ztunnel('caller', identityOf(identities, 'caller')),
      ztunnel('misled', identityOf(identities, 'caller'), 'spiffe://cluster.local/ns/default/sa/somebody-else'),
      // Issued by another authority of the same name.
      ztunnel('foreign', { ...identityOf(others, 'caller'), rootPem: echo.rootPem }),
      lab.startCommand(
        {
          pod: 'workload',
          name: 'application',
          command: { argv: [process.execPath, '-e', APPLICATION], cwd: '/', env: {} },
          user: { uid: 1000, gid: 1000 },
          ready: { kind: 'listens', ports: [PORT] },
        },
        signal,
      ),
    ]);
  });
  after(() => lab?.dispose());

  const call = async (pod: string, port: number = PORT, bytes = 100): Promise<string> =>
    (await lab.run(pod, [process.execPath, '-e', caller(port, bytes)])).trim();

  it('carry bytes unchanged in both directions, end each for itself, and show the client’s address', async () => {
    assert.equal(await call('caller', PORT, 4 * 1024 * 1024), '10.244.0.20 intact');
    const log = await workload.request<string>('access log', undefined);
    assert.match(
      log,
      /info access connection complete src\.addr=10\.244\.0\.20:\d+ src\.identity="spiffe:\/\/cluster\.local\/ns\/default\/sa\/caller" dst\.addr=10\.244\.0\.10:15008 dst\.hbone_addr=10\.244\.0\.10:8080 dst\.identity="spiffe:\/\/cluster\.local\/ns\/default\/sa\/echo" direction="inbound" bytes_sent=4194316 bytes_recv=4194304/,
    );
  });

  it('refuse plaintext where the policy is STRICT', async () => {
    assert.equal(await call('stranger'), 'ECONNRESET');
    assert.match(
      await workload.request<string>('access log', undefined),
      /error access .* src\.addr=10\.244\.0\.30:.* error="connection closed due to policy rejection/,
    );
  });

  it('refuse a server with another identity, and a client whose authority they do not know', async () => {
    assert.equal(await call('misled'), 'ECONNRESET');
    assert.equal(await call('foreign'), 'ECONNRESET');
    assert.match(
      await workload.request<string>('access log', undefined),
      /error access .* src\.addr=10\.244\.0\.22:.* error="TLS handshake failed"/,
    );
  });

  it('break off a connection to a port that the application does not have', async () => {
    assert.equal(await call('caller', CLOSED_PORT), 'ECONNRESET');
  });
});
