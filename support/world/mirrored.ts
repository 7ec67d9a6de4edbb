import { type Bytes, PREVIEW_BYTES, previewOf } from '../model/bytes.js';
import { ExpectationError } from '../model/errors.js';
import { type Exchange, exchangesOf, type Message } from '../model/exchanges.js';
import type { Journal } from '../model/journal.js';
import { isGrpc } from '../model/protocol.js';
import type { CallVerdict } from '../model/verdict.js';
import { visibleText } from '../model/visible-text.js';
import type { MethodTypes } from '../traffic/grpc/types.js';
import type { MirrorspecWorld } from './world.js';

/** The exchanges of the last calls as the local process saw them, in the order of the calls. */
export async function mirroredExchanges(world: MirrorspecWorld): Promise<readonly Exchange[]> {
  const { evidence, verdicts } = await world.verdicts();
  const missing = 'no mirrored copy of the call reached the local process';
  return ofLastBatch(world, evidence.journals.localProcess, missing, verdicts);
}

/** The exchanges of the last calls as the caller saw them, in the order of the calls. */
export async function callerExchanges(world: MirrorspecWorld): Promise<readonly Exchange[]> {
  const { evidence } = await world.verdicts();
  return ofLastBatch(world, evidence.journals.caller, "the caller's journal does not have the call");
}

function ofLastBatch(
  world: MirrorspecWorld,
  journal: Journal,
  missing: string,
  verdicts?: ReadonlyMap<string, CallVerdict>,
): readonly Exchange[] {
  const byCall = new Map(exchangesOf(journal).map((exchange) => [exchange.call, exchange]));
  return world.lastBatch.plan.ids.map((id) => {
    const exchange = byCall.get(id);
    if (exchange !== undefined) return exchange;
    const verdict = verdicts?.get(id);
    throw new ExpectationError(`${missing} (call ${id})`, { verdicts: verdict && [verdict] });
  });
}

/** A message as a tester wrote it: for plain HTTP its bytes, for gRPC the message in proto3 JSON form. */
export type ReadableMessage =
  | { readonly kind: 'bytes'; readonly bytes: Bytes; readonly data: Buffer }
  | { readonly kind: 'message'; readonly bytes: Bytes; readonly json: unknown };

/** Decodes what was mirrored or answered. Messages longer than the journals keep can only be compared as a whole. */
export function readMessage(
  message: Message,
  exchange: Exchange,
  direction: 'request' | 'response',
  types: MethodTypes | undefined,
): ReadableMessage {
  const { body } = message;
  const data = previewOf(body);
  if (!isGrpc(exchange.protocol) || types === undefined || body.length > PREVIEW_BYTES) {
    return { kind: 'bytes', bytes: body, data };
  }
  const json = direction === 'request' ? types.decodeRequest(data) : types.decodeResponse(data);
  return { kind: 'message', bytes: body, json };
}

/** The text of a message: a body, or of an echo or yages message its `payload` or `text`. */
export function textOf(message: ReadableMessage): string {
  if (message.kind === 'bytes') return message.data.toString('utf8');
  const { payload, text } = message.json as { readonly payload?: unknown; readonly text?: unknown };
  if (typeof payload === 'string' && payload !== '') return Buffer.from(payload, 'base64').toString('utf8');
  return typeof text === 'string' ? text : JSON.stringify(message.json);
}

/** Fails with both texts one above the other. */
export function expectEqualText(what: string, expected: string, found: string): void {
  if (expected === found) return;
  throw new ExpectationError(
    `${what} is another\n  expected: ${visibleText(expected)}\n  found:    ${visibleText(found)}`,
  );
}

/** The types of the gRPC method that the last calls used, where they can be known without asking the workload. */
export async function typesOfLastCalls(world: MirrorspecWorld): Promise<MethodTypes | undefined> {
  const { grpc } = world.lastBatch.plan;
  if (grpc === undefined) return undefined;
  const { loadBuiltinTypes, loadProtoFiles } = await import('../traffic/grpc/types.js');
  const types =
    grpc.types.source === 'files' ? loadProtoFiles(grpc.types.files, grpc.types.includeDirs) : loadBuiltinTypes();
  return types.findMethod(grpc.service, grpc.method);
}

/** The texts of an exchange's messages in one direction. */
export function messagesOf(
  exchange: Exchange,
  direction: 'request' | 'response',
  types: MethodTypes | undefined,
): readonly string[] {
  return exchange[direction].messages.map((message) => textOf(readMessage(message, exchange, direction, types)));
}

/** The messages of one direction of the last calls, decoded, one list for each call. */
export async function messagesOfLastCalls(
  world: MirrorspecWorld,
  direction: 'request' | 'response',
): Promise<readonly (readonly ReadableMessage[])[]> {
  const exchanges = direction === 'request' ? await mirroredExchanges(world) : await callerExchanges(world);
  const types = await typesOfLastCalls(world);
  return exchanges.map((exchange) =>
    exchange[direction].messages.map((message) => readMessage(message, exchange, direction, types)),
  );
}
