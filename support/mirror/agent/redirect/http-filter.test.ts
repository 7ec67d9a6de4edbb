import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../model/errors.js';
import type { HttpFilter } from '../../../model/situation.js';
import { compileFilter, type FilteredRequest } from './http-filter.js';

const REQUEST: FilteredRequest = {
  method: 'POST',
  target: '/orders?sort=date',
  fields: [':authority', 'workload', 'X-Tenant', 'blue', 'accept', 'text/plain', 'accept', 'text/html'],
};
const YES: HttpFilter = { method: 'post' };
const NO: HttpFilter = { method: 'GET' };

for (const [filter, matches] of [
  [{ header: '^x-tenant: blue$' }, true],
  [{ header: '^x-tenant: BLUE$' }, true],
  [{ header: '^x-tenant: green$' }, false],
  [{ header: 'accept: text/html' }, true],
  [{ header: 'blue\\ntext' }, false],
  [{ header: 'workload' }, false],
  [{ path: '^/orders$' }, true],
  [{ path: 'sort=DATE$' }, true],
  [{ path: '^/order$' }, false],
  [{ method: 'post' }, true],
  [{ method: 'POS' }, false],
  [{ all: [YES, { path: 'orders' }] }, true],
  [{ all: [YES, NO] }, false],
  [{ any: [NO, YES] }, true],
  [{ any: [NO, NO] }, false],
  [{ any: [NO, { all: [YES, { any: [YES] }] }] }, true],
  [{ method: 'POST', path: '^/carts' }, false],
] as const satisfies readonly (readonly [HttpFilter, boolean])[]) {
  test(`${JSON.stringify(filter)} ${matches ? 'matches' : 'does not match'}`, () => {
    assert.equal(compileFilter(filter)(REQUEST), matches);
  });
}

test('what is no regular expression is told', () => {
  assert.throws(
    () => compileFilter({ any: [{ path: '(' }] }),
    (error: unknown) =>
      error instanceof UserError && error.message.startsWith('the path filter "(" is no regular expression: '),
  );
});
