import type { ServerHttp2Session } from 'node:http2';
import { isIPv6, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Destination } from '../../../linux/original-destination.js';
import { now } from '../../../model/journal.js';
import type { LogLine, SessionCounters } from '../../../model/session.js';
import { callText } from '../../fields.js';
import type { Backlog } from '../backlog.js';
import { ClientLink } from '../client-link.js';
import { DETECTION_TIMEOUT_MS, type FirstBytes, readFirstBytes } from './first-bytes.js';
import type { FilteredRequest, RequestFilter } from './http-filter.js';
import { Http1Passthrough } from './http1-passthrough.js';
import { passHttp2 } from './http2-passthrough.js';
import { dialApplication, type Intercepted, reset } from './intercepted.js';
import {
  MirrorTap,
  RedirectClient,
  type RedirectEvent,
  type RedirectHead,
  type RedirectItem,
} from './redirect-client.js';
import { sendEvent } from './send-event.js';
import { passRawTraffic } from './tcp-passthrough.js';

const POLL_MS = 5;

export interface RedirectAgentOptions {
  /** Version of mirrord, as the agent's own answers say it. */
  readonly version: string;
  /** Whether the application is reached at the address that the caller meant, or at loopback. */
  readonly toOriginalAddress: boolean;
  /** What answers get as their `Cache-Control`; absent: theirs. */
  readonly cacheControl?: string;
  /** Which requests are mirrored. With a filter nothing but HTTP is. */
  readonly filter?: RequestFilter;
  /** Milliseconds that each of the first reads may take. */
  readonly detectionTimeoutMs?: number;
  log(level: LogLine['level'], text: string): void;
}

/**
 * Takes in the connections that the rules lead to it, passes them on to the application, and mirrors what the callers say
 * (mirrord 3.250 agent/src/incoming). The application's pace holds the callers up, the local process's never does.
 */
export class RedirectAgent {
  readonly #options: RedirectAgentOptions;
  readonly #http1 = new Http1Passthrough();
  readonly #http2 = new Set<ServerHttp2Session>();
  readonly #ports = new Set<number>();
  #session: { readonly client: RedirectClient; readonly link: ClientLink<RedirectHead, RedirectItem> } | undefined;
  /** Connections whose first bytes are looked at, and pieces that are not written to the application yet. */
  #underWay = 0;
  #flushing = false;
  #accepted = 0;
  #mirroredConnections = 0;
  #requests = 0;
  #forwardedBytes = 0;
  #lagged = 0;
  #refused = 0;

  constructor(options: RedirectAgentOptions) {
    this.#options = options;
  }

  counters(): SessionCounters {
    return {
      frames: this.#accepted,
      bytes: this.#forwardedBytes,
      drops: 0,
      connections: this.#mirroredConnections,
      forwardedBytes: this.#forwardedBytes,
      lagged: this.#lagged,
      requests: this.#requests,
      refused: this.#refused,
    };
  }

  /** The backlog once everything that has arrived before this call was read, as far as the application takes it. */
  async backlog(): Promise<Backlog> {
    // A turn of the event loop reads what has arrived, and the next one what was left because a buffer was full.
    for (let turn = 0; turn < 3; turn += 1) await turnOfTheLoop();
    const { link } = this.#session ?? {};
    return { waiting: (link?.waiting ?? 0) + this.#underWay, sentBytes: link?.sentBytes ?? 0 };
  }

  /** Serves the local process. There is one: another is turned away. */
  serve(socket: Socket): void {
    if (this.#session !== undefined) {
      this.#options.log('warn', 'a second local process was turned away');
      socket.destroy();
      return;
    }
    const client = new RedirectClient({
      streamLost: ({ kind, remote, local }) => {
        this.#lagged += 1;
        this.#refused += 1;
        this.#options.log(
          'warn',
          `Mirroring client's traffic channel is full, client will not receive mirrored ${kind === 'request' ? 'request' : 'traffic'}: ${remote} → ${local}`,
        );
      },
      itemsLost: () => {
        this.#lagged += 1;
      },
    });
    const link = new ClientLink(socket, client, {
      send: (outbox, event) => {
        this.#countSent(event);
        sendEvent(outbox, event);
      },
      subscribe: (port) => {
        this.#ports.add(port);
        this.#options.log('info', `subscribed to port ${port}`);
        return now();
      },
      unsubscribe: (port) => {
        this.#ports.delete(port);
      },
      left: () => {
        this.#options.log('info', 'the local process is gone');
        this.#ports.clear();
        this.#session = undefined;
      },
      problem: (text) => this.#options.log('warn', text),
    });
    this.#session = { client, link };
  }

  /** Takes in a connection that was meant for `destination`. */
  async intercept(socket: Socket, destination: Destination): Promise<void> {
    this.#accepted += 1;
    const addresses = {
      remote: addressText(socket.remoteAddress ?? '', socket.remotePort ?? 0),
      local: addressText(destination.address, destination.port),
    };
    socket.on('error', () => {});
    this.#underWay += 1;
    const first = await readFirstBytes(socket, this.#options.detectionTimeoutMs ?? DETECTION_TIMEOUT_MS);
    this.#underWay -= 1;
    if (first === undefined) return;
    const mirrored = this.#ports.has(destination.port);
    const intercepted: Intercepted = {
      application: { host: this.#applicationHost(destination), port: destination.port },
      cacheControl: this.#options.cacheControl,
      version: this.#options.version,
      mirrorRequest: (request) => {
        const matches = this.#options.filter?.(request) ?? true;
        const wanted = mirrored && matches;
        if (mirrored && !matches) this.#options.log('debug', exclusionText(request));
        return this.#tap(wanted ? { kind: 'request', ...addresses, ...request } : undefined);
      },
    };
    if (first.spoken === 'tcp') {
      const wanted = mirrored && this.#options.filter === undefined;
      this.#passTcp(socket, first, intercepted, this.#tap(wanted ? { kind: 'connection', ...addresses } : undefined));
      return;
    }
    socket.unshift(first.head);
    if (first.spoken === 'http/1') this.#http1.serve(socket, intercepted);
    else this.#passHttp2(socket, intercepted);
  }

  #passHttp2(socket: Socket, intercepted: Intercepted): void {
    const session = passHttp2(socket, intercepted);
    this.#http2.add(session);
    session.once('close', () => this.#http2.delete(session));
  }

  /**
   * Ends the HTTP connections as mirrord does when a session is over: at once where nothing is under way, else when it is
   * answered (3.250 incoming/task.rs: `graceful_shutdown`). Those that take longer than the time are left.
   */
  async closeHttp(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    this.#http1.close();
    for (const session of [...this.#http2]) session.close();
    while (this.#http1.openConnections + this.#http2.size > 0 && performance.now() < deadline) await delay(POLL_MS);
  }

  #passTcp(socket: Socket, { head }: FirstBytes, intercepted: Intercepted, tap: MirrorTap): void {
    const application = dialApplication(intercepted, { allowHalfOpen: true });
    const fail = (error: Error): void => {
      tap.close(error.message);
      reset(socket);
    };
    application.once('error', fail);
    application.once('connect', () => {
      application.off('error', fail);
      if (socket.destroyed) {
        reset(application);
        tap.close('connection closed by the caller');
        return;
      }
      passRawTraffic(socket, application, {
        head,
        tap,
        onUnderWay: (change) => {
          this.#underWay += change;
        },
      });
    });
  }

  #applicationHost({ address }: Destination): string {
    if (this.#options.toOriginalAddress) return address;
    return isIPv6(address) ? '::1' : '127.0.0.1';
  }

  #tap(head: RedirectHead | undefined): MirrorTap {
    const session = this.#session;
    if (head === undefined || session === undefined) return new MirrorTap(undefined, () => {});
    const stream = session.client.offer(head);
    const forward = (): void => {
      session.link.forward();
      this.#flushSoon();
    };
    forward();
    return new MirrorTap(stream, forward);
  }

  /** What one turn of the event loop brings leaves in one system call. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#session?.link.flush();
    });
  }

  #countSent(event: RedirectEvent): void {
    if (event.kind === 'open') {
      if (event.head.kind === 'request') this.#requests += 1;
      else this.#mirroredConnections += 1;
    } else if (event.kind === 'item' && event.item.kind === 'data') {
      this.#forwardedBytes += event.item.bytes.length;
    }
  }
}

/** Tells a request that a filter left out, also by the id that calls carry. */
function exclusionText({ method, target, fields }: FilteredRequest): string {
  return `${method} ${target}${callText(fields)} does not match the filter: it is passed on, and not mirrored`;
}

/** `ip:port`; an IPv4 address that IPv6 carries is written as IPv4. */
function addressText(address: string, port: number): string {
  const plain = address.replace(/^::ffff:/, '');
  return isIPv6(plain) ? `[${plain}]:${port}` : `${plain}:${port}`;
}
