/**
 * What a project with own steps imports from `mirrorspec`: the declaration of steps and parameter types, the World, what
 * was mirrored, the errors that decide the exit code, and the vocabulary. Importing it registers nothing with cucumber-js.
 *
 * Cucumber's own verbs are handed on, so that a project need not depend on cucumber-js, and there is one copy of it.
 */
export {
  After,
  AfterAll,
  AfterStep,
  Before,
  BeforeAll,
  BeforeStep,
  type DataTable,
  Given,
  type ITestCaseHookParameter,
  type IWorldOptions,
  setWorldConstructor,
  Then,
  When,
} from '@cucumber/cucumber';
export * from './language/index.js';
export { EnvironmentError, ExpectationError, UserError } from './model/errors.js';
export { INTERACTIONS, type Interaction, isProtocol, PROTOCOLS, type Protocol } from './model/protocol.js';
export type { Situation } from './model/situation.js';
export type { CallVerdict, Verdict } from './model/verdict.js';
export {
  callerExchanges,
  messagesOfLastCalls,
  mirroredExchanges,
  type ReadableMessage,
  textOf,
} from './world/mirrored.js';
export { MirrorspecWorld } from './world/world.js';
