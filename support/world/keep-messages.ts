import { isUtf8 } from 'node:buffer';
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { redactBytes, redaction } from '../evidence/redact.js';
import { type Bytes, PREVIEW_BYTES } from '../model/bytes.js';
import { foldJournal } from '../model/exchanges.js';
import type { Journal } from '../model/journal.js';
import type { EvidenceFolder } from './evidence-folder.js';

/** Says which file is which message. */
const INDEX = 'messages.txt';

/** One message, and who has it. */
interface LongMessage {
  readonly body: Bytes;
  readonly places: string[];
}

/**
 * Writes each message of which journals have the beginning only into a file of its own: `message-<digest>.txt`, or `.bin` where it is no
 * text. Credentials are redacted in them as everywhere else. {@link INDEX} says which message of which party is in which file, and where one
 * is cut.
 *
 * @param files where all of each is, by its SHA-256. They are removed.
 * @returns the SHA-256 of those that hold credentials, which must not be told: a short one can be found from it by trying
 */
export async function keepMessages(
  folder: EvidenceFolder,
  journals: Readonly<Record<string, Journal | undefined>>,
  files: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  const secretive = new Set<string>();
  const [first] = files.values();
  if (first === undefined) return secretive;
  const index: string[] = [];
  for (const [sha256, { body, places }] of longMessages(journals)) {
    const path = files.get(sha256);
    if (path === undefined) {
      index.push(`${describe(redactBytes(body))}: not kept, others were before it`, ...places);
      continue;
    }
    const content = await readFile(path);
    const encoding = isUtf8(withoutCutCharacter(content)) ? 'utf8' : 'latin1';
    const text = content.toString(encoding);
    const redacted = redaction().text(text);
    if (redacted !== text) secretive.add(sha256);
    const shown = redactBytes(body, secretive);
    const name = `message-${shown.sha256.slice(0, 16)}.${encoding === 'utf8' ? 'txt' : 'bin'}`;
    await folder.write(name, redacted === text ? content : Buffer.from(redacted, encoding));
    const cut = content.length < body.length ? `, cut at ${content.length} bytes` : '';
    index.push(`${name}: ${describe(shown)}${cut}`, ...places);
  }
  await folder.write(INDEX, `${index.join('\n')}\n`);
  await rm(dirname(first), { recursive: true, force: true });
  return secretive;
}

/** Where a message is cut, the last character may be incomplete: at most three bytes of it. */
function withoutCutCharacter(content: Buffer): Buffer {
  for (const cut of [0, 1, 2, 3]) {
    const rest = content.subarray(0, Math.max(0, content.length - cut));
    if (isUtf8(rest)) return rest;
  }
  return content;
}

function describe({ length, sha256, redacted }: Bytes): string {
  return redacted === undefined ? `${length} bytes, SHA-256 ${sha256}` : `${length} bytes, credentials redacted`;
}

function longMessages(journals: Readonly<Record<string, Journal | undefined>>): ReadonlyMap<string, LongMessage> {
  const found = new Map<string, LongMessage>();
  const add = (body: Bytes, place: string): void => {
    if (body.length <= PREVIEW_BYTES) return;
    const message = found.get(body.sha256) ?? { body, places: [] };
    found.set(body.sha256, message);
    message.places.push(`  ${place}`);
  };
  for (const [party, journal] of Object.entries(journals)) {
    for (const { raw, exchanges } of foldJournal(journal ?? []).connections) {
      for (const { body } of raw) add(body, `${party}: bytes that were not read as messages`);
      for (const { call, request, response } of exchanges) {
        for (const [direction, { messages, partial }] of Object.entries({ request, response })) {
          const of = `of the ${direction}${call === undefined ? '' : ` of call ${call}`}`;
          for (const [index, { body }] of messages.entries()) add(body, `${party}: message ${index + 1} ${of}`);
          if (partial !== undefined) add(partial.body, `${party}: incomplete message ${messages.length + 1} ${of}`);
        }
      }
    }
  }
  return found;
}
