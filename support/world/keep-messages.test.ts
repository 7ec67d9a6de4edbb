import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { redaction } from '../evidence/redact.js';
import { type Bytes, bytesOf } from '../model/bytes.js';
import type { Journal } from '../model/journal.js';
import { EvidenceFolder } from './evidence-folder.js';
import { keepMessages } from './keep-messages.js';

const FILLER = 'so long a message '.repeat(1000);
const TEXT = Buffer.from(`${FILLER} authorization: Bearer c2VjcmV0LXRva2Vu`);
const BINARY = Buffer.alloc(20_000, 0xff);
const SCENARIO = { uri: 'features/a.feature', line: 1, name: 'a', attempt: 0, steps: [] };

function journalWith(...bodies: readonly Bytes[]): Journal {
  const place = { at: 1, connection: 1, exchange: 1 };
  return [
    { kind: 'request', ...place, protocol: 'HTTP/2', method: 'POST', path: '/', headers: [], call: 'c1' },
    ...bodies.map((body, index) => ({ kind: 'message', ...place, direction: 'request', index, body }) as const),
  ];
}

describe('long messages', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mirrorspec-test-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Keeps messages of which these files have been left. */
  async function kept(
    journals: Readonly<Record<string, Journal>>,
    left: readonly (readonly [Bytes, Buffer])[],
  ): Promise<ReadonlyMap<string, string>> {
    const raw = join(root, 'raw');
    mkdirSync(raw);
    const files = new Map(left.map(([{ sha256 }]) => [sha256, join(raw, sha256)]));
    for (const [{ sha256 }, content] of left) writeFileSync(join(raw, sha256), content);
    const folder = new EvidenceFolder(root, SCENARIO);
    await keepMessages(folder, journals, files);
    assert.ok(!existsSync(raw), 'what was left as it was is gone');
    return new Map(readdirSync(folder.path).map((name) => [name, readFileSync(join(folder.path, name), 'latin1')]));
  }

  it('are files of their own, each once, without credentials; a list says whose they are', async () => {
    const [text, binary] = [bytesOf(TEXT), bytesOf(BINARY)];
    const files = await kept({ caller: journalWith(text, binary), 'local process': journalWith(text) }, [
      [text, TEXT],
      [binary, BINARY],
    ]);
    // A short secret can be found from the digest of a text whose rest is known.
    const digest = redaction().digest(text.sha256);
    const names = [`message-${digest.slice(0, 16)}.txt`, `message-${binary.sha256.slice(0, 16)}.bin`];
    assert.deepEqual([...files.keys()].sort(), [...names, 'messages.txt'].sort());
    assert.ok(files.get(names[0] ?? '')?.startsWith(FILLER));
    assert.ok(!files.get(names[0] ?? '')?.includes('c2VjcmV0'));
    assert.equal(files.get(names[1] ?? ''), BINARY.toString('latin1'));
    assert.equal(
      files.get('messages.txt'),
      `${names[0]}: ${TEXT.length} bytes, credentials redacted
  caller: message 1 of the request of call c1
  local process: message 1 of the request of call c1
${names[1]}: 20000 bytes, SHA-256 ${binary.sha256}
  caller: message 2 of the request of call c1
`,
    );
  });

  it('say where they are cut, and which are not kept', async () => {
    const [text, binary] = [bytesOf(TEXT), bytesOf(BINARY)];
    const files = await kept({ caller: journalWith(text, binary) }, [[binary, BINARY.subarray(0, 17_000)]]);
    const index = files.get('messages.txt') ?? '';
    assert.match(index, /^\d+ bytes, SHA-256 \w+: not kept, .*\n {2}caller: message 1 of the request of call c1$/m);
    assert.match(index, /^message-\w{16}\.bin: 20000 bytes, SHA-256 \w+, cut at 17000 bytes$/m);
  });

  it('leave nothing where there are none', async () => {
    const folder = new EvidenceFolder(root, SCENARIO);
    await keepMessages(folder, { caller: journalWith(bytesOf(Buffer.from('short'))) }, new Map());
    assert.deepEqual(readdirSync(root), []);
  });
});
