import type { Condition } from '../../model/policy.js';
import type { IpSet } from '../../sets/ip-set.js';
import type { ServiceSet } from '../../sets/service-set.js';
import type { ParsedTable } from './chains.js';
import { HOOKS, type Hook, isHook } from './dump.js';
import type { FlatHook } from './flatten.js';
import { TARGET_GRAMMARS } from './grammar.js';
import type { OptionUse, TargetUse } from './rule-syntax.js';

/**
 * The mark of a packet is a number that one rule gives it and another asks for: `-j MARK --set-xmark 0x64/0xffffffff`,
 * `-m mark --mark 0x64`. Packets come in with 0.
 */

/** What a target may do to a mark. */
export interface MarkChange {
  /** Bits that may be 1 behind it though they were 0 before. */
  readonly bits: number;
  /** Bits that it writes at all. */
  readonly written: number;
  /** The mark is exactly these bits behind it, whatever it was. */
  readonly whole: boolean;
}

/** Packets that one rule marks, as they come to it; null: any. */
export interface MarkedPackets {
  /** The built-in chain from which they come to it. */
  readonly hook: FlatHook;
  readonly change: MarkChange;
  readonly sources: IpSet | null;
  readonly destinations: IpSet | null;
  readonly services: ServiceSet | null;
  readonly inInterfaces: readonly string[] | null;
  readonly outInterfaces: readonly string[] | null;
}

/** Every rule that marks what comes in. */
export interface Marks {
  readonly given: readonly MarkedPackets[];
  /** Each of them sets the whole mark, so that it is always what one of them says. */
  readonly exact: boolean;
  /** The names of every interface there is. */
  readonly interfaces: readonly string[];
}

/** That a packet has to be one of those that some rules mark. */
export interface MarkedOnly {
  readonly packets: readonly MarkedPackets[];
  /** Those of PREROUTING are told by what they were before NAT, which stands between those rules and this one. */
  readonly beforeNat: boolean;
}

/** That a packet has to be none of those that some rules mark: any other one surely meets what is asked. */
export interface MarkedNot extends MarkedOnly {
  /** What is asked, of those that they mark. */
  readonly condition: Condition;
  /** All that there is, of which those are taken. */
  readonly every: { readonly addresses: IpSet; readonly interfaces: readonly string[] };
}

/** A question of `-m mark`. */
interface MarkQuestion {
  readonly value: number;
  readonly mask: number;
  readonly negated: boolean;
}

const ALL_BITS = 0xffff_ffff;

/** Reads `0x64`, `100`, `0x4000/0xff00`; null for anything else, and for numbers above 32 bits. */
function parseMark(text: string): { readonly value: number; readonly mask: number } | null {
  const match = /^(0x[\da-f]{1,8}|0|[1-9]\d{0,9})(?:\/(0x[\da-f]{1,8}|0|[1-9]\d{0,9}))?$/i.exec(text);
  if (match === null) return null;
  const value = Number(match[1]);
  const mask = match[2] === undefined ? ALL_BITS : Number(match[2]);
  return value > ALL_BITS || mask > ALL_BITS ? null : { value, mask };
}

/** Bits that both numbers have. */
function shared(a: number, b: number): number {
  return (a & b) >>> 0;
}

/** What an option of `mark` asks; null: nobody can tell. */
function markQuestion({ option, negated, values }: OptionUse): MarkQuestion | null {
  const parsed = option === 'mark' ? parseMark(values[0] ?? '') : null;
  if (parsed === null) return null;
  const asked = shared(parsed.value, parsed.mask);
  // `(mark & mask) == value`: a value with bits outside of the mask is never met.
  if (asked !== parsed.value || parsed.mask === 0) return null;
  return { value: asked, mask: parsed.mask, negated };
}

/** Whether somebody has to have marked a packet for the answer to be yes; else unmarked ones have it. */
function asksForMark({ value, negated }: MarkQuestion): boolean {
  return (value === 0) === negated;
}

/** Whether a change may be what makes the answer to a question yes. @param exact every change sets whole marks */
function mayAnswer({ bits }: MarkChange, question: MarkQuestion, exact: boolean): boolean {
  const { value, mask, negated } = question;
  if (negated) return shared(bits, mask) !== 0;
  return exact ? shared(bits, mask) === value : shared(bits, value) !== 0;
}

/** Where a rule stands that asks for a mark. */
interface Asking {
  /** The built-in chains from which it is reached. */
  readonly hooks: ReadonlySet<Hook>;
  /** Null: marks cannot be followed. */
  readonly marks: Marks | null;
  /** Whether nat PREROUTING sends anything elsewhere. */
  readonly translates: boolean;
}

/** Whether packets that come from one built-in chain may come to one of others. */
function mayBeMet(hook: FlatHook, asked: ReadonlySet<Hook>): boolean {
  return hook === 'PREROUTING' || asked.has(hook) || (hook === 'FORWARD' && asked.has('POSTROUTING'));
}

/**
 * The packets that alone can have the mark that an option of `mark` asks for. Null: any, or nobody can tell. A mark that
 * no rule gives comes from elsewhere: another program.
 */
export function markedOnly(use: OptionUse, asking: Asking): MarkedOnly | null {
  const question = markQuestion(use);
  if (question === null || !asksForMark(question)) return null;
  const marked = marking(question, asking);
  return marked === null || marked.packets.length === 0 ? null : marked;
}

/**
 * The packets that alone may not have what an option of `mark` asks for, as unmarked ones have it. Null: nobody can
 * tell, as where no rule is about the bits that are asked for: another program may.
 */
export function markedNot(use: OptionUse, asking: Asking): MarkedOnly | null {
  const question = markQuestion(use);
  if (question === null || asksForMark(question)) return null;
  const bits = question.value === 0 ? question.mask : question.value;
  if (!asking.marks?.given.some(({ change }) => isAbout(change, bits))) return null;
  return marking({ ...question, negated: !question.negated }, asking);
}

/** Whether a change is about some bits of the mark: it may set one of them, or clears one and not all. */
function isAbout({ bits, written, whole }: MarkChange, asked: number): boolean {
  return shared(bits, asked) !== 0 || (!whole && shared(written, asked) !== 0);
}

/** What rules mark so that the answer to a question is yes. */
function marking(question: MarkQuestion, { hooks, marks, translates }: Asking): MarkedOnly | null {
  if (marks === null) return null;
  const before = hooks.has('PREROUTING');
  // A chain that is met both before and behind NAT sees other addresses in each place.
  if (before && ['INPUT', 'FORWARD', 'POSTROUTING'].some((hook) => hooks.has(hook as Hook))) return null;
  const packets = marks.given.filter(
    ({ hook, change }) => mayBeMet(hook, hooks) && mayAnswer(change, question, marks.exact),
  );
  return { packets, beforeNat: !before && translates };
}

/** Targets after which a mark may be anything: it is worked out, or a program decides. */
const OPAQUE: ReadonlySet<string> = new Set(['CLUSTERIP', 'HMARK', 'IPMARK', 'NFQUEUE', 'QUEUE']);

/**
 * Whether the rules give marks in a way that cannot be followed, to packets that come in.
 *
 * @param reached for each chain, the built-in ones from which packets come to it
 */
export function marksOpaquely(
  { table, chains }: ParsedTable,
  reached: ReadonlyMap<string, ReadonlySet<Hook>>,
): boolean {
  return [...chains.values()].some(({ name, rules }) => {
    if (!HOOKS.some((hook) => hook !== 'OUTPUT' && reached.get(name)?.has(hook))) return false;
    return rules.some(({ syntax: { target, matches } }) => {
      if (matches.some(({ option }) => option === 'restore-skmark')) return true;
      if (target === null || (chains.has(target.name) && !isHook(table, target.name))) return false;
      return isOpaque(target);
    });
  });
}

function isOpaque(target: TargetUse): boolean {
  const { name, options } = target;
  if (OPAQUE.has(name) || !TARGET_GRAMMARS.has(name)) return true;
  if (options.some(({ option }) => option === 'map-mark')) return true;
  return isMarking(target) && !restores(target) && !saves(target) && changeOf(target) === null;
}

/** Targets that give packets, or their connections, a mark that the rule holds. */
export function isMarking({ name, options }: TargetUse): boolean {
  if (name === 'TPROXY') return options.some(({ option }) => option === 'tproxy-mark');
  return name === 'MARK' || name === 'CONNMARK';
}

/** Whether a target copies the mark of the connection, which an earlier rule may have given it, to the packet. */
export function restores({ name, options }: TargetUse): boolean {
  return name === 'CONNMARK' && options.some(({ option }) => option === 'restore-mark');
}

function saves({ name, options }: TargetUse): boolean {
  return name === 'CONNMARK' && options.some(({ option }) => option === 'save-mark');
}

/** What a marking target makes of a mark; null: its words could not be read. iptables-extensions(8), MARK, CONNMARK. */
export function changeOf({ options }: TargetUse): MarkChange | null {
  const use = options.find(({ option }) => /^(?:set-x?mark|(?:and|or|xor)-mark|tproxy-mark)$/.test(option));
  const parsed = parseMark(use?.values[0] ?? '');
  if (use === undefined || parsed === null) return null;
  const { value, mask } = parsed;
  if (use.option === 'and-mark') return { bits: 0, written: (ALL_BITS ^ value) >>> 0, whole: false };
  const sets = /^set|^tproxy/.test(use.option);
  const written = sets ? (value | mask) >>> 0 : value;
  return { bits: value, written, whole: sets && mask === ALL_BITS && use.option !== 'tproxy-mark' };
}
