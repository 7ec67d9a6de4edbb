import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folderName } from './evidence-folder.js';

describe('the name of an evidence folder', () => {
  const scenario = {
    uri: 'features/protocols.feature',
    line: 22,
    name: 'a gRPC-over-HTTP/2 call is mirrored',
    attempt: 0,
    steps: [['a gRPC-over-HTTP/2 call is made', undefined]],
  };

  it('names file, line and scenario', () => {
    assert.equal(folderName(scenario), 'protocols-22-a-grpc-over-http-2-call-is-mirrored');
  });

  it('tells attempts apart', () => {
    assert.equal(folderName({ ...scenario, attempt: 2 }), 'protocols-22-a-grpc-over-http-2-call-is-mirrored-attempt-3');
  });

  it('tells cells of a matrix apart that share a line and a name, in the same way in every run', () => {
    const cell = { ...scenario, uri: 'features/m.yaml', name: 'a call' };
    const names = ['HTTP/1.1', 'HTTP/2'].map((protocol) => folderName({ ...cell, steps: [[protocol, undefined]] }));
    assert.deepEqual(names, ['m-22-a-call-4cb7d92c', 'm-22-a-call-bf6c7d08']);
  });

  it('cannot leave its parent folder, whatever the scenario is called', () => {
    assert.equal(folderName({ ...scenario, uri: '../../etc/passwd', name: '../..\0/x\n' }), 'passwd-22-x');
  });

  it('stays short enough for a file system', () => {
    assert.ok(folderName({ ...scenario, name: 'long '.repeat(200), attempt: 9 }).length < 150);
  });
});
