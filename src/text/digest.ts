import { hash } from 'node:crypto';

/** The first hexadecimal digits of a text's SHA-256: a name that stays the same as long as the text does. */
export function digestOf(text: string, digits: number): string {
  return hash('sha256', text).slice(0, digits);
}
