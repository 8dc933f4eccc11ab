/** Which adapter a run will use, and what the process must be started with to get it. */
export interface AdapterChoice {
  readonly env: Readonly<Record<string, string>>;
  /** One sentence for people. */
  readonly reason: string;
}
