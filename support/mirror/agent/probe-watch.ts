/** Waits for probes: marked frames that prove that a capture sees its interface. */
export class ProbeWatch {
  readonly #expected = new Map<number, { readonly seen: Promise<void>; settle(): void }>();

  /** From now on a probe of this magic number is waited for. */
  expect(magic: number): void {
    let settle = (): void => {};
    const seen = new Promise<void>((resolve) => {
      settle = resolve;
    });
    this.#expected.set(magic, { seen, settle });
  }

  saw(magic: number): void {
    this.#expected.get(magic)?.settle();
  }

  /** @returns whether the probe was seen by now or within the time. */
  async seen(magic: number, timeoutMs: number): Promise<boolean> {
    const expected = this.#expected.get(magic);
    if (expected === undefined) return false;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, false);
    });
    const seen = await Promise.race([expected.seen.then(() => true), timeout]);
    clearTimeout(timer);
    this.#expected.delete(magic);
    return seen;
  }
}
