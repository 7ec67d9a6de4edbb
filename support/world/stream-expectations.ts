import { setTimeout as delay } from 'node:timers/promises';
import { describeVerdict } from '../evidence/verdict/describe.js';
import { sameBytes } from '../model/bytes.js';
import { ExpectationError, UserError } from '../model/errors.js';
import { type Exchange, exchangesOf, type Message } from '../model/exchanges.js';
import type { Journal } from '../model/journal.js';
import type { CallVerdict } from '../model/verdict.js';
import { messagesOf, typesOfLastCalls } from './mirrored.js';
import type { StreamBatch } from './stream-batch.js';
import type { MirrorspecWorld } from './world.js';

const POLL_MS = 5;

/** Which of the messages sent so far is meant. */
export type WantedMessages = { readonly text: string } | 'last' | 'all';

/** The copy of what was sent is at the local process, message by message in its place, while caller and workload are not done yet. */
export async function expectMirroredWhileOpen(world: MirrorspecWorld, wanted: WantedMessages): Promise<void> {
  const { streams } = world;
  const places = placesOf(streams, wanted);
  await world.session();
  const look = () => {
    const { caller, localProcess } = journalsOf(world, streams);
    return streams.plan.ids.flatMap((id) => {
      const [sent, copy] = [caller.get(id)?.request.messages ?? [], localProcess.get(id)?.request.messages ?? []];
      const place = places.find((each) => !areSame(sent[each], copy[each]));
      return place === undefined ? [] : [{ id, place, found: copy.length }];
    });
  };
  if ((await untilNoneIsLeft(world, look)).length === 0) return requireOpen(world, streams);
  // What is late is not lost: the verdicts wait until everything that was captured is delivered.
  const { evidence, verdicts } = await world.verdictsSoFar();
  const missing = look();
  await requireOpen(world, streams);
  const [first] = missing;
  if (first === undefined) {
    world.forgetVerdicts();
    return;
  }
  const short = missing.flatMap(({ id }) => verdicts.get(id) ?? []);
  const lines = [
    `message ${first.place + 1} of ${streams.sent.length} was expected to be mirrored while the stream is open, but was not`,
    `  found at the local process: ${first.found} of ${streams.sent.length} messages (call ${first.id})`,
    ...short
      .slice(0, 1)
      .map((verdict) => toldOf(describeVerdict(evidence, verdict, 'to be mirrored while it is open'))),
  ];
  throw new ExpectationError(lines.join('\n'), { verdicts: short.filter(({ verdict }) => verdict !== 'mirrored') });
}

/** The caller has got this message of the answer, while the stream is open. */
export async function expectAnsweredWhileOpen(world: MirrorspecWorld, text: string): Promise<void> {
  const { streams } = world;
  const types = await typesOfLastCalls(world);
  const missing = await untilNoneIsLeft(world, () => {
    const { caller } = journalsOf(world, streams);
    return streams.plan.ids.filter((id) => {
      const exchange = caller.get(id);
      return exchange === undefined || !messagesOf(exchange, 'response', types).includes(text);
    });
  });
  await requireOpen(world, streams);
  if (missing.length === 0) return;
  const [id = ''] = missing;
  const found = journalsOf(world, streams).caller.get(id)?.response.messages.length ?? 0;
  throw new ExpectationError(
    `the answer "${text}" was expected while the stream is open, but did not come; the caller has ${found} messages of the answer`,
  );
}

/** The local process saw the caller break the stream off: the stream was reset, or its connection ended before it was complete. */
export async function expectCancellationMirrored(world: MirrorspecWorld): Promise<void> {
  const told = await endsOfCopies(world);
  const missing = told.filter(({ how }) => how !== 'broken off');
  if (missing.length === 0) return;
  throw new ExpectationError(
    `the cancellation was expected to reach the local process, but the copy is ${missing[0]?.how} there (call ${missing[0]?.id})`,
    { verdicts: missing.flatMap(({ verdict }) => verdict ?? []) },
  );
}

/** The local process took the request for complete, although the caller broke it off. */
export async function expectCancellationTakenForEnd(world: MirrorspecWorld): Promise<void> {
  const other = (await endsOfCopies(world)).find(({ how }) => how !== 'complete');
  if (other === undefined) return;
  throw new ExpectationError(
    `the local process was expected to take the request for complete, but the copy is ${other.how} there (call ${other.id})`,
  );
}

async function endsOfCopies(world: MirrorspecWorld) {
  const { evidence, verdicts } = await world.verdicts();
  const { streams } = world;
  const copies = byCall(evidence.journals.localProcess);
  return streams.plan.ids.map((id) => {
    const verdict: CallVerdict | undefined = verdicts.get(id);
    return { id, how: endOf(copies.get(id)), verdict: verdict?.verdict === 'mirrored' ? undefined : verdict };
  });
}

function endOf(copy: Exchange | undefined): 'missing' | 'broken off' | 'complete' | 'open' {
  if (copy === undefined) return 'missing';
  if (copy.reset !== undefined) return 'broken off';
  return copy.request.complete ? 'complete' : 'open';
}

function placesOf({ sent }: StreamBatch, wanted: WantedMessages): readonly number[] {
  if (sent.length === 0)
    throw new UserError('nothing has been sent on the stream yet: add "When the message … is sent"');
  if (wanted === 'all') return sent.map((_, place) => place);
  if (wanted === 'last') return [sent.length - 1];
  const place = sent.findLastIndex((payload) => payload.kind === 'text' && payload.text === wanted.text);
  if (place === -1) throw new UserError(`no message "${wanted.text}" was sent on the stream`);
  return [place];
}

function areSame(sent: Message | undefined, copy: Message | undefined): boolean {
  return sent !== undefined && copy !== undefined && sameBytes(sent.body, copy.body);
}

/** Looks until nothing is left to be found, or too much time has passed; answers what is left. */
async function untilNoneIsLeft<Missing>(
  world: MirrorspecWorld,
  look: () => readonly Missing[],
): Promise<readonly Missing[]> {
  const deadline = performance.now() + world.run.environment.timeouts.deliveryMs;
  for (;;) {
    const missing = look();
    if (missing.length === 0 || performance.now() > deadline) return missing;
    await delay(POLL_MS, undefined, { signal: world.signal });
  }
}

/** What was seen was seen in time only if the streams are open now. */
async function requireOpen(world: MirrorspecWorld, streams: StreamBatch): Promise<void> {
  const [over] = await streams.over(world.signal);
  if (over === undefined) return;
  throw new ExpectationError(
    `the stream was expected to be open, but it is over: ${over.error ?? 'it was answered completely'} (call ${over.id})`,
  );
}

function journalsOf(world: MirrorspecWorld, streams: StreamBatch) {
  const journals = world.deploymentIfBuilt?.journals();
  const wanted = new Set(streams.plan.ids);
  const of = (journal: Journal): ReadonlyMap<string, Exchange> =>
    new Map([...byCall(journal)].filter(([call]) => wanted.has(call)));
  return { caller: of(journals?.caller ?? []), localProcess: of(journals?.localProcess ?? []) };
}

function byCall(journal: Journal): ReadonlyMap<string, Exchange> {
  return new Map(exchangesOf(journal).flatMap((each) => (each.call === undefined ? [] : [[each.call, each] as const])));
}

function toldOf(description: string): string {
  return description
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
