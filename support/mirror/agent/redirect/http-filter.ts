import { UserError } from '../../../model/errors.js';
import type { HttpFilter } from '../../../model/situation.js';

/** What a filter looks at. */
export interface FilteredRequest {
  readonly method: string;
  readonly target: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
}

export type RequestFilter = (request: FilteredRequest) => boolean;

/**
 * A filter as mirrord applies it to the head of a request (3.250 mirror.rs:96-177, config/src/feature/network/incoming/http_filter.rs).
 * Its filters for bodies (text and jq) are not here. mirrord's regular expressions are Rust's (`fancy_regex`); ours JavaScript's.
 *
 * @throws {UserError} for an expression that is none.
 */
export function compileFilter(filter: HttpFilter): RequestFilter {
  const all: RequestFilter[] = [];
  if (filter.header !== undefined) {
    const pattern = expressionOf('header', filter.header);
    all.push(({ fields }) => linesOf(fields).some((line) => pattern.test(line)));
  }
  if (filter.path !== undefined) {
    const pattern = expressionOf('path', filter.path);
    // mirrord tries the path alone first, so that `$` can mean its end.
    all.push(({ target }) => pattern.test(target.split('?', 1)[0] ?? target) || pattern.test(target));
  }
  if (filter.method !== undefined) {
    const wanted = filter.method.toUpperCase();
    all.push(({ method }) => method.toUpperCase() === wanted);
  }
  if (filter.all !== undefined) {
    const inner = filter.all.map(compileFilter);
    all.push((request) => inner.every((matches) => matches(request)));
  }
  if (filter.any !== undefined) {
    const inner = filter.any.map(compileFilter);
    all.push((request) => inner.some((matches) => matches(request)));
  }
  return (request) => all.every((matches) => matches(request));
}

function expressionOf(what: string, text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`the ${what} filter "${text}" is no regular expression: ${why}`, { cause: error });
  }
}

/** Pseudo-headers of HTTP/2 are no headers. */
function linesOf(fields: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    if (fields[index]?.startsWith(':') === false) lines.push(`${fields[index]}: ${fields[index + 1]}`);
  }
  return lines;
}
