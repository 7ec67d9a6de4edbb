import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import type { TestContext } from 'node:test';
import { ODD_EXCHANGES } from './odd-http1.js';

/** In which a caller is told something: bytes, or the end of its connection. */
const DEADLINE_MS = 8000;

/**
 * Makes all of {@link ODD_EXCHANGES} at the same time. A proxy that throws in any of them ends the test.
 *
 * @param proxyOf a proxy in front of the application on this port of 127.0.0.1, listening
 * @returns the exchanges of whose end the caller was never told
 */
export async function silentExchanges(
  context: TestContext,
  proxyOf: (port: number) => Promise<number>,
): Promise<readonly string[]> {
  const proxies = new Map<string, Promise<number>>();
  const proxyFor = (answer: string): Promise<number> => {
    const proxy = proxies.get(answer) ?? applicationThatSays(context, answer).then(proxyOf);
    proxies.set(answer, proxy);
    return proxy;
  };
  const silent = await Promise.all(
    ODD_EXCHANGES.map(async ([request, answer]) =>
      (await isTold(context, await proxyFor(answer), request))
        ? []
        : [`${request.slice(0, 60)} ← ${answer.slice(0, 60)}`],
    ),
  );
  return silent.flat();
}

async function applicationThatSays(context: TestContext, answer: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer, 'latin1'));
  });
  return listening(context, server);
}

/** @returns the port of 127.0.0.1. */
export async function listening(context: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function isTold(context: TestContext, port: number, request: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const settle = (told: boolean) => (): void => {
      clearTimeout(timer);
      resolve(told);
    };
    const timer = setTimeout(settle(false), DEADLINE_MS);
    socket.on('error', () => {});
    socket.once('data', settle(true));
    socket.once('end', settle(true));
    socket.once('close', settle(true));
    context.after(() => socket.destroy());
    socket.write(request, 'latin1');
  });
}
