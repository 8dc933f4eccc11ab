/** Rows of the acceptance report: an expected figure beside ours, and whether they are equal at the stated rounding. */

export interface Row {
  readonly file: string;
  readonly figure: string;
  readonly expected: string;
  readonly ours: string;
  readonly equal: boolean;
}

export class Report {
  readonly rows: Row[] = [];
  readonly roundings: string[] = [];
  readonly skipped: string[] = [];

  /** Equal when the difference is at most `tolerance`, which the rounding line for this kind of file explains. */
  number(file: string, figure: string, expected: number, ours: number, tolerance: number): void {
    const equal =
      expected === ours ||
      Math.abs(expected - ours) <= tolerance ||
      (Number.isNaN(expected) && Number.isNaN(ours));
    this.rows.push({
      file,
      figure,
      expected: String(expected),
      ours: String(Number(ours.toPrecision(12))),
      equal,
    });
  }

  text(file: string, figure: string, expected: string, ours: string): void {
    this.rows.push({ file, figure, expected, ours, equal: expected === ours });
  }

  holds(file: string, figure: string, wanted: string, ours: string, equal: boolean): void {
    this.rows.push({ file, figure, expected: wanted, ours, equal });
  }

  rounding(line: string): void {
    if (!this.roundings.includes(line)) this.roundings.push(line);
  }

  print(): boolean {
    for (const row of this.rows) console.log(line(row));
    const wrong = this.rows.filter(({ equal }) => !equal);
    console.log('\nRounding:');
    for (const text of this.roundings) console.log(`  ${text}`);
    for (const text of this.skipped) console.log(`skipped: ${text}`);
    if (wrong.length > 0) {
      console.log('\nNot equal:');
      for (const row of wrong) console.log(line(row));
    }
    console.log(`\n${this.rows.length - wrong.length} of ${this.rows.length} figures equal`);
    return wrong.length === 0 && this.rows.length > 0;
  }
}

function line({ file, figure, expected, ours, equal }: Row): string {
  return `${equal ? 'equal' : 'DIFF '} | ${file} | ${figure.length > 110 ? `${figure.slice(0, 107)}...` : figure} | ${expected} | ${ours}`;
}
