import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { plainValue, type YamlNode, type YamlPlace } from './node.js';
import { readYaml } from './read.js';

/** Pieces of YAML that mean something, so that arbitrary texts get past the first line. */
const PIECES = [
  ...[
    '- ',
    '? ',
    ': ',
    ':',
    ', ',
    '[',
    ']',
    '{',
    '}',
    '#',
    ' # c',
    '&a ',
    '*a',
    '!',
    '!!str ',
    '!!binary ',
    '|',
    '>-',
    "'",
  ],
  ...[
    '"',
    '%',
    '@',
    '`',
    '\n',
    '\n  ',
    '\n    ',
    '\n- ',
    '\n\t',
    '\r\n',
    '---\n',
    '...\n',
    '<<: ',
    'a: ',
    'b',
    '1',
    '~',
    'é',
    '😀',
  ],
];

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
);

test('whatever the bytes are, there are documents or mistakes, each with a place in the file', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    texts.map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(bytes, (content) => {
      const { documents, mistakes, text } = readYaml(content, 'a.yaml');
      assert.ok(documents.length > 0 || mistakes.length > 0);
      const lines = new TextDecoder().decode(content).split('\n');
      for (const { rule, message, at } of mistakes) {
        assert.ok(rule !== undefined && /^[a-z0-9-]+$/.test(rule));
        assert.doesNotMatch(message, /\n|\.$/);
        assert.ok(at !== undefined);
        const line = lines[at.line - 1]?.replace(/\r$/, '');
        assert.ok(line !== undefined, `line ${at.line} of ${lines.length}: ${message}`);
        // One behind the end of the line is where something is missing.
        assert.ok((at.column ?? 1) <= line.length + 1, `column ${at.column} of ${line.length}: ${message}`);
      }
      for (const { root } of documents) for (const place of placesOf(root)) assertInside(place, text);
    }),
    { numRuns: 1000 },
  );
});

test('what YAML writes is read as it was, with places that point at what is written', () => {
  const data = fc
    .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 }), { minKeys: 1 })
    // YAML's own library writes it without quotes, which is a merge key to YAML 1.1.
    .filter((value) => !JSON.stringify(value).includes('"<<":'));
  const layout = fc.record({
    indent: fc.integer({ min: 1, max: 6 }),
    lineWidth: fc.constantFrom(0, 20, 80),
    crlf: fc.boolean(),
  });
  fc.assert(
    fc.property(data, layout, (value, { crlf, ...options }) => {
      const written = stringify(value, { ...options, aliasDuplicateObjects: false });
      const text = crlf ? written.replaceAll('\n', '\r\n') : written;
      const { documents, mistakes } = readYaml(Buffer.from(text), 'a.yaml');
      assert.deepEqual(mistakes, []);
      const [document, ...others] = documents;
      assert.deepEqual(others, []);
      assert.ok(document !== undefined);
      // JSON has no negative zero.
      assert.deepEqual(JSON.parse(JSON.stringify(plainValue(document.root))), JSON.parse(JSON.stringify(value)));
      for (const { key, place } of keysOf(document.root)) {
        assertInside(place, text);
        const there = text.split('\n')[place.line - 1]?.slice(place.column - 1) ?? '';
        assert.ok(
          there.startsWith(key) || /^["'|>?]/.test(there),
          `${JSON.stringify(key)} at ${JSON.stringify(there)}`,
        );
      }
    }),
    { numRuns: 200 },
  );
});

function assertInside({ line, column, length }: YamlPlace, text: string): void {
  const there = text.split('\n')[line - 1]?.replace(/\r$/, '');
  assert.ok(there !== undefined && column >= 1 && length >= 1);
  assert.ok(column + length - 1 <= Math.max(there.length, column));
}

function* placesOf(node: YamlNode): Iterable<YamlPlace> {
  yield node.at;
  if (node.kind === 'sequence') for (const item of node.items) yield* placesOf(item);
  if (node.kind !== 'mapping') return;
  for (const { keyAt, value } of node.entries) {
    yield keyAt;
    yield* placesOf(value);
  }
}

function* keysOf(node: YamlNode): Iterable<{ key: string; place: YamlPlace }> {
  if (node.kind === 'sequence') for (const item of node.items) yield* keysOf(item);
  if (node.kind !== 'mapping') return;
  for (const { key, keyAt, value } of node.entries) {
    yield { key, place: keyAt };
    yield* keysOf(value);
  }
}
