import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Axis, type Combination, cellsOf, countCells } from './matrix.js';
import type { YamlPlace } from './node.js';

const at = (line: number): YamlPlace => ({ line, column: 1, length: 1 });
const axis = (name: string, values: Readonly<Record<string, number>>): Axis => ({
  name,
  values: Object.entries(values).map(([text, line]) => ({ text, at: at(line) })),
});
const combination = (values: Readonly<Record<string, string>>, line: number): Combination => ({
  values: new Map(Object.entries(values)),
  at: at(line),
});

test('every combination, the last axis fastest, each at the value of the first axis with one value on a line', () => {
  const { rows } = cellsOf(
    [axis('a', { x: 2, y: 2 }), axis('b', { p: 4, q: 5 }), axis('c', { k: 7, l: 8 })],
    [],
    [],
    at(1),
  );
  assert.deepEqual(
    rows.map(({ cells, at: { line } }) => `${cells.join('')} ${line}`),
    ['xpk 4', 'xpl 4', 'xqk 5', 'xql 5', 'ypk 4', 'ypl 4', 'yqk 5', 'yql 5'],
  );
});

test('where all axes are lists on one line, cells stand at the matrix', () => {
  const { rows } = cellsOf([axis('a', { x: 2, y: 2 })], [], [], at(1));
  assert.deepEqual(rows, [
    { cells: ['x'], at: at(1) },
    { cells: ['y'], at: at(1) },
  ]);
});

test('a cell is excluded by some of its values; an included row is not', () => {
  const axes = [axis('a', { x: 2, y: 3 }), axis('b', { p: 4, q: 4 })];
  const idle = combination({ a: 'x', b: 'z' }, 6);
  const { rows, idle: found } = cellsOf(
    axes,
    [combination({ a: 'x' }, 5), idle],
    [combination({ b: 'r', a: 'x' }, 7)],
    at(1),
  );
  assert.deepEqual(
    rows.map(({ cells, at: { line } }) => `${cells.join('')} ${line}`),
    ['yp 3', 'yq 3', 'xr 7'],
  );
  assert.deepEqual(found, [idle]);
});

test('cells are counted without being made', () => {
  const million = axis('a', Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`v${i}`, i])));
  assert.equal(countCells([million, million, million, million], 3), 1e12 + 3);
});
