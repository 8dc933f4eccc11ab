/** The terminal: results on stdout, everything said on the way on stderr. */

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function say(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** One line at the bottom that is rewritten in place. Silent where stderr is no terminal. */
export class StatusLine {
  readonly #shown = process.stderr.isTTY === true;
  #text = '';

  update(text: string): void {
    if (!this.#shown || text === this.#text) return;
    this.#text = text;
    const width = Math.max(20, process.stderr.columns ?? 80);
    process.stderr.write(`\r\x1b[2K${text.slice(0, width - 1)}`);
  }

  /** Takes the line away, runs `write`, and puts it back: a script's output must not mix with it. */
  around(write: () => void): void {
    const text = this.#text;
    this.clear();
    write();
    // Put back only below a whole line: the script may be in the middle of one.
    if (text !== '') this.#text = '';
  }

  clear(): void {
    if (this.#text !== '') process.stderr.write('\r\x1b[2K');
    this.#text = '';
  }
}
