import type { CoordinatorEventValues } from '@cucumber/cucumber/api';
import type { Redactor } from '../model/redaction.js';

type Envelope = CoordinatorEventValues['message'];

/** Attachments of ours are redacted where they are made, with more knowledge of what they hold. */
const OWN = /^application\/vnd\.mirrorspec\./;

/**
 * Takes credentials out of what a scenario attached, logged and failed with, in place, before any report gets to see it: also those of
 * plain cucumber steps and hooks. Binary attachments stay as they are.
 */
export function redactEnvelope(envelope: Envelope, redactor: Redactor): void {
  const { attachment, testStepFinished } = envelope;
  if (attachment !== undefined && !OWN.test(attachment.mediaType)) {
    const { body, contentEncoding, mediaType } = attachment;
    if (contentEncoding === 'IDENTITY') {
      Object.assign(attachment, { body: mediaType.endsWith('json') ? json(body, redactor) : redactor.text(body) });
    } else if (/^text\//.test(mediaType)) {
      const text = redactor.text(Buffer.from(body, 'base64').toString('utf8'));
      Object.assign(attachment, { body: Buffer.from(text).toString('base64') });
    }
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
