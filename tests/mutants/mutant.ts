/** Where a mutant is looked for. */
export interface Suite {
  readonly project: 'simulation' | 'unit' | 'postgres';
  /** What vitest's filter is given: a file, or a folder. */
  readonly file: string;
}

/** One rule of lib/replication/README.md, broken: what no test notices, nobody keeps. */
export interface Mutant {
  /** The rule as it is broken, in plain words. */
  readonly name: string;
  /** Its number in the table of rules. */
  readonly rule: string;
  readonly file: string;
  /** A piece of the file that occurs in it once, and what stands there instead. */
  readonly text: string;
  readonly instead: string;
  /** The test that catches it, and why not the simulator. */
  readonly caughtBy?: Suite & { readonly because: string };
}
