/** Folders below a features folder whose YAML files are settings, not features, and what each of them is called. */
const SETTINGS: Readonly<Record<string, string>> = {
  environments: 'an environment',
  limitations: 'a limitation',
  gates: 'a gate',
};

/** Ends of the names of YAML files, as a regular expression and as a glob. */
export const YAML_FILE = /\.ya?ml$/;

/**
 * What a YAML file holds that is no feature, by its name and folder; undefined: it is a feature. Settings stand directly in
 * a folder of settings, and that directly below the features folder; where no folder is called `features`, below any.
 */
export function settingsIn(path: string): string | undefined {
  const [name = '', folder = '', above, ...further] = path.split('/').reverse();
  if (/^mirrorspec\.ya?ml$/.test(name)) return 'the configuration of the project';
  if (above !== 'features' && further.includes('features')) return undefined;
  return Object.hasOwn(SETTINGS, folder) ? SETTINGS[folder] : undefined;
}

/** Whether a file is one that holds features in YAML. */
export function isYamlFeature(path: string): boolean {
  return YAML_FILE.test(path) && settingsIn(path) === undefined;
}

/**
 * How cucumber-js calls the n-th document of a file, from 0. It knows a document by its uri, so that each needs one of its
 * own; all of them are other ways to write the same path, so that `a.yaml:30` selects in each.
 */
export function documentUri(file: string, index: number): string {
  const end = file.lastIndexOf('/') + 1;
  return `${file.slice(0, end)}${'./'.repeat(index)}${file.slice(end)}`;
}

/** The file that a uri of {@link documentUri} means. */
export function fileOfUri(uri: string): string {
  return uri.replace(/(^|\/)(?:\.\/)+/, '$1');
}
