import type { Location } from './location.js';

/**
 * What a user did that stops fwaudit before it audits: exit code 2. One line says what, where and
 * what to do about it; the stack is for `--debug`.
 */
export class FwauditError extends Error {
  readonly code: 'usage' | 'register' | 'check' | 'output';
  readonly hint: string | undefined;
  readonly location: (Location & { readonly column?: number }) | undefined;

  constructor(
    code: FwauditError['code'],
    message: string,
    details: {
      readonly hint?: string;
      readonly location?: Location & { readonly column?: number };
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'FwauditError';
    this.code = code;
    this.hint = details.hint;
    this.location = details.location;
  }
}
