import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Header } from '../model/journal.js';
import { HpackDecoder, HpackError, type HpackFault } from './hpack.js';
import { decodeHuffman, huffmanCodes } from './hpack-huffman.js';
import { Http2FrameParser } from './http2-frames.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Blocks of one connection and what they hold, from RFC 7541, appendix C. */
const VECTORS: readonly (readonly [title: string, blocks: readonly (readonly [block: string, headers: Header[]])[]])[] =
  [
    [
      'C.2.1 literal with indexing',
      [['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', [['custom-key', 'custom-header']]]],
    ],
    ['C.2.2 literal without indexing', [['040c 2f73 616d 706c 652f 7061 7468', [[':path', '/sample/path']]]]],
    ['C.2.3 literal never indexed', [['1008 7061 7373 776f 7264 0673 6563 7265 74', [['password', 'secret']]]]],
    ['C.2.4 indexed', [['82', [[':method', 'GET']]]]],
    [
      'C.3 requests without Huffman code',
      [
        ['8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', requestOf('http', '/')],
        ['8286 84be 5808 6e6f 2d63 6163 6865', [...requestOf('http', '/'), ['cache-control', 'no-cache']]],
        [
          '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
          [...requestOf('https', '/index.html'), ['custom-key', 'custom-value']],
        ],
      ],
    ],
    [
      'C.4 requests with Huffman code',
      [
        ['8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', requestOf('http', '/')],
        ['8286 84be 5886 a8eb 1064 9cbf', [...requestOf('http', '/'), ['cache-control', 'no-cache']]],
        [
          '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
          [...requestOf('https', '/index.html'), ['custom-key', 'custom-value']],
        ],
      ],
    ],
    // The examples take a table of 256 octets for granted; a size update in front (3fe1 01) says so here.
    [
      'C.5 responses with eviction, without Huffman code',
      [
        [
          '3fe101 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
          responseOf('302'),
        ],
        ['4803 3330 37c1 c0bf', responseOf('307')],
        [
          '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
          lastResponse(),
        ],
      ],
    ],
    [
      'C.6 responses with eviction and Huffman code',
      [
        [
          '3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
          responseOf('302'),
        ],
        ['4883 640e ffc1 c0bf', responseOf('307')],
        [
          '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
          lastResponse(),
        ],
      ],
    ],
  ];

function requestOf(scheme: string, path: string): Header[] {
  return [
    [':method', 'GET'],
    [':scheme', scheme],
    [':path', path],
    [':authority', 'www.example.com'],
  ];
}

function responseOf(status: string): Header[] {
  return [
    [':status', status],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['location', 'https://www.example.com'],
  ];
}

function lastResponse(): Header[] {
  return [
    [':status', '200'],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
    ['location', 'https://www.example.com'],
    ['content-encoding', 'gzip'],
    ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
  ];
}

describe('HpackDecoder', () => {
  for (const [title, blocks] of VECTORS) {
    it(`decodes RFC 7541 ${title}`, () => {
      const decoder = new HpackDecoder();
      for (const [block, headers] of blocks) assert.deepEqual(decoder.decode(hex(block)), headers);
    });
  }

  const faults: readonly (readonly [title: string, block: string, fault: HpackFault])[] = [
    ['an index beyond the dynamic table', 'be', 'missing-entry'],
    ['a name beyond the dynamic table', '7e 01 61', 'missing-entry'],
    ['index 0', '80', 'malformed'],
    ['an endless integer', 'ff ffffffffffffffffffff', 'malformed'],
    ['a block that ends in an integer', 'ff', 'malformed'],
    ['a block that ends in a string', '40 05 6162', 'malformed'],
    ['a block that ends before a value', '40 01 61', 'malformed'],
    ['a size update after a header', '82 20', 'malformed'],
    ['a huge table', '3f e1ffff07', 'too-large'],
    ['Huffman code with EOS in it', '40 01 61 84 ffffffff', 'malformed'],
    ['Huffman padding of a whole octet', '40 01 61 82 1fff', 'malformed'],
    ['Huffman padding that is not ones', '40 01 61 81 18', 'malformed'],
  ];
  for (const [title, block, fault] of faults) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => new HpackDecoder().decode(hex(block)),
        (error) => error instanceof HpackError && error.fault === fault,
      );
    });
  }

  it('forgets its table when the size goes to zero', () => {
    const decoder = new HpackDecoder();
    decoder.decode(hex('4001610162'));
    assert.deepEqual(decoder.decode(hex('be')), [['a', 'b']]);
    assert.deepEqual(decoder.decode(hex('20')), []);
    assert.throws(() => decoder.decode(hex('be')), { fault: 'missing-entry' });
  });

  it('refuses a header list that a few octets blow up', () => {
    const decoder = new HpackDecoder();
    decoder.decode(Buffer.concat([hex('4001617f81 1e'), Buffer.alloc(3968, 'x')]));
    assert.throws(() => decoder.decode(Buffer.alloc(1000, 0xbe)), { fault: 'too-large' });
  });

  it('throws nothing but HpackError, whatever it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (blocks) => {
        const decoder = new HpackDecoder();
        try {
          for (const block of blocks) decoder.decode(block);
        } catch (error) {
          assert.ok(error instanceof HpackError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('understands what nghttp2 encodes, with tables of any size', async () => {
    const name = fc.stringMatching(/^x-[a-z0-9_-]{1,20}$/);
    const value = fc.oneof(
      fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/),
      fc.constantFrom('application/grpc', 'trailers', '0'.repeat(200)),
      // Octets beyond ASCII among digits, so that the Huffman code of the whole is still the shorter form.
      fc
        .array(fc.constantFrom(...'00000000000\u0080\u00e9\u00ff'), { minLength: 1, maxLength: 80 })
        .map((parts) => parts.join('')),
    );
    const headers = fc.dictionary(name, value, { maxKeys: 12, noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(headers, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(undefined, 0, 64, 300, 16_384),
        async (requests, tableSize) => {
          // One more header is always repeated, so that the dynamic table is used.
          const sent = requests.map((request) => ({ ...request, 'x-repeated': 'again and again' }));
          const received = await encodeWithNghttp2(sent, tableSize);
          assert.deepEqual(
            received.map((list) => Object.fromEntries(list.filter(([key]) => !key.startsWith(':')))),
            sent,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the Huffman code', () => {
  it('is complete: 257 codes that fill the tree', () => {
    const codes = huffmanCodes();
    assert.equal(new Set(codes.map(({ symbol }) => symbol)).size, 257);
    assert.equal(
      codes.reduce((sum, { bits }) => sum + 2 ** -bits, 0),
      1,
    );
  });

  it('decodes every octet', () => {
    for (const { symbol, code, bits } of huffmanCodes()) {
      if (symbol === 256) continue;
      const padding = (8 - (bits % 8)) % 8;
      const value = (BigInt(code) << BigInt(padding)) | ((1n << BigInt(padding)) - 1n);
      const coded = hex(value.toString(16).padStart(((bits + padding) / 8) * 2, '0'));
      assert.equal(decodeHuffman(coded), String.fromCharCode(symbol));
    }
  });
});

/** Makes requests with a real HTTP/2 client whose server allows an HPACK table of `tableSize`, and decodes its headers. */
async function encodeWithNghttp2(
  requests: readonly Record<string, string>[],
  tableSize: number | undefined,
): Promise<Header[][]> {
  const decoder = new HpackDecoder();
  const received: Header[][] = [];
  let complete = () => {};
  const done = new Promise<void>((resolve) => {
    complete = resolve;
  });
  const parser = new Http2FrameParser({
    headers: (_stream, block) => {
      received.push(decoder.decode(block));
      if (received.length === requests.length) complete();
    },
    data: () => {},
    endStream: () => {},
    resetStream: () => {},
    malformed: (detail) => assert.fail(detail),
    undecoded: () => {},
  });
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, callback) {
      parser.push(chunk);
      callback();
    },
  });
  const client = http2.connect('http://test', {
    createConnection: () => wire,
    maxDeflateDynamicTableSize: 65_536,
  } as http2.ClientSessionOptions);
  client.on('error', () => {});
  const settings = Buffer.from('000006040000000000000100000000', 'hex');
  if (tableSize === undefined) settings.writeUInt16BE(3, 9);
  settings.writeUInt32BE(tableSize ?? 100, 11);
  wire.push(settings);
  await new Promise((resolve) => client.once('remoteSettings', resolve));
  for (const headers of requests)
    client.request({ ':path': '/a', ...headers }, { endStream: true }).on('error', () => {});
  await done;
  client.destroy();
  return received;
}
