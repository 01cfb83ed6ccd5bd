/** A ruleset as `iptables-restore` takes it, in parts that can be left out one by one. */
export interface Ruleset {
  readonly family: 'ipv4' | 'ipv6';
  readonly tables: readonly Table[];
}

export interface Table {
  readonly name: string;
  /** Built-in chains with their policies. */
  readonly policies: Readonly<Record<string, 'ACCEPT' | 'DROP'>>;
  readonly userChains: readonly string[];
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly chain: string;
  /** Options with their values; each can be left out by itself unless another needs it. */
  readonly options: readonly string[];
  /** `-j` or `-g` with what belongs to it; empty: the rule only counts. */
  readonly target: string;
}

export function render({ tables }: Ruleset): string {
  return tables.map(renderTable).join('');
}

function renderTable({ name, policies, userChains, rules }: Table): string {
  const used = userChains.filter((chain) =>
    rules.some((rule) => rule.chain === chain || jumpsTo(rule, chain)),
  );
  const lines = [
    `*${name}`,
    ...Object.entries(policies).map(([chain, policy]) => `:${chain} ${policy} [0:0]`),
    ...used.map((chain) => `:${chain} - [0:0]`),
    ...rules.map(({ chain, options, target }) => ['-A', chain, ...options, target].join(' ').trimEnd()),
    'COMMIT',
    '',
  ];
  return lines.join('\n');
}

/** Whether a rule leads to a user chain. */
export function jumpsTo({ target }: Rule, chain: string): boolean {
  return target === `-j ${chain}` || target === `-g ${chain}`;
}

/** Whether packets come to a chain, by jumps or by itself, from one of some built-in chains. */
export function isReached({ rules }: Table, chain: string, from: readonly string[]): boolean {
  const reached = new Set(from);
  // A set is walked in the order of insertion, what is added on the way included.
  for (const each of reached) {
    for (const rule of rules.filter((other) => other.chain === each)) {
      const [, to] = /^-[jg] (\S+)$/.exec(rule.target) ?? [];
      if (to !== undefined) reached.add(to);
    }
  }
  return reached.has(chain);
}

/** Every ruleset that is one step smaller: half of the rules, one table, one rule or one option less. */
export function* smaller(ruleset: Ruleset): Generator<Ruleset> {
  const { tables } = ruleset;
  const withTables = (next: readonly Table[]): Ruleset => ({ ...ruleset, tables: next });
  for (const table of tables)
    if (tables.length > 1) yield withTables(tables.filter((each) => each !== table));
  for (const table of tables) {
    const withRules = (rules: readonly Rule[]) =>
      withTables(tables.map((each) => (each === table ? { ...table, rules } : each)));
    const { rules } = table;
    for (let size = Math.ceil(rules.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = 0; start < rules.length; start += size) {
        yield withRules([...rules.slice(0, start), ...rules.slice(start + size)]);
      }
    }
    for (const rule of rules) {
      for (const option of rule.options) {
        const shorter = { ...rule, options: rule.options.filter((each) => each !== option) };
        yield withRules(rules.map((each) => (each === rule ? shorter : each)));
      }
    }
  }
}
