import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { missingForEmbedded } from '../../environment/embedded/requirements.js';
import { InlineProject } from '../testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

describe('what mirrorspec init makes', { skip, concurrency: 2 }, () => {
  for (const options of [[], ['--javascript']]) {
    test(`is checked and runs at once: both languages, own steps, own workload ${options.join('')}`, async () => {
      using project = new InlineProject({});
      for (const name of ['@grpc/grpc-js', '@grpc/proto-loader']) project.link(name);
      assert.equal((await project.mirrorspec('init', ...options)).code, 0);

      const lint = await project.mirrorspec('lint');
      assert.equal(lint.stderr, '');
      assert.equal(lint.code, 0);

      const { code, stdout, stderr } = await project.mirrorspec('run');
      assert.equal(stderr, '');
      assert.deepEqual(
        stdout
          .split('\n\n')[0]
          ?.split('\n')
          .map((line) => line.replace(/ \(T\)$/, ''))
          .sort(),
        [
          'pass  features/order-service.yaml:15  an order of 1 espresso is mirrored',
          'pass  features/order-service.yaml:16  an order of 20 cappuccino is mirrored',
          'pass  features/orders.feature:15  an order over HTTP/1.1 is mirrored',
          'pass  features/orders.feature:16  an order over HTTP/2 is mirrored',
          'pass  features/orders.feature:18  outside of the pod the order is encrypted',
        ],
      );
      assert.equal(code, 0);
    });
  }

  test('has a step that fails when another order is mirrored', async () => {
    using project = new InlineProject({});
    for (const name of ['@grpc/grpc-js', '@grpc/proto-loader']) project.link(name);
    await project.mirrorspec('init');
    const steps = readFileSync(join(project.path, 'steps/orders.ts'), 'utf8');
    const sendsOneMore = steps.replace('value: this.order }', 'value: { count: count + 1, drink } }');
    assert.notEqual(sendsOneMore, steps);
    project.write('steps/orders.ts', sendsOneMore);
    const { code, stdout } = await project.mirrorspec('run', 'features/order-service.yaml:15');
    assert.match(
      stdout,
      /the mirrored order is \{"count":2,"drink":"espresso"\}, not \{"count":1,"drink":"espresso"\}/,
    );
    assert.equal(code, 1);
  });
});
