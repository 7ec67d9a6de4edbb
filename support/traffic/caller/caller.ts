import type { CallOutcome, CallPlan } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import type { JournalRecord } from '../../model/journal.js';
import { isGrpc, type Protocol } from '../../model/protocol.js';
import type { MethodTypes } from '../grpc/types.js';
import { type PreparedCall, prepareCall } from './call-preparation.js';
import { CallerJournal } from './caller-journal.js';
import type { CallStart, ConnectionAddresses, Exchange, ProtocolClient, Target } from './exchange.js';
import { loadClient, loadMethodTypes } from './libraries.js';
import type { MethodFinder } from './method-types.js';
import { OpenStreams } from './open-streams.js';
import { prepareStream } from './stream-preparation.js';

/** Opens a connection ahead of any call. */
export interface ConnectRequest {
  readonly target: Target;
  readonly protocol: Protocol;
  /** Milliseconds; default 5000. */
  readonly timeoutMs?: number;
}

/** Makes calls, and keeps the connections of `shared` batches: one client for each target and protocol. */
export class Caller {
  readonly #journal: CallerJournal;
  readonly #kept = new Map<string, ProtocolClient>();
  /** Those that were opened. */
  readonly streams = new OpenStreams();
  #methods: Promise<MethodFinder> | undefined;

  constructor(write: (record: JournalRecord) => void) {
    this.#journal = new CallerJournal(write);
  }

  /** Performs a batch; outcomes are in the order of the plan's ids. Throws `UserError` for a plan that cannot be performed. */
  async call(plan: CallPlan): Promise<CallOutcome[]> {
    const prepared = prepareCall(plan, isGrpc(plan.protocol) ? await this.#findMethod(plan) : undefined);
    const open = await loadClient(plan.protocol);
    const shared = plan.connections === 'shared' ? await this.#keep(plan) : undefined;
    if (shared?.maxConnections !== undefined) shared.maxConnections = plan.concurrency;

    const one = async (id: string): Promise<CallOutcome> => {
      if (shared !== undefined) return perform(shared, prepared, id, plan.intervalMs ?? 0);
      const client = open(plan.target, this.#journal, plan.compression);
      try {
        return await perform(client, prepared, id, plan.intervalMs ?? 0);
      } finally {
        await client.close();
      }
    };
    return inParallel(plan.ids, plan.concurrency, one);
  }

  /**
   * Opens a stream for each id of the plan and leaves it open: its messages are given one by one, through {@link streams}. Those of the plan
   * are not sent. Throws `UserError` for a plan that cannot be performed.
   */
  async open(plan: CallPlan): Promise<void> {
    const prepared = prepareStream(plan, isGrpc(plan.protocol) ? await this.#findMethod(plan) : undefined);
    const open = await loadClient(plan.protocol);
    const shared = plan.connections === 'shared' ? await this.#keep(plan) : undefined;
    if (shared?.maxConnections !== undefined) shared.maxConnections = plan.ids.length;
    await Promise.all(
      plan.ids.map(async (id) => {
        const client = shared ?? open(plan.target, this.#journal, plan.compression);
        const exchange = await begin(client, prepared.startOf(id));
        this.streams.add(id, exchange, prepared.encode);
        if (prepared.headOnly) exchange.end();
        if (shared === undefined) void exchange.outcome.then(() => client.close());
      }),
    );
  }

  /** Throws `EnvironmentError` if no connection comes about. */
  async connect({ target, protocol, timeoutMs = 5000 }: ConnectRequest): Promise<ConnectionAddresses> {
    return (await this.#keep({ target, protocol })).connect(timeoutMs);
  }

  /** Closes the kept connections and waits until they are closed. */
  async disconnect(): Promise<void> {
    const clients = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(clients.map((client) => client.close()));
  }

  async #keep({
    target,
    protocol,
    compression,
  }: Pick<CallPlan, 'target' | 'protocol' | 'compression'>): Promise<ProtocolClient> {
    const open = await loadClient(protocol);
    const key = `${protocol} ${target.host} ${target.port} ${compression ?? ''}`;
    const client = this.#kept.get(key) ?? open(target, this.#journal, compression);
    this.#kept.set(key, client);
    return client;
  }

  async #findMethod(plan: CallPlan): Promise<MethodTypes> {
    this.#methods ??= loadMethodTypes().then((types) => new types.MethodFinder());
    return (await this.#methods).find(plan);
  }
}

/** One call: its messages one after the other, then the rest of the answer. */
async function perform(
  client: ProtocolClient,
  prepared: PreparedCall,
  id: string,
  intervalMs: number,
): Promise<CallOutcome> {
  const exchange = await begin(client, prepared.startOf(id));
  const last = prepared.messages.length - 1;
  if (last === -1) exchange.end();
  else if (last > 0) await sendAllBut(last, prepared, exchange, intervalMs);
  const message = prepared.messages[last];
  if (message !== undefined) void exchange.send(message, true);
  return exchange.outcome;
}

function begin(client: ProtocolClient, start: CallStart): Promise<Exchange> {
  return client.start(start).catch((error: unknown) => {
    throw isRefusedInput(error) ? new UserError(`The call cannot be made: ${error.message}`, { cause: error }) : error;
  });
}

/** Node's way of refusing a header, a method or a path. */
function isRefusedInput(error: unknown): error is TypeError {
  return error instanceof TypeError && 'code' in error;
}

/** Each message is written before the next one is begun, so that none waits to be sent together with another. */
async function sendAllBut(last: number, prepared: PreparedCall, exchange: Exchange, intervalMs: number): Promise<void> {
  let over = false;
  const outcome = exchange.outcome.then(() => {
    over = true;
  });
  for (const message of prepared.messages.slice(0, last)) {
    await Promise.race([exchange.send(message, false), outcome]);
    if (intervalMs > 0) await Promise.race([pause(intervalMs), outcome]);
    if (over) return;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** At most `limit` at once; results in the order of the items. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(limit, 1), items.length) }, worker));
  return results;
}
