import type { Language, Texts } from '../model/check.js';

/** A text in a language, or in English where nobody wrote it in that one. */
export function inLanguage(text: string | Texts, language: Language): string {
  return typeof text === 'string' ? text : (text[language] ?? text.en);
}
