import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { EnvironmentError } from '../model/errors.js';
import { watchError, watchFiles } from './watch-files.js';

describe('watched files', () => {
  const disposals: (() => void)[] = [];
  after(() => {
    for (const dispose of disposals) dispose();
  });

  /** A watched folder that holds a/one, a/b/two and c/three; `next` resolves with the changes that are told next. */
  function watched() {
    const root = mkdtempSync(join(tmpdir(), 'mirrorspec-watch-'));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    for (const file of ['a/one', 'a/b/two', 'c/three', 'ignored/four']) write(file, file);
    const told: string[][] = [];
    let wake = (): void => {};
    const files = watchFiles({
      root,
      ignores: (path) => path.startsWith('ignored'),
      onChanges: (changes) => {
        told.push(changes.map(({ path, kind }) => `${path} ${kind}`));
        wake();
      },
      onError: assert.ifError,
    });
    disposals.push(() => {
      files.dispose();
      rmSync(root, { recursive: true, force: true });
    });
    const next = async (): Promise<readonly string[] | undefined> => {
      while (told.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return told.shift();
    };
    return { root, write, next };
  }

  test('are told once for several changes, in order, with what happened to them', async () => {
    const { root, write, next } = watched();
    write('c/three', 'another');
    rmSync(join(root, 'a/one'));
    write('a/b/zwei', 'new');
    write('ignored/four', 'another');
    assert.deepEqual(await next(), ['a/b/zwei new', 'a/one deleted', 'c/three changed']);
  });

  test('are found in folders that appear with all they hold, and watched there', async () => {
    const { write, next } = watched();
    write('d/e/f/five', 'new');
    write('d/six', 'new');
    assert.deepEqual(await next(), ['d/e/f/five new', 'd/six new']);
    write('d/e/f/five', 'another');
    assert.deepEqual(await next(), ['d/e/f/five changed']);
  });

  test('move with their folder', async () => {
    const { root, write, next } = watched();
    renameSync(join(root, 'a'), join(root, 'z'));
    assert.deepEqual(await next(), ['a/b/two deleted', 'a/one deleted', 'z/b/two new', 'z/one new']);
    write('z/b/two', 'another');
    assert.deepEqual(await next(), ['z/b/two changed']);
  });

  test('are watched in a folder that takes the place of another of its name', async () => {
    const { root, write, next } = watched();
    rmSync(join(root, 'a'), { recursive: true });
    write('a/one', 'another');
    assert.deepEqual(await next(), ['a/b/two deleted', 'a/one changed']);
    write('a/one', 'and another');
    assert.deepEqual(await next(), ['a/one changed']);
  });

  test('are replaced as editors do it: a new file takes the place of the old one', async () => {
    const { root, write, next } = watched();
    write('a/one.tmp', 'another');
    renameSync(join(root, 'a/one.tmp'), join(root, 'a/one'));
    assert.deepEqual(await next(), ['a/one changed']);
  });
});

test('too many watches are told with what admits more', () => {
  const reason = Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), {
    code: 'ENOSPC',
    path: '/project/features',
  });
  const error = watchError(reason);
  assert.ok(error instanceof EnvironmentError);
  assert.equal(
    error.message,
    `the kernel admits no more watches; the one for /project/features was too many
  to mend it: as root: sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024`,
  );
});
