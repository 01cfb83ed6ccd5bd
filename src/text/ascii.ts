const PRINTABLE = /^[ -~]*$/;

/**
 * Whether a text holds nothing but what ASCII prints. Nearly all names do, and need no expression that has to
 * look up a property in all of Unicode, which costs more than reading a small configuration.
 */
export function isPrintableAscii(text: string): boolean {
  return PRINTABLE.test(text);
}
