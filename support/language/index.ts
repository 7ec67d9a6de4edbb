export { InterruptedError, interruption } from './interruption.js';
export { declareParameterType, type ParameterTypeDeclaration } from './parameter-type.js';
export { declareStep, type StepAttachment, type StepDeclaration, type StepParameter, type YamlFace } from './step.js';
