import { visibleLines } from '../../model/visible-text.js';

/** Nothing that a person reads is longer. Characters. */
const LONGEST = 60_000;

/** Text from outside, on one line or several: nothing in it is invisible, and nothing acts. */
export function shown(text: string): string {
  return text.length > LONGEST ? shownExcerpt(text, LONGEST) : visibleLines(text);
}

/** At most so many characters of it, and a word on what is missing. */
export function shownExcerpt(text: string, characters: number): string {
  if (text.length <= characters) return visibleLines(text);
  return `${visibleLines(text.slice(0, characters))}… cut at ${characters} of ${text.length} characters`;
}

/** `2 min 5 s`, `1.30 s`, `43.9 ms` */
export function durationText(milliseconds: number): string {
  if (milliseconds >= 60_000) {
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(2)} s` : `${Math.round(milliseconds * 10) / 10} ms`;
}

/** `1.4 kB` */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function plural(count: number, noun: string, more = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : more}`;
}

/** Half of a character, which no address can hold. */
const HALF = /\p{Surrogate}/gu;

/** A path below the reports as an address: whatever its names hold, it leads nowhere else. */
export function evidenceHref(...segments: readonly string[]): string {
  const parts = segments.flatMap((segment) => segment.split('/')).filter((part) => part !== '' && part !== '..');
  return `./${parts.map((part) => encodeURIComponent(part.replace(HALF, '\ufffd'))).join('/')}`;
}

/** An address that a reader may follow; undefined for any other kind. */
export function webAddress(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return /^https?:$/.test(protocol) ? href : undefined;
}

/** Paragraphs of prose as their authors broke them: an empty line begins a new one. */
export function Prose({ text }: { readonly text: string }) {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
  return (
    <>
      {paragraphs.map((paragraph) => (
        <p class="prose">{shown(paragraph.trim())}</p>
      ))}
    </>
  );
}
