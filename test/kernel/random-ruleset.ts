import { LAYOUTS } from './layout.js';
import type { Maker, Place, Profile } from './profile.js';
import type { Random } from './random.js';
import { randomOptions } from './random-options.js';
import { randomTarget } from './random-targets.js';
import { jumpsTo, type Rule, type Ruleset, type Table } from './ruleset.js';

const CHAIN_NAMES = ['guard', 'in-tcp', 'constructor', '__proto__', 'allow.list', 'last'];

const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'POSTROUTING'],
  nat: ['PREROUTING', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD'],
  security: ['INPUT', 'FORWARD'],
};

/** A ruleset that the kernel takes, for every seed. */
export function randomRuleset(random: Random, profile: Profile): Ruleset {
  const maker: Maker = {
    ...{ random, profile, layout: LAYOUTS[profile.family] },
    sourcePorts: random.chance(50),
  };
  const side = ['raw', 'mangle', 'security'].filter(() => profile.everyTable && random.chance(60));
  const names = [...side, ...(profile.nat ? ['nat'] : []), 'filter'];
  return { family: profile.family, tables: names.map((name) => randomTable(maker, name)) };
}

function randomTable(maker: Maker, name: string): Table {
  const { random } = maker;
  const builtIn = BUILT_IN[name] ?? [];
  const most = name === 'filter' ? 5 : 3;
  const userChains = CHAIN_NAMES.slice(0, random.below(most + 1));
  const strict = name === 'filter' ? 50 : name === 'nat' ? 0 : 10;
  const rules = [
    ...builtIn.flatMap((chain) =>
      // What translates destinations belongs before the choice of a way, what translates sources behind it.
      randomChain(maker, {
        ...{ table: name, chain, builtIn: true },
        below: isSourceNat(name, chain) ? [] : userChains,
      }),
    ),
    // A chain may only jump to later ones: the kernel takes no loops.
    ...userChains.flatMap((chain, at) =>
      randomChain(maker, { table: name, chain, builtIn: false, below: userChains.slice(at + 1) }),
    ),
  ];
  for (const chain of userChains.filter((each) => !rules.some((rule) => jumpsTo(rule, each)))) {
    insertJump(maker, name, builtIn, userChains, chain, rules);
  }
  const policies = builtIn.map((chain) => [chain, random.chance(strict) ? 'DROP' : 'ACCEPT'] as const);
  return { name, policies: Object.fromEntries(policies), userChains, rules };
}

function isSourceNat(table: string, chain: string): boolean {
  return table === 'nat' && chain === 'POSTROUTING';
}

/** A chain that nothing jumps to is entered from a built-in chain or an earlier one, somewhere in it. */
function insertJump(
  maker: Maker,
  table: string,
  builtIn: readonly string[],
  userChains: readonly string[],
  to: string,
  rules: Rule[],
): void {
  const { random } = maker;
  const above = builtIn.filter((each) => !isSourceNat(table, each));
  const chain = random.pick([...above, ...userChains.slice(0, userChains.indexOf(to))]);
  const place = { table, chain, builtIn: builtIn.includes(chain), below: [to] };
  const options = random.chance(30) ? [] : randomOptions(maker, place);
  const target = random.chance(75) ? `-j ${to}` : `-g ${to}`;
  rules.splice(random.below(rules.length + 1), 0, { chain, options, target });
}

function randomChain(maker: Maker, place: Place): readonly Rule[] {
  const most = place.table === 'filter' ? 7 : place.table === 'nat' ? 5 : 3;
  const count = maker.random.below(most + 1) + (place.builtIn && place.table !== 'mangle' ? 1 : 0);
  return Array.from({ length: count }, () => randomRule(maker, place));
}

function randomRule(maker: Maker, place: Place): Rule {
  const { random } = maker;
  const { chain } = place;
  const options = randomOptions(maker, place);
  const target = randomTarget(maker, place, options);
  // What few packets pass, hardly any packet shows.
  const isJump = place.below.some((below) => jumpsTo({ chain, options, target }, below));
  return { chain, options: isJump && random.chance(60) ? options.slice(0, 1) : options, target };
}
