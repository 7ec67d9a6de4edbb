import { declareStep } from '../support/language/index.js';
import { UserError } from '../support/model/errors.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { commandOf, PORT_SCHEMA, portNumber } from './arguments.js';

const SHIPPED = ['echo', 'yages'] as const;

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the workload {string}',
  title: 'a shipped workload',
  description: [
    'Which application is called.',
    '',
    '- `echo` (the default): answers with what it is sent. Port 8080 speaks HTTP/1.1, HTTP/2 and gRPC-Web, port 9090 gRPC, port 7000 raw TCP.',
    '- `yages`: the gRPC service `yages.Echo` with `Ping` and `Reverse` on port 9000, with server reflection.',
  ].join('\n'),
  example: 'Given the workload "yages"',
  parameters: [{ name: 'name', description: '`echo` or `yages`', schema: { enum: SHIPPED } }],
  yaml: { key: 'workload' },
  run(name) {
    const kind = SHIPPED.find((shipped) => shipped === name);
    if (kind === undefined) {
      throw new UserError(
        `there is no workload "${name}": use "echo" or "yages", or your own program: Given the workload runs "node server.js" on port 8080`,
      );
    }
    this.describe.workload = { kind };
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'the workload ends TLS itself',
  title: 'TLS in the application',
  description:
    'Calls go to a port of the workload `echo` (8443) on which it speaks TLS itself: HTTP/1.1, HTTP/2 and gRPC-Web. The caller speaks TLS with it from end to end, and takes any certificate. A mesh passes it on as it is, inside its own mutual TLS.',
  example: 'Given the workload ends TLS itself',
  yaml: { key: 'workload-ends', value: 'TLS' },
  run() {
    this.describe.tls = true;
  },
});

declareStep<MirrorspecWorld, [string, number]>({
  keyword: 'Given',
  expression: 'the workload runs {string} on port {int}',
  title: 'your own program as the workload',
  description:
    'Runs a command in the workload’s pod, as an unprivileged user, in the current folder, and waits until it listens on the port. It is told the port in `PORT`. It keeps no journal: whether it served a call is judged by its answers.',
  example: 'Given the workload runs "node server.js" on port 8080',
  parameters: [
    { name: 'command', description: 'program and arguments; quote arguments with blanks in single quotes' },
    { name: 'port', description: 'the TCP port it listens on', schema: PORT_SCHEMA },
  ],
  yaml: { key: 'workload', value: { run: '{command}', port: '{port}' } },
  run(command, port) {
    const checked = portNumber(port);
    this.describe.workload = {
      kind: 'command',
      command: commandOf(command, { PORT: String(checked) }),
      ports: [checked],
    };
  },
});
