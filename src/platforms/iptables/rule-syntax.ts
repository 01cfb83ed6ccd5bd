import type { Arity, ModuleGrammar, OptionGrammar, TargetGrammar } from './grammar.js';
import { CORE_OPTIONS, MATCH_MODULES, moduleOfProtocol, TARGET_GRAMMARS } from './grammar.js';

/** One option of a rule with its values: `! --dport 22`. */
export interface OptionUse {
  /** `core` for the options of every rule. */
  readonly module: string;
  /** Which of the rule's `-m` it belongs to, from 0; -1 for none. */
  readonly instance: number;
  /** Its name in the grammar, without dashes. */
  readonly option: string;
  readonly negated: boolean;
  readonly values: readonly string[];
  /** As it stands in the rule, quotes apart. */
  readonly text: string;
}

export interface TargetUse {
  readonly name: string;
  readonly goto: boolean;
  readonly options: readonly OptionUse[];
}

/** A rule as options, before anybody asks what they mean. */
export interface RuleSyntax {
  readonly matches: readonly OptionUse[];
  /** Match extensions that are named, in order. */
  readonly modules: readonly ModuleGrammar[];
  /** null: the rule only counts. */
  readonly target: TargetUse | null;
  /** What could not be read, by family: option and extension names, never values. */
  readonly unknown: readonly string[];
}

/** Options met so far, by their text: equal ones are one object, however many rules have them. */
export type Vocabulary = Map<string, OptionUse>;

interface Reading {
  readonly vocabulary: Vocabulary;
  readonly words: readonly string[];
  at: number;
  readonly matches: OptionUse[];
  readonly modules: ModuleGrammar[];
  target: { readonly name: string; readonly goto: boolean; readonly options: OptionUse[] } | null;
  readonly unknown: string[];
  /** The match that the protocol brings along. */
  implied: ModuleGrammar | undefined;
  /** Whether an extension is named that is not known: its options cannot be told from others. */
  foreign: boolean;
}

/** No rule that a person or a program writes has more; what is beyond is not read. */
const MAX_OPTIONS = 300;

/** Reads the words of a rule behind its chain. */
export function parseRule(words: readonly string[], vocabulary: Vocabulary): RuleSyntax {
  const reading: Reading = {
    vocabulary,
    words,
    at: 0,
    matches: [],
    modules: [],
    target: null,
    unknown: [],
    implied: undefined,
    foreign: false,
  };
  while (reading.at < words.length && reading.matches.length + reading.modules.length < MAX_OPTIONS) {
    readOption(reading);
  }
  if (reading.at < words.length) reading.unknown.push('too many options');
  const { matches, modules, target, unknown } = reading;
  return { matches, modules, target, unknown };
}

interface Found {
  readonly module: string;
  readonly instance: number;
  readonly option: OptionGrammar;
}

function readOption(reading: Reading): void {
  const start = reading.at;
  const negated = reading.words[reading.at] === '!';
  if (negated) reading.at += 1;
  const word = reading.words[reading.at] ?? '';
  reading.at += 1;
  const { name, inline } = splitOption(word);
  const found = name === null ? null : lookUp(name, word.startsWith('--'), reading);
  if (found === null) {
    passOver(reading, word);
    return;
  }
  const late = inline === null && reading.words[reading.at] === '!' && found.option.arity !== 0;
  if (late) reading.at += 1;
  const values = inline === null ? takeValues(reading, found.option.arity) : [inline];
  if (values === null || (inline !== null && found.option.arity !== 1)) {
    reading.unknown.push(familyOf(word));
    return;
  }
  use(reading, learn(reading, found, { negated: negated || late, values, start }));
}

/** The option as an object, the same for the same words. */
function learn(
  { vocabulary, words, at }: Reading,
  { module, instance, option }: Found,
  {
    negated,
    values,
    start,
  }: { readonly negated: boolean; readonly values: readonly string[]; readonly start: number },
): OptionUse {
  const text = at - start === 2 ? `${words[start]} ${words[start + 1]}` : words.slice(start, at).join(' ');
  // An option begins with `-` or `!`, and no module does.
  const key = module === 'core' ? text : `${module}${instance} ${text}`;
  const before = vocabulary.get(key);
  if (before !== undefined) return before;
  const fresh: OptionUse = { module, instance, option: option.name, negated, values, text };
  vocabulary.set(key, fresh);
  return fresh;
}

/** `--dport=22` is `--dport 22`. */
function splitOption(word: string): { readonly name: string | null; readonly inline: string | null } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    if (equals < 0) return { name: word.slice(2), inline: null };
    return { name: word.slice(2, equals), inline: word.slice(equals + 1) };
  }
  return { name: /^-[A-Za-z0-9]$/.test(word) ? word.slice(1) : null, inline: null };
}

/** Whose option a word is: every rule's, the target's, or that of the last match that has it. */
function lookUp(name: string, long: boolean, reading: Reading): Found | null {
  const core = CORE_OPTIONS.get(name);
  if (core !== undefined && long === name.length > 1) return { module: 'core', instance: -1, option: core };
  if (!long) return null;
  const ofTarget = targetGrammar(reading)?.options.get(name);
  if (ofTarget !== undefined) return { module: 'target', instance: -1, option: ofTarget };
  for (let i = reading.modules.length - 1; i >= 0; i -= 1) {
    const module = reading.modules[i] as ModuleGrammar;
    const option = module.options.get(name);
    if (option !== undefined) return { module: module.name, instance: i, option };
  }
  const option = reading.implied?.options.get(name);
  if (option === undefined || reading.implied === undefined) return null;
  return { module: reading.implied.name, instance: -1, option };
}

function targetGrammar({ target }: Reading): TargetGrammar | undefined {
  return target === null || target.goto ? undefined : TARGET_GRAMMARS.get(target.name);
}

function takeValues(reading: Reading, arity: Arity): readonly string[] | null {
  const next = reading.words[reading.at];
  const count = arity !== 'optional' ? arity : next === undefined || /^(?:-|!$)/.test(next) ? 0 : 1;
  const values = reading.words.slice(reading.at, reading.at + count);
  reading.at += count;
  return values.length === count ? values : null;
}

/** Skips what is not understood, up to the next option. */
function passOver(reading: Reading, word: string): void {
  if (!reading.foreign || !word.startsWith('--')) reading.unknown.push(familyOf(word));
  while (reading.at < reading.words.length && !/^(?:-|!$)/.test(reading.words[reading.at] as string)) {
    reading.at += 1;
  }
}

function familyOf(word: string): string {
  return /^-{1,2}[A-Za-z][\w-]{0,40}$/.test(word) ? word : 'a word that is no option';
}

function use(reading: Reading, option: OptionUse): void {
  const [value = ''] = option.values;
  if (option.module === 'target') {
    reading.target?.options.push(option);
    return;
  }
  if (option.module !== 'core') {
    reading.matches.push(option);
    return;
  }
  if (option.option === 'm') load(reading, value);
  else if (option.option === 'j' || option.option === 'g') jump(reading, option, value);
  else if (option.option !== 'c') reading.matches.push(option);
  if (option.option === 'p') reading.implied = moduleOfProtocol(value);
}

function load(reading: Reading, name: string): void {
  // A protocol's name loads its match too: `-m icmpv6` is `-m icmp6`.
  const module = MATCH_MODULES.get(name) ?? moduleOfProtocol(name);
  if (module !== undefined) {
    reading.modules.push(module);
    return;
  }
  reading.foreign = true;
  reading.unknown.push(/^[A-Za-z][\w-]{0,40}$/.test(name) ? `-m ${name}` : 'a match without a name');
}

function jump(reading: Reading, { option }: OptionUse, name: string): void {
  if (reading.target !== null) {
    reading.unknown.push('a second target');
    return;
  }
  reading.target = { name, goto: option === 'g', options: [] };
}
