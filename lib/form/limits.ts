/** What a form definition may hold at most (conventions.md). */
export const FORM_LIMITS = {
  definitionBytes: 256 * 1024,
  fields: 500,
  expressionNodes: 200,
  repeatRows: 50,
  textCharacters: 200,
  longTextCharacters: 4000,
  otherCharacters: 200,
  attachmentBytes: 5 * 1024 * 1024,
} as const;

/** Version of this engine: raised when an older engine would misread a definition. */
export const FORM_ENGINE = 1;
