import { deflateRawSync } from 'node:zlib';

/** Panels that are compressed together; one of them is looked at, and its neighbours are there, too. */
const CHUNK = 64;

/**
 * Panels of a large report: they wait in the page, compressed, until someone opens one. The page's script inserts them as the markup
 * that they are.
 */
export class PanelPack {
  #waiting: string[] = [];
  #chunks = 0;
  #ready: string[] = [];

  /** Returns where the panel will be: chunk and number. */
  add(panel: string): string {
    this.#waiting.push(panel);
    const place = `${this.#chunks} ${this.#waiting.length - 1}`;
    if (this.#waiting.length === CHUNK) this.#close();
    return place;
  }

  /** The chunks that are complete since the last call, as elements of the page. */
  take(): string {
    const ready = this.#ready.join('');
    this.#ready = [];
    return ready;
  }

  /** All that is left. */
  end(): string {
    if (this.#waiting.length > 0) this.#close();
    return this.take();
  }

  #close(): void {
    const data = deflateRawSync(JSON.stringify(this.#waiting), { level: 4 }).toString('base64');
    // A template: a script element would hold up the page's parser and have it lay out what is there so far.
    this.#ready.push(`<template id="pack-${this.#chunks}">${data}</template>\n`);
    this.#chunks += 1;
    this.#waiting = [];
  }
}
