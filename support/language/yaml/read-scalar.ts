import { isAlias, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml';
import { visibleExcerpt, visibleText } from '../../model/visible-text.js';
import type { Diagnostic } from '../diagnostic.js';
import type { YamlPlace, YamlScalar } from './node.js';

/** Adds a mistake of the file at hand. */
export type Tell = (rule: string, message: string, at: YamlPlace, more?: Pick<Diagnostic, 'help' | 'notes'>) => void;

export function scalarOf(parsed: Scalar.Parsed, at: YamlPlace, tell: Tell): YamlScalar {
  const style = styleOf(parsed);
  return { kind: 'scalar', value: readValue(parsed, at, tell), source: parsed.source, style, at };
}

/** What an empty place holds. */
export function nothing(at: YamlPlace): YamlScalar {
  return { kind: 'scalar', value: null, source: '', style: 'plain', at };
}

function styleOf({ type }: Scalar): YamlScalar['style'] {
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') return 'quoted';
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 'block' : 'plain';
}

function readValue({ value, source, tag }: Scalar.Parsed, at: YamlPlace, tell: Tell): YamlScalar['value'] {
  if (value instanceof Uint8Array) return bytesOf(source, at, tell);
  if (typeof value === 'number') {
    if (!isExact(source, value)) {
      const shown = visibleExcerpt(source, 40);
      tell('number-too-large', `${shown} is larger than a number can be without losing digits`, at, {
        help: [`write "${shown}" with quotes where text is meant`],
      });
    }
    return value;
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  throw new TypeError(`the parser read a ${typeof value} with the tag ${tag}`);
}

/** ".inf" says infinity; 1e999 and 12345678901234567890 mean something else than what they would become. */
function isExact(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return !/\d/.test(source);
  if (Number.isSafeInteger(value) || !/^[-+]?(\d+|0x[\da-fA-F]+|0o[0-7]+)$/.test(source)) return true;
  return String(value) === source || (source.length < 100 && BigInt(source) === BigInt(value));
}

/** Base64 as RFC 4648 §4 has it, in lines or not; Node's own decoder skips what is none. */
function bytesOf(source: string, at: YamlPlace, tell: Tell): Uint8Array {
  const text = source.replace(/\s+/g, '');
  const strange = /[^A-Za-z0-9+/=]/.exec(text)?.[0];
  if (strange !== undefined || !/^[^=]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    const why = strange === undefined ? 'it is cut off' : `"${visibleText(strange)}" does not occur in base64`;
    tell('not-base64', `!!binary is followed by base64, and this is none: ${why}`, at, {
      help: ['`base64 <file>` prints the bytes of a file as base64'],
    });
  }
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** A mapping's key, or undefined where it cannot be one. */
export function keyOf(parsed: ParsedNode, at: YamlPlace, tell: Tell): string | undefined {
  if (isAlias(parsed)) {
    tell('key-not-text', `the alias *${visibleExcerpt(parsed.source, 40)} cannot be a key`, at, {
      help: [`write the key as text; if it is to begin with a star, quote it: "*${visibleExcerpt(parsed.source, 40)}"`],
    });
    return undefined;
  }
  if (!isScalar(parsed)) {
    const [kind, sign] = isSeq(parsed) ? ['list', '['] : ['mapping', '{'];
    tell('key-not-text', `a ${kind} cannot be a key`, at, {
      help: [`a key is text; if the text begins with "${sign}", quote all of it`],
    });
    return undefined;
  }
  const { value, source, type } = parsed as Scalar.Parsed;
  if (value === '<<' && type === 'PLAIN') {
    tell('merge-key', 'the merge key "<<" does not belong to YAML 1.2 and is not followed', at, {
      help: ['write the properties out, or name the whole mapping with an anchor: `a: &name {…}`, then `b: *name`'],
    });
    return undefined;
  }
  if (typeof value === 'string') return value;
  if (source === '' && type === 'PLAIN') {
    tell('key-not-text', 'the key before ":" is missing', at, { help: ['write a key before the ":"'] });
    return undefined;
  }
  const kind = value === null ? 'null' : value instanceof Uint8Array ? 'binary' : `a ${typeof value}`;
  tell('key-not-text', `the key ${source} is ${kind}, and a key is text`, at, { help: [`write "${source}":`] });
  return source;
}
