/**
 * The local process of a mirror session and what brings the copy to it; runs outside of all pods. It is ready when the local process
 * listens; `attach` then joins it to the agent.
 */
import { listeningAddress } from '../../linux/listening-ports.js';
import { giveUpPrivileges } from '../../linux/privileges.js';
import type { JournalRecord } from '../../model/journal.js';
import { type ProgramContext, runProgram } from '../../program/program.js';
import { RequestDecoder } from '../../wire/request-decoder.js';
import type { LocalInfo, LocalOptions } from './program-interface.js';
import { type DecoderFactory, Receiver } from './receiver.js';
import { type Delivery, type LocalDestination, Relay } from './relay.js';
import { UserCommand } from './user-command.js';

const LISTEN_TIMEOUT_MS = 30_000;

runProgram<LocalOptions>(async (context) => {
  const { options, journal, log } = context;
  let exchanges = 0;
  const decoders = new Map<number, RequestDecoder>();
  const write = (record: JournalRecord): void => {
    if (record.kind === 'connection-closed') decoders.delete(record.connection);
    journal(record);
  };
  const decoderOf: DecoderFactory = (connection) => {
    const decoder = new RequestDecoder({ connection, nextExchange: () => exchanges++, journal: write });
    decoders.set(connection, decoder);
    return decoder;
  };
  const { destination, localPorts } = await startLocalProcess(context, decoderOf);
  const relay = new Relay({ destination, journal, log });
  const info: LocalInfo = { localPorts };
  return {
    info,
    handlers: {
      /** Resolves when all ports are subscribed, with the time since when. */
      attach: async ({ socketPath }: { readonly socketPath: string }): Promise<{ readonly subscribedAt: number }> => {
        const subscribedAt = await relay.attach(
          socketPath,
          options.ports.map(({ remote }) => remote),
        );
        // What decodes the traffic of others must be neither root nor the user of the command.
        const kept = options.user && giveUpPrivileges(options.user);
        if (kept !== undefined) log('warn', `the relay keeps its privileges: ${kept.message}`);
        return { subscribedAt };
      },
      /** How far delivery is; undecodable bytes of connections that are still open are in the journal afterwards. */
      idle: (): Delivery => {
        for (const decoder of decoders.values()) decoder.flush();
        return relay.delivery();
      },
      /** Resolves when the local process is gone. What brings the copy to it stays. */
      kill: (): Promise<void> => destination.die(),
      ping: ({ timeoutMs }: { readonly timeoutMs: number }): Promise<boolean> => relay.ping(timeoutMs),
      listens: (): boolean => localPorts.every((port) => listeningAddress(port) !== undefined),
    },
  };
});

async function startLocalProcess(
  { options, log }: ProgramContext<LocalOptions>,
  decoderOf: DecoderFactory,
): Promise<{ readonly destination: LocalDestination; readonly localPorts: readonly number[] }> {
  const local = options.process;
  if (local.kind === 'receiver') {
    const receiver = new Receiver(decoderOf, local.bytesPerSecond);
    const localPorts = await Promise.all(options.ports.map((port) => receiver.listen(port.local, port.remote)));
    return { destination: receiver, localPorts };
  }
  const command = await UserCommand.start({
    command: local.command,
    port: options.ports[0]?.local ?? 0,
    listenTimeoutMs: local.listenTimeoutMs ?? LISTEN_TIMEOUT_MS,
    decoderOf,
    log,
    ...(local.user && { user: local.user }),
  });
  return { destination: command, localPorts: [command.port] };
}
