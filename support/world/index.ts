import './hooks.js';

export { CallDraft, SituationDraft } from './draft.js';
export type { CallRequest } from './plan.js';
export { type Batch, MirrorspecWorld } from './world.js';
