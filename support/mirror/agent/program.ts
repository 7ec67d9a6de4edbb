/** The agent of a mirror session with the profile `sniffer`; runs in the network namespace of the workload's pod. */
import { createServer } from 'node:net';
import { setPriority } from 'node:os';
import { ipv4AddressOf } from '../../linux/interfaces.js';
import { PacketRing } from '../../linux/packet-ring.js';
import { giveUpPrivileges } from '../../linux/privileges.js';
import type { SessionCounters } from '../../model/session.js';
import { runProgram } from '../../program/program.js';
import { DROP_ALL } from '../../wire/bpf.js';
import { buildProbe } from '../../wire/ethernet-probe.js';
import type { Backlog } from './backlog.js';
import { chooseListenInterface } from './listen-interface.js';
import { listenForLocalProcess } from './local-process-socket.js';
import { ProbeWatch } from './probe-watch.js';
import type { AgentInfo, AgentOptions, ExpectedProbe } from './program-interface.js';
import { SnifferAgent } from './sniffer-agent.js';

const NICE = -10;

runProgram<AgentOptions>(async (context) => {
  const { options } = context;
  const listenInterface = await chooseListenInterface(options.listenInterface, options.meshed);
  const ring = PacketRing.open({ interface: listenInterface, ignoreOutgoing: true, filter: DROP_ALL });
  const probes = new ProbeWatch();
  const agent = new SnifferAgent(ring, probes, context.log);
  comeFirst();
  const server = createServer((socket) => agent.serve(socket));
  await listenForLocalProcess(server, options.socketPath);
  // Everything that needs privileges is open: what parses the traffic of others must not have any.
  const kept = options.user && giveUpPrivileges(options.user);
  if (kept !== undefined) context.log('warn', `the agent keeps its privileges: ${kept.message}`);
  context.log('info', `capturing on ${listenInterface}`);
  const info: AgentInfo = { listenInterface };
  return {
    info,
    handlers: {
      counters: (): SessionCounters => agent.counters(),
      backlog: (): Promise<Backlog> => agent.backlog(),
      expectProbe: ({ magic }: { readonly magic: number }): ExpectedProbe => {
        probes.expect(magic);
        const [port] = agent.ports;
        if (port === undefined) throw new Error('no port is subscribed: the capture can see no probe');
        const { address, mac } = ipv4AddressOf(listenInterface) ?? { address: '127.0.0.1', mac: '00:00:00:00:00:00' };
        return { interface: listenInterface, frame: buildProbe({ address, mac, port, magic }) };
      },
      probeSeen: ({ magic, timeoutMs }: { readonly magic: number; readonly timeoutMs: number }): Promise<boolean> =>
        probes.seen(magic, timeoutMs),
    },
  };
});

/**
 * Bulk traffic keeps every core busy with its sender and its receiver; a capture that waits for its turn loses frames meanwhile
 * (measured at 2.3 GB/s on two cores: hundreds of 50,000 without, none with it). Needs CAP_SYS_NICE outside of user namespaces.
 */
function comeFirst(): void {
  try {
    setPriority(NICE);
  } catch {
    // An ordinary user's lab: it captures at ordinary priority.
  }
}
