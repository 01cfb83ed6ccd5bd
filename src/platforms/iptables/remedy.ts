import type { Language } from '../../model/check.js';
import type { ModelChange, RemedyContext } from '../platform.js';

interface Words {
  readonly keep: (program: string) => string;
  readonly shows: string;
  readonly replace: string;
  readonly accept: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    keep: (program) => `Keep it over a restart: ${program}-save, into the file that is loaded at boot`,
    shows: 'shows the rule',
    replace: 'with the same words and -s with the administrators’ addresses',
    accept: 'Write a rule that accepts each thing that is needed; then let the chain drop the rest',
  },
  fr: {
    keep: (program) =>
      `Pour qu’il tienne au redémarrage : ${program}-save, dans le fichier chargé au démarrage`,
    shows: 'montre la règle',
    replace: 'avec les mêmes mots, et -s avec les adresses des administrateurs',
    accept: 'Écrire une règle qui accepte chaque chose nécessaire, puis que la chaîne refuse le reste',
  },
};

/** Commands of iptables; the rule's number is the one before any change. */
export function remedySteps(change: ModelChange, { language }: RemedyContext): readonly string[] {
  const words = WORDS[language];
  const { program, table, chain } = placeOf(change.policy);
  const command = `${program}${table === 'filter' ? '' : ` -t ${table}`}`;
  const at = `${quoted(chain)} ${change.rule}`;
  // Number 0 is the chain's policy.
  if (change.rule === 0) return [words.accept, `${command} -P ${quoted(chain)} DROP`];
  if (change.kind === 'disable-intrazone') return [];
  if (change.kind !== 'restrict-source') return [`${command} -D ${at}`];
  return [`${command} -S ${at} ${words.shows}`, `${command} -R ${at} ${words.replace}`];
}

/** What was typed lasts until the next start. */
export function keptSteps({ policy }: ModelChange, { language }: RemedyContext): readonly string[] {
  return [WORDS[language].keep(placeOf(policy).program)];
}

/** `filter6/INPUT` is ip6tables, table filter, chain INPUT. */
function placeOf(policy: string): {
  readonly program: string;
  readonly table: string;
  readonly chain: string;
} {
  const slash = policy.indexOf('/');
  const table = policy.slice(0, Math.max(slash, 0));
  const chain = policy.slice(slash + 1);
  if (table.endsWith('6')) return { program: 'ip6tables', table: table.slice(0, -1), chain };
  return { program: 'iptables', table: table === '' ? 'filter' : table, chain };
}

/** A chain's name comes from the configuration: a shell must not read it. */
function quoted(name: string): string {
  return /^[\w.+-]+$/.test(name) ? name : `'${name.replace(/'/g, "'\\''")}'`;
}
