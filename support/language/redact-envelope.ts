import { isUtf8 } from 'node:buffer';
import type { CoordinatorEventValues } from '@cucumber/cucumber/api';
import type { Redactor } from '../model/redaction.js';

type Envelope = CoordinatorEventValues['message'];

/** Attachments of ours are redacted where they are made, with more knowledge of what they hold. */
const OWN = /^application\/vnd\.mirrorspec\./;

/**
 * Takes credentials out of what a scenario attached, logged and failed with, in place, before any report gets to see it: also those of
 * plain cucumber steps and hooks. Attachments that are no text stay as they are.
 */
export function redactEnvelope(envelope: Envelope, redactor: Redactor): void {
  const { attachment, testStepFinished } = envelope;
  if (attachment !== undefined && !OWN.test(attachment.mediaType)) {
    const { body, contentEncoding, mediaType } = attachment;
    if (contentEncoding === 'IDENTITY') {
      Object.assign(attachment, { body: mediaType.endsWith('json') ? json(body, redactor) : redactor.text(body) });
    } else {
      const bytes = Buffer.from(body, 'base64');
      const text = isUtf8(bytes) || mediaType.startsWith('text/') ? bytes.toString('utf8') : '';
      const shown = mediaType.endsWith('json') ? json(text, redactor) : redactor.text(text);
      if (shown !== text) Object.assign(attachment, { body: Buffer.from(shown).toString('base64') });
    }
    if (attachment.fileName !== undefined) Object.assign(attachment, { fileName: redactor.text(attachment.fileName) });
  }
  const result = testStepFinished?.testStepResult ?? envelope.testRunHookFinished?.result;
  if (result === undefined) return;
  redact(result, redactor);
  if (result.exception !== undefined) redact(result.exception, redactor);
}

/** Replaces the texts of an object, not those of what is below it. */
function redact(holder: object, redactor: Redactor): void {
  for (const [key, value] of Object.entries(holder)) {
    if (typeof value === 'string') Object.assign(holder, { [key]: redactor.text(value) });
  }
}

/** Text that is redacted as JSON stays JSON. */
function json(body: string, redactor: Redactor): string {
  if (redactor.text(body) === body) return body;
  try {
    return JSON.stringify(redactor.deep(JSON.parse(body)), undefined, body.includes('\n') ? 2 : undefined);
  } catch {
    return redactor.text(body);
  }
}
