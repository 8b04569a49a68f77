/** Marks what no value can be. */
interface Refused {
  readonly refused: true;
}

/**
 * A sentence that says why a text is refused. The compiler shows it as the type that was expected; editors do not offer
 * it as a text that could be written.
 */
export type Refusal<Sentence extends string> = Sentence & Refused;
