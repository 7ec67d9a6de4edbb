/**
 * What a project with own steps imports from `mirrorspec`: the declaration of steps and parameter types, the World's
 * type, the errors that decide the exit code, and the vocabulary. Importing it registers nothing with cucumber-js.
 */
export type { DataTable } from '@cucumber/cucumber';
export * from './language/index.js';
export { EnvironmentError, ExpectationError, UserError } from './model/errors.js';
export { INTERACTIONS, type Interaction, isProtocol, PROTOCOLS, type Protocol } from './model/protocol.js';
export type { Situation } from './model/situation.js';
export type { CallVerdict, Verdict } from './model/verdict.js';
export type { MirrorspecWorld } from './world/index.js';
