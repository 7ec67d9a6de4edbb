import { createHmac, randomBytes } from 'node:crypto';
import { CREDENTIAL_HEADER_NAMES, FIELD_NAMES, MAY_HOLD_CREDENTIALS, TOKENS, WORD_FIELDS } from './credential-forms.js';
import { jsonValueEnd } from './json-value-end.js';

/** What is redacted beyond what is known to be a credential, and what becomes of packet captures. */
export interface RedactionRules {
  /** Names of headers and trailers, in any case. */
  readonly headers: readonly string[];
  /** Names of fields in JSON, forms and query strings, in any case. */
  readonly fields: readonly string[];
  /** Regular expressions; all that they match is redacted. */
  readonly patterns: readonly string[];
  /** Captures hold what crossed the wire as it was: they are kept, or removed when the scenario is over. */
  readonly captures: 'keep' | 'omit';
  /** Secret of the run. With it a placeholder says which values are equal: `[redacted #a41f]`. */
  readonly key?: string;
}

export const DEFAULT_REDACTION: RedactionRules = { headers: [], fields: [], patterns: [], captures: 'keep' };

/** The secret of a run. It is kept nowhere. */
export function newRedactionKey(): string {
  return randomBytes(16).toString('hex');
}

const REDACTED = 'redacted';
/** A value in quotes. */
const QUOTED = `"[^"\\n]*"|'[^'\\n]*'`;
/** Where a placeholder stands already, nothing is redacted again. */
const NOT_YET = `(?!\\\\*(?:["']|%22)?\\[${REDACTED}\\b)`;

/**
 * Takes credentials out of what is shown or stored. What is compared must be the true values. Recognised are headers and fields by their
 * names, and tokens by their form; a value that merely looks random (a UUID, a digest, a picture) is none.
 */
export class Redactor {
  readonly #key: string | undefined;
  readonly #headers: ReadonlySet<string>;
  readonly #mayHold: RegExp;
  readonly #forms: readonly ((text: string) => string)[];
  readonly #fieldName: RegExp;

  /** @throws {SyntaxError} where a pattern is no regular expression */
  constructor({ headers, fields, patterns, key }: RedactionRules) {
    this.#key = key;
    this.#headers = new Set([...CREDENTIAL_HEADER_NAMES, ...headers.map((name) => name.toLowerCase())]);
    const own = fields.map(escaped);
    const headerNames = [...this.#headers].map(escaped);
    const name = fieldNamePattern(own);
    this.#fieldName = new RegExp(
      `^(?:[\\w.-]*${FIELD_NAMES}|${[WORD_FIELDS, ...own, ...headerNames].join('|')})$`,
      'i',
    );
    const hints = [MAY_HOLD_CREDENTIALS, ...own, ...headers.map(escaped)];
    this.#mayHold = new RegExp(hints.join('|'), 'i');
    const users = patterns.map((pattern) => new RegExp(pattern, 'gu'));
    const header = new RegExp(
      `(?<![\\w-])((?:${headerNames.join('|')})["']?\\s?:[^\\S\\n]*)${NOT_YET}(${QUOTED}|(?:="[^"\\r\\n]*"|[^\\s"'\\\\])(?:="[^"\\r\\n]*"|[^\\r\\n"'\\\\])*)`,
      'gi',
    );
    const json = new RegExp(`(\\\\{0,31})"(?:${name}|${headerNames.join('|')})\\1"\\s*:\\s*`, 'gi');
    const form = new RegExp(
      `((?:${name})(?:\\]|%5D|%22){0,3}(?:\\\\*["']?=|%3D|%3A(?:%22)?))${NOT_YET}(\\\\*"[^"\\n]*"|'[^'\\n]*'|[^\\s&"'<>;#\\\\]+)`,
      'gi',
    );
    const part = new RegExp(
      `(name="(?:[^"\\n]{0,80}\\[)?(?:${name})\\]?"[^\\n]*\\r?\\n(?:[^\\r\\n]{1,200}\\r?\\n){0,4}\\r?\\n)${NOT_YET}([^\\r\\n]+)`,
      'gi',
    );
    const line = new RegExp(
      `(${FIELD_NAMES}(?:(?:["']?\\s?:|\\s=)[^\\S\\n]+|["']:))${NOT_YET}(?!(?:null|true|false|undefined|None|True|False)\\b)(${QUOTED}|[^\\s"'<>,;\\\\[{]+)`,
      'gi',
    );
    const option = new RegExp(
      `(?<![\\w-])(?=--)((?:${name})[^\\S\\n]+)${NOT_YET}(${QUOTED}|[^\\s"'<>-][^\\s"'<>]*)`,
      'gi',
    );
    const element = new RegExp(`(<(?:\\w{1,40}:)?(?:${name})(?:\\s[^<>]{0,200})?>)${NOT_YET}([^<]+)`, 'gi');
    const known: readonly ((text: string) => string)[] = [
      (text) => this.#jsonFields(text, json),
      ...[header, part, form, line, option, element].map(
        (form) =>
          (text: string): string =>
            text.replace(form, (_, before: string, value: string) => `${before}${this.placeholder(value)}`),
      ),
      ...TOKENS.map(
        ({ form, isOne }) =>
          (text: string): string =>
            text.replace(form, (all: string, before: string, value: string) =>
              isOne !== undefined && !isOne(value) ? all : `${before}${this.placeholder(value)}`,
            ),
      ),
    ];
    this.#forms = [
      (text) => (this.#mayHold.test(text) ? known.reduce((rest, each) => each(rest), text) : text),
      ...users.map(
        (pattern) =>
          (text: string): string =>
            text.replace(pattern, (all: string) => (all === '' ? '' : this.placeholder(all))),
      ),
    ];
  }

  /** What stands for a value; the same for equal values of one run. */
  placeholder(value: string): string {
    return this.#key === undefined ? `[${REDACTED}]` : `[${REDACTED} #${this.#digest(value).slice(0, 4)}]`;
  }

  isCredentialHeader(name: string): boolean {
    const plain = name.toLowerCase().replace(/-bin$/, '');
    return this.#headers.has(plain) || this.#headers.has(name.toLowerCase()) || this.#fieldName.test(plain);
  }

  /** The value of a header as it may be shown. */
  header(name: string, value: string): string {
    if (this.isCredentialHeader(name)) return value === '' ? value : this.placeholder(value);
    return this.text(value);
  }

  text(text: string): string {
    return this.#forms.reduce((rest, each) => each(rest), text);
  }

  /** All texts of a value that JSON can hold. Fields are recognised by their names, too. */
  deep<Value>(value: Value): Value {
    return this.#deep(value) as Value;
  }

  /** For a digest of something that is redacted: equal ones stay equal, but nobody can try out what it is a digest of. */
  digest(digest: string): string {
    return this.#digest(digest);
  }

  #digest(value: string): string {
    return createHmac('sha256', this.#key ?? '')
      .update(value)
      .digest('hex');
  }

  #deep(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((each) => this.#deep(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        (typeof each === 'string' || typeof each === 'number') && this.#fieldName.test(key)
          ? this.#once(String(each))
          : this.#deep(each),
      ]),
    );
  }

  #once(value: string): string {
    return value === '' || value.startsWith(`[${REDACTED}`) ? value : this.placeholder(value);
  }

  /** Fields in JSON, whole or cut, be it quoted within another text, where each `"` has backslashes before it. */
  #jsonFields(text: string, name: RegExp): string {
    let redacted = '';
    let done = 0;
    name.lastIndex = 0;
    for (let match = name.exec(text); match !== null; match = name.exec(text)) {
      const [all, slashes = ''] = match;
      const start = match.index + all.length;
      const end = jsonValueEnd(text, start, slashes.length);
      const value = text.slice(start, end);
      name.lastIndex = Math.max(end, start);
      const quote = `${slashes}"`;
      const bare = value.startsWith(quote) ? value.slice(quote.length).replace(/\\*"$/, '') : value;
      if (/^(?:null|true|false|)$/.test(bare) || bare.startsWith(`[${REDACTED}`)) continue;
      redacted += `${text.slice(done, start)}${quote}${this.placeholder(bare)}${quote}`;
      done = end;
    }
    return done === 0 ? text : redacted + text.slice(done);
  }
}

function fieldNamePattern(own: readonly string[]): string {
  return [`[\\w.-]{0,40}?${FIELD_NAMES}`, `(?<![\\w-])-{0,2}(?:${[WORD_FIELDS, ...own].join('|')})`].join('|');
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
