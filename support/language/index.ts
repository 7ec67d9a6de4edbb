export { InterruptedError, interruption } from './interruption.js';
export { declareParameterType, type ParameterTypeDeclaration } from './parameter-type.js';
export { declareStep, type StepAttachment, type StepDeclaration, type StepParameter } from './step.js';
export type { ParameterSchema, YamlFace, YamlTemplate } from './yaml/face.js';
