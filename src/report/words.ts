import type { CheckConfidence, Language, Severity } from '../model/check.js';

/** What stands around the texts of a check. */
export interface CheckWords {
  readonly severity: string;
  readonly confidence: string;
  readonly whatToDo: string;
  readonly references: string;
  readonly tags: string;
  /** Before the steps of a finding. */
  readonly toClose: string;
  /** French has a space before it that never breaks. */
  readonly colon: string;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly confidences: Readonly<Record<CheckConfidence, string>>;
}

const WORDS = {
  en: {
    severity: 'Severity',
    confidence: 'Confidence',
    whatToDo: 'What to do',
    references: 'References',
    tags: 'Tags',
    toClose: 'To close it',
    colon: ':',
    severities: { critical: 'critical', high: 'high', medium: 'medium', low: 'low', info: 'info' },
    confidences: { high: 'high', medium: 'medium', low: 'low' },
  },
  fr: {
    severity: 'Gravité',
    confidence: 'Certitude',
    whatToDo: 'Que faire',
    references: 'Références',
    tags: 'Étiquettes',
    toClose: 'Pour y remédier',
    colon: '\u00a0:',
    severities: {
      critical: 'critique',
      high: 'élevée',
      medium: 'moyenne',
      low: 'faible',
      info: 'information',
    },
    confidences: { high: 'élevée', medium: 'moyenne', low: 'faible' },
  },
} as const satisfies Readonly<Record<Language, CheckWords>>;

/** The words of a language. */
export function wordsIn(language: Language): CheckWords {
  return WORDS[language];
}
