import { visibleLines } from './visible-text.js';

/** `::name …::` at the beginning of a line, after blanks or colours, and `##[name]` or `##vso[name]` anywhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is how colours begin.
const COMMAND = /(?<=^(?:\s|\u001b\[[\d;]*m)*):(?=:[a-z][\w-]*(?:\s[^\n]*)?::)|#(?=#(?:vso)?\[)/gimu;

/**
 * Output that quotes payloads, made safe for pipelines that take some lines of it for commands: GitHub Actions (the runner trims
 * lines before it looks) and Azure Pipelines. Their first character is shown as `\u{…}`.
 */
export function withoutPipelineCommands(text: string): string {
  return text.replace(COMMAND, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

/** Text of several lines that may quote anything: none of it steers a terminal, and no line of it is a command of a pipeline. */
export function harmlessLines(text: string): string {
  return withoutPipelineCommands(visibleLines(text));
}
