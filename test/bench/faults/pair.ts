/** Training scripts in pairs: one with a known fault, and its twin without it. */
export interface FaultPair {
  readonly name: string;
  /** The rule that must find the fault, and be silent on the twin. */
  readonly rule: string;
  readonly faulty: string;
  readonly mended: string;
}
