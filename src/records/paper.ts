/**
 * A document before it has a form: what stands in it, in order. PDF and DOCX are made of the same paper, so that neither holds
 * what the other does not.
 */
export type Block =
  | { kind: 'heading'; level: 1 | 2; text: string }
  | { kind: 'text'; label?: string; text: string }
  | { kind: 'point'; text: string };

export interface Paper {
  title: string;
  /** Such as `en-GB`. */
  language: string;
  /** Stands above and below each page. */
  marking: string;
  /** For whom it was made, and when: across each page. */
  madeFor: string;
  blocks: Block[];
}
