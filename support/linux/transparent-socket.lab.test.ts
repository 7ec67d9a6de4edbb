import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { labTests } from './lab-tests.js';
import { transparentSocket } from './transparent-socket.js';

const OWN = '10.7.0.2';
const FOREIGN = '10.7.0.20';
const MARK = 1337;

/** What a program does that became a user: says its capabilities, of its main thread and of the others, and tries to open the socket. */
const AS_USER = `
  const { becomeUser } = await import(process.argv[1]);
  const { transparentSocket } = await import(process.argv[2]);
  const fs = await import('node:fs');
  becomeUser({ uid: 1338, gid: 1337, ...(process.argv[3] === 'keeps' && { keepsNetworkAdministration: true }) });
  const capabilities = (task) => /CapEff:\\s+(\\S+)/.exec(fs.readFileSync('/proc/self/task/' + task + '/status', 'utf8'))[1];
  const others = fs.readdirSync('/proc/self/task').filter((task) => Number(task) !== process.pid).map(capabilities);
  let opened = 'yes';
  try { transparentSocket({ source: '${FOREIGN}', mark: ${MARK} }).destroy(); } catch (error) { opened = error.code; }
  console.log(JSON.stringify({ main: Number('0x' + capabilities(process.pid)), others: [...new Set(others.map((o) => Number('0x' + o)))], opened }));
`;

labTests(import.meta.url, () => {
  for (const command of [
    'link add eth0 type veth peer name far0',
    `addr add ${OWN}/32 dev eth0`,
    'link set eth0 up',
    'link set far0 up',
    'route add default dev eth0',
    `rule add fwmark ${MARK} lookup 133`,
    'route add local 0.0.0.0/0 dev lo table 133',
  ]) {
    execFileSync('ip', command.split(' '));
  }
  const mangle = (rule: string): Buffer => execFileSync('iptables', ['-t', 'mangle', ...rule.split(' ')]);
  mangle(`-A PREROUTING -p tcp -m mark --mark ${MARK} -j CONNMARK --save-mark`);
  mangle(`-A OUTPUT -p tcp -m connmark --mark ${MARK} -j CONNMARK --restore-mark`);

  test('a server sees the foreign address, and is answered', async (context) => {
    const server = createServer((socket) => socket.pipe(socket)).listen(8080, OWN);
    context.after(() => server.close());
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const socket = transparentSocket({ source: FOREIGN, mark: MARK });
    context.after(() => socket.destroy());
    socket.connect({ host: OWN, port: 8080 });
    const [peer] = (await accepted) as [Socket];
    assert.equal(peer.remoteAddress, FOREIGN);
    socket.write('hello');
    assert.equal(String((await once(socket, 'data'))[0]), 'hello');
  });

  test('a refused connection is an error of the socket', async () => {
    const socket = transparentSocket({ source: FOREIGN, mark: MARK });
    socket.connect({ host: OWN, port: 81 });
    const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  });

  for (const [keeps, expected] of [
    ['keeps', { main: 1 << 12, others: [0], opened: 'yes' }],
    ['keeps nothing', { main: 0, others: [0], opened: 'EPERM' }],
  ] as const) {
    test(`an ordinary user who ${keeps === 'keeps' ? 'keeps the capability' : keeps} can open one: ${expected.opened}`, () => {
      const modules = ['./privileges.js', './transparent-socket.js'].map((name) => new URL(name, import.meta.url).href);
      const said = execFileSync(process.execPath, ['--input-type=module', '-e', AS_USER, ...modules, keeps]);
      assert.deepEqual(JSON.parse(String(said)), expected);
    });
  }
});
