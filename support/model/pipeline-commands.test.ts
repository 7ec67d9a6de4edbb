import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutPipelineCommands } from './pipeline-commands.js';

describe('output for pipelines', () => {
  const acting: readonly (readonly [text: string, shown: string])[] = [
    ['::add-mask::x', '\\u{3a}:add-mask::x'],
    ['a\n        ::error file=a,line=1::x', 'a\n        \\u{3a}:error file=a,line=1::x'],
    ['\t\u001b[31m::stop-commands::x', '\t\u001b[31m\\u{3a}:stop-commands::x'],
    ['b ##[add-mask]x', 'b \\u{23}#[add-mask]x'],
    ['##vso[task.setvariable variable=a]x', '\\u{23}#vso[task.setvariable variable=a]x'],
  ];
  for (const [text, shown] of acting) {
    it(`does not command with ${JSON.stringify(text)}`, () => assert.equal(withoutPipelineCommands(text), shown));
  }
  for (const text of ['::1 is an address', 'a ::error::x', '::ffff:10.0.0.1', '## a heading', 'std::string']) {
    it(`stays ${JSON.stringify(text)}`, () => assert.equal(withoutPipelineCommands(text), text));
  }
});
