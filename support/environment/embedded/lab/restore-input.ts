/** Input of `iptables-restore`, from its lines. */
export function restoreInput(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
