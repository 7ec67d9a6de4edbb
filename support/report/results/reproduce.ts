/** How a run's scenarios are run again, one by one. */
export interface ReproduceOptions {
  /** `npx mirrorspec run` */
  readonly command: readonly string[];
  /** What follows the path: `--environment embedded-permissive`. */
  readonly options: readonly string[];
}

/** For plain cucumber-js. */
export const WITH_CUCUMBER: ReproduceOptions = { command: ['npx', 'cucumber-js'], options: [] };

/** The command that runs one scenario; its name is added where its line has several. */
export function reproduceCommand(
  { command, options }: ReproduceOptions,
  { place, name }: { readonly place: string; readonly name?: string | undefined },
): string {
  const byName = name === undefined ? [] : ['--name', `^${escapeRegExp(name)}$`];
  return shellCommand([...command, place, ...byName, ...options]);
}

/** Words as they are typed in a shell. */
export function shellCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
