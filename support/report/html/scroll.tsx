import type { Child } from './jsx-runtime.js';

/** What may be wider than the page. It can be scrolled with the keyboard, too, so it has to take the focus, and a name. */
export function Scroll({
  label,
  kind,
  children,
}: {
  readonly label: string;
  readonly kind?: string;
  readonly children?: Child;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who cannot focus it cannot scroll it (axe: scrollable-region-focusable)
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, and there are none
    <div class={kind === undefined ? 'scroll' : `scroll ${kind}`} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
