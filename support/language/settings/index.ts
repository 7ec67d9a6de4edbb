export { readGate } from './gates.js';
export { type Limitations, projectLimitations, readLimitations } from './limitations.js';
export { DEFAULT_PROJECT, type ProjectConfig, readProject } from './project.js';
export { PROJECT_FILE } from './project-schema.js';
export { type EnvironmentRequest, type ResolvedEnvironment, resolveEnvironment } from './resolve.js';
export { type SettingsKind, type ShownFile, settingsFiles } from './settings-files.js';
