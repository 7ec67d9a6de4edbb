import type { Diagnostic } from '../diagnostic.js';
import { LIMITS } from './limits.js';

/** A file's bytes as text without byte order mark, or the mistake that makes them none. */
export function textOf(bytes: Uint8Array, file: string): string | Diagnostic {
  if (bytes.length > LIMITS.fileBytes) return tooLarge(bytes.length, file);
  const encoding = otherEncoding(bytes);
  if (encoding !== undefined) {
    return {
      rule: 'not-utf8',
      message: `this file is encoded as ${encoding}, and UTF-8 is expected`,
      at: { file, line: 1 },
      help: [SAVE_AS_UTF8],
    };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return controlCharacter(text, file) ?? text;
  } catch {
    return notUtf8(bytes, file);
  }
}

const SAVE_AS_UTF8 = 'save it as UTF-8: editors offer that as "Save with encoding" or "File encoding"';

function tooLarge(size: number, file: string): Diagnostic {
  const mebibytes = (count: number): string => `${Math.ceil((count / 1024 / 1024) * 10) / 10} MiB`;
  return {
    rule: 'file-too-large',
    message: `this file has ${mebibytes(size)}, and no more than ${mebibytes(LIMITS.fileBytes)} are read`,
    at: { file, line: 1 },
    help: ['split it into several files; a large payload can stand in a file of its own'],
  };
}

/** UTF-16 and UTF-32, which their marks or the NUL bytes beside ASCII letters give away. */
function otherEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16';
  if (a === 0xfe && b === 0xff) return 'UTF-16';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'UTF-32';
  const asciiBesideNul = (letter: number | undefined, nul: number | undefined): boolean =>
    letter !== undefined && letter >= 0x09 && letter < 0x7f && nul === 0;
  const little = asciiBesideNul(a, b) && asciiBesideNul(c, d);
  const big = asciiBesideNul(b, a) && asciiBesideNul(d, c);
  return little || big ? 'UTF-16' : undefined;
}

function notUtf8(bytes: Uint8Array, file: string): Diagnostic {
  const lossy = new TextDecoder().decode(bytes);
  const { index, byte } = firstBadByte(lossy, bytes);
  return {
    rule: 'not-utf8',
    message: `this file is not UTF-8: the byte 0x${(bytes[byte] ?? 0).toString(16)} is no character here`,
    at: { file, ...placeAt(lossy, index) },
    help: [SAVE_AS_UTF8],
  };
}

/** Where the decoder had to put a replacement character, and the byte for which it did. */
function firstBadByte(lossy: string, bytes: Uint8Array): { readonly index: number; readonly byte: number } {
  let byte = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let from = 0;
  for (let index = lossy.indexOf('\ufffd'); index !== -1; index = lossy.indexOf('\ufffd', from)) {
    byte += Buffer.byteLength(lossy.slice(from, index));
    // U+FFFD itself may stand in a file.
    const written = bytes[byte] === 0xef && bytes[byte + 1] === 0xbf && bytes[byte + 2] === 0xbd;
    if (!written) return { index, byte };
    byte += 3;
    from = index + 1;
  }
  return { index: 0, byte: 0 };
}

/** What YAML allows nowhere: control characters but tab and line ends, a carriage return alone, U+FFFE and U+FFFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|\r(?!\n)/g;

function controlCharacter(text: string, file: string): Diagnostic | undefined {
  FORBIDDEN.lastIndex = 0;
  const found = FORBIDDEN.exec(text);
  if (found === null) return undefined;
  const code = found[0].charCodeAt(0);
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const escaped = `\\${code < 0x100 ? 'x' : 'u'}${code.toString(16).padStart(code < 0x100 ? 2 : 4, '0')}`;
  return {
    rule: 'control-character',
    message:
      code === 0x0d
        ? 'a carriage return without a line feed is no end of a line'
        : `the control character ${name} is not allowed in YAML`,
    at: { file, ...placeAt(text, found.index) },
    help:
      code === 0x0d
        ? ['save the file with line ends LF or CRLF']
        : [`remove it, or write it in double quotes as "${escaped}"; bytes are written as !!binary with base64`],
  };
}

function placeAt(text: string, index: number): { line: number; column: number; source: string } {
  const start = text.lastIndexOf('\n', index - 1) + 1;
  const end = text.indexOf('\n', index);
  const source = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++;
  // Shown as a replacement character: the terminal must not obey what stands there.
  return { line, column: index - start + 1, source: source.replace(FORBIDDEN, '\ufffd') };
}
