import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CoordinatorEventValues } from '@cucumber/cucumber/api';
import { DEFAULT_REDACTION, Redactor } from '../model/redaction.js';
import { redactEnvelope } from './redact-envelope.js';

const redactor = new Redactor(DEFAULT_REDACTION);

/** The body of an attachment, given as bytes, after redaction. */
function attached(
  content: Buffer,
  mediaType: string,
  fileName = 'a',
): { readonly body: string; readonly fileName: string } {
  const attachment = { body: content.toString('base64'), contentEncoding: 'BASE64', mediaType, fileName };
  redactEnvelope({ attachment } as unknown as CoordinatorEventValues['message'], redactor);
  return { body: Buffer.from(attachment.body, 'base64').toString('latin1'), fileName: attachment.fileName };
}

it('an attachment that was given as bytes is redacted if it is text, whatever it is called', () => {
  assert.equal(attached(Buffer.from('{"password":"x"}'), 'application/json').body, '{"password":"[redacted]"}');
  assert.equal(
    attached(Buffer.from('password=x&a=1'), 'application/x-www-form-urlencoded').body,
    'password=[redacted]&a=1',
  );
  assert.equal(attached(Buffer.from('Bearer s3cret-token'), 'application/octet-stream').body, 'Bearer [redacted]');
  assert.equal(attached(Buffer.from([0xff, 0xfe, 0x80]), 'application/octet-stream').body, '\xff\xfe\x80');
  assert.equal(attached(Buffer.from('x'), 'text/plain', 'token=abc').fileName, 'token=[redacted]');
});
