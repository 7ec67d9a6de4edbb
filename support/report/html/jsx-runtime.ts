/**
 * What JSX of this project compiles to: markup as text, with everything escaped that is not markup itself. Why it is our own:
 * docs/adr/0008-the-report-is-one-page.md.
 */

/** Markup that may stand in a page as it is. Only elements and {@link trusted} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Child = Markup | string | number | boolean | null | undefined | readonly Child[];
type Attribute = string | number | boolean | undefined;
type Properties = { readonly children?: Child } & Readonly<Record<string, unknown>>;
type Component<P> = (properties: P) => Markup | null;

export namespace JSX {
  export type Element = Markup | null;
  export type ElementType = keyof IntrinsicElements | Component<never>;
  export interface ElementChildrenAttribute {
    readonly children: unknown;
  }
  export interface IntrinsicAttributes {
    readonly key?: string | number;
  }
  export interface IntrinsicElements {
    readonly [tag: string]: { readonly children?: Child } & { readonly [attribute: string]: Attribute | Child };
  }
}

const VOID = new Set(['br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'wbr']);
const ATTRIBUTE = /^[A-Za-z][\w:-]*$/;
/** Where a link of the report may lead: within the page, below the reports, or to the web. */
const ADDRESS = /^(#|\.\/|https?:\/\/)/;

/** Markup that was made by this program and quotes nobody: a style sheet, a script, a page's beginning. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

export function jsx(type: string | Component<Properties>, properties: Properties): Markup | null {
  if (typeof type === 'function') return type(properties);
  let text = `<${type}`;
  for (const name in properties) {
    if (name !== 'children') text += attribute(name, properties[name] as Attribute);
  }
  if (VOID.has(type)) return new Markup(`${text}>`);
  return new Markup(`${text}>${render(properties.children)}</${type}>`);
}

export const jsxs = jsx;

export function Fragment({ children }: { readonly children?: Child }): Markup {
  return new Markup(render(children));
}

/** Children as markup. */
export function render(child: Child): string {
  if (child instanceof Markup) return child.text;
  if (typeof child === 'string') return escaped(child);
  if (Array.isArray(child)) {
    let text = '';
    for (const each of child as readonly Child[]) text += render(each);
    return text;
  }
  return typeof child === 'number' ? String(child) : '';
}

function attribute(name: string, value: Attribute): string {
  if (value === undefined || value === null || value === false) return '';
  if (!ATTRIBUTE.test(name) || /^on/i.test(name)) throw new Error(`"${name}" is no attribute for a report`);
  if (value === true) return ` ${name}`;
  if (name === 'href' && !ADDRESS.test(String(value))) throw new Error(`a report has no link to ${value}`);
  return ` ${name}="${escaped(String(value))}"`;
}

const SPECIAL = /[&<>"']/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '') : text;
}
