import type { Location } from '../../model/location.js';
import type { PrintedContext } from './printed-keys.js';
import { addressIn, putAddress } from './printed-objects.js';
import type { FamilyMark, NatField, RuleField } from './read-families.js';
import { type Statement, startsWith } from './statement.js';

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['allow', '2'],
  ['deny', '0'],
  ['discard', '1'],
]);

/** Words that stand alone in the header of a rule, before their value. */
const HEADER_WORDS: ReadonlySet<string> = new Set([
  'from',
  'to',
  'action',
  'source',
  'destination',
  'service',
]);

/** Comments that the appliance gives to the rule that ends a pair of zones. */
const CATCH_ALL = /^IPv[46]:From Any to Any for Any service$/;
/** Comments that the appliance gives to rules of its own. */
const AUTOMATIC = /^(?:Auto-added|Auto added for|Auto generated) /;

/**
 * Rules in their printed order. The header names a rule and leaves out what is Any; the body says it all,
 * and decides where both say something.
 */
export function putAccessRules(context: PrintedContext): void {
  const { book, top } = context;
  const blocks = book.all(top, 'access-rule');
  const ids = blocks.map((block) => book.word(block.body, 'id')?.text ?? '');
  const numbered = new Set(ids).size === ids.length && ids.every((id) => /^\d{1,9}$/.test(id));
  blocks.forEach((block, at) => {
    const six = block.words[1] === 'ipv6';
    putRule(context, block, six ? 'V6' : '', numbered ? Number(ids[at]) : at + 1);
  });
}

function putRule(context: PrintedContext, block: Statement, mark: FamilyMark, index: number): void {
  const { book, sink } = context;
  const { location } = block;
  const header = headerStatements(block);
  const body = [...block.body, ...header];
  const put = (field: RuleField, text: string, at: Location = location) =>
    sink.put(`policy${field}${mark}_N`, index, text, at);
  const word = (...prefix: readonly string[]) => book.word(body, ...prefix)?.text;
  const comment = book.word(block.body, 'comment');
  put('Action', ACTIONS.get(word('action') ?? '') ?? word('action') ?? '');
  put('Enabled', book.flag(block.body, 'enable') === false ? '0' : '1');
  put('SrcZone', word('from') ?? '');
  put('DstZone', word('to') ?? '');
  put('SrcIf', '-1');
  put('DstIf', '-1');
  const source = side(context, body, ['source', 'address'], mark);
  const destination = side(context, body, ['destination', 'address'], mark);
  const service = referenceIn(context, body, ['service']);
  put('SrcNet', source);
  put('DstNet', destination);
  put('DstSvc', service);
  put('SrcSvc', referenceIn(context, body, ['source', 'port']));
  put('Whom', usersIn(context, block.body, 'included', 'all'));
  put('WhomExcl', usersIn(context, block.body, 'excluded', 'none'));
  put('Time', scheduleIn(context, block.body));
  put('Comment', comment?.text ?? '', comment?.location);
  put('Log', book.flag(block.body, 'logging') === false ? '0' : '1');
  const management = book.flag(block.body, 'management');
  put('Management', management === true ? '1' : '0');
  const manual = word('priority', 'manual', 'value') ?? word('priority', 'manual');
  if (manual !== undefined && /^\d+$/.test(manual)) put('Priority', manual);
  const everything = source === '' && destination === '' && service === '';
  const text = comment?.text ?? '';
  const last = everything && CATCH_ALL.test(text);
  const own = book.flag(block.body, 'auto-rule') === true || (context.automatic && AUTOMATIC.test(text));
  if (last) put('DefaultRule', '2');
  else put('DefaultRule', '1');
  put('Props', !last && own ? '1' : '0');
}

/** The header's own words as statements: `from WAN`, `source address group "X"`. */
function headerStatements({ words, location }: Statement): readonly Statement[] {
  const parts: string[][] = [];
  let value = false;
  for (const word of words.slice(1)) {
    // What stands behind `name` or `from` is a name, even one that is called like a keyword.
    const opens = !value && HEADER_WORDS.has(word);
    if (opens) parts.push([word]);
    else parts.at(-1)?.push(word);
    value = !value && NAMED_BY.has(word);
  }
  return parts.map((part) => ({ words: part, negated: false, body: [], location }));
}

/** Words before a name. */
const NAMED_BY: ReadonlySet<string> = new Set(['name', 'group', 'from', 'to', 'action']);

/** '' is Any; an address written into the rule becomes an object of its own. */
function side(
  context: PrintedContext,
  body: readonly Statement[],
  prefix: readonly string[],
  mark: FamilyMark,
): string {
  const found = referenceIn(context, body, prefix);
  if (found !== '') return found;
  const inner = context.book
    .all(body, ...prefix)
    .filter(({ negated, words }) => !negated && words.length > prefix.length + 1)
    .map((statement): Statement => ({ ...statement, words: statement.words.slice(prefix.length) }));
  const value = addressIn(context, inner);
  if (value === null) return '';
  const name = [value.kind, value.first, value.second].filter((part) => part !== '').join(' ');
  if (!context.implied.has(name)) {
    context.implied.set(name, value.location);
    putAddress(context.sink, mark === 'V6', { text: name, location: value.location }, '', value);
  }
  return name;
}

/** `… any`, `… name X`, `… group G`. */
function referenceIn(
  { book }: Pick<PrintedContext, 'book'>,
  body: readonly Statement[],
  prefix: readonly string[],
): string {
  book.flag(body, ...prefix, 'any');
  return (book.word(body, ...prefix, 'name') ?? book.word(body, ...prefix, 'group'))?.text ?? '';
}

function usersIn({ book }: PrintedContext, body: readonly Statement[], kind: string, nobody: string): string {
  const [found] = book.all(body, 'users', kind);
  if (found === undefined || found.negated || found.words[2] === nobody) return '0';
  return found.words.slice(2).join(' ');
}

function scheduleIn({ book }: PrintedContext, body: readonly Statement[]): string {
  const [found] = book.all(body, 'schedule');
  const [, first = '', second] = found?.words ?? [];
  if (found === undefined || found.negated || first === 'always-on') return '';
  return first === 'name' || first === 'group' ? (second ?? first) : first;
}

/** NAT policies in their printed order. */
export function putNatPolicies(context: PrintedContext, interfaces: ReadonlyMap<string, number>): void {
  for (const block of context.book.all(context.top, 'nat-policy')) {
    const mark: FamilyMark = block.words[1] === 'ipv6' ? 'V6' : '';
    const index = context.sink.next(`natPolicy${mark}`);
    putNatPolicy(context, block, mark, index, interfaces);
  }
}

function putNatPolicy(
  context: PrintedContext,
  block: Statement,
  mark: FamilyMark,
  index: number,
  interfaces: ReadonlyMap<string, number>,
): void {
  const { book, sink } = context;
  const { body, location } = block;
  const put = (field: NatField, text: string) =>
    sink.put(`natPolicy${field}${mark}_N`, index, text, location);
  const iface = (word: string) => String(interfaces.get(book.word(body, word)?.text ?? '') ?? -1);
  const translated = (word: string) => {
    book.flag(body, word, 'original');
    return referenceIn(context, body, [word]);
  };
  put('OrigDst', referenceIn(context, body, ['destination']));
  put('OrigSrc', referenceIn(context, body, ['source']));
  put('OrigSvc', referenceIn(context, body, ['service']));
  put('TransSrc', translated('translated-source'));
  put('TransDst', translated('translated-destination'));
  put('TransSvc', translated('translated-service'));
  put('SrcIface', iface('inbound'));
  put('DstIface', iface('outbound'));
  put('Enabled', book.flag(body, 'enable') === false ? '0' : '1');
  put('Comment', book.word(body, 'comment')?.text ?? '');
  book.all(body, 'priority');
}

/** Names that rules and NAT policies refer to: addresses and services apart. */
export function referencesIn(top: readonly Statement[]): {
  readonly addresses: ReadonlyMap<string, Location>;
  readonly services: ReadonlyMap<string, Location>;
} {
  const addresses = new Map<string, Location>();
  const services = new Map<string, Location>();
  for (const block of top) {
    const [head = ''] = block.words;
    const members = head === 'address-group' || head === 'service-group';
    if (!members && !['access-rule', 'nat-policy', 'vpn'].includes(head)) continue;
    for (const statement of [...block.body, ...(head === 'access-rule' ? headerStatements(block) : [])]) {
      const { words, location, negated } = statement;
      const name = words.at(-1) ?? '';
      const [first = ''] = words;
      if (negated || words.length < 2) continue;
      if (members) {
        if (/^address-(?:object|group)$/.test(first)) addresses.set(name, location);
        if (/^service-(?:object|group)$/.test(first)) services.set(name, location);
        continue;
      }
      const named = /^(?:name|group)$/.test(words.at(-2) ?? '');
      if (!named) continue;
      const port = startsWith(words, ['source', 'port']) || /^(?:translated-)?service$/.test(first);
      (port ? services : addresses).set(name, location);
    }
  }
  return { addresses, services };
}
