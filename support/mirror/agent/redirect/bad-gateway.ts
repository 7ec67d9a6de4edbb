import { failureText, type Intercepted } from './intercepted.js';

/** The agent's own answer to a real client where the application cannot be reached (mirrord 3.250 http/error.rs). */
export function badGateway(
  { version }: Pick<Intercepted, 'version'>,
  error: unknown,
): { readonly status: 502; readonly body: string } {
  return { status: 502, body: `mirrord-agent v${version}: ${failureText(error)}` };
}
