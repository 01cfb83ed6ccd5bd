import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipNote, unavailable } from './available.js';
import { tell } from './contest.js';
import { judge } from './judge.js';
import { type Lab, openLab, type Probe } from './lab.js';
import { allHosts, LAYOUTS, type Layout, ownAddressesOf, PORTS, SOURCE_PORTS } from './layout.js';
import { createRandom, type Random } from './random.js';

/** Rulesets that people run: the kernel loads them, and fwaudit has to know what becomes of packets. */
const folder = fileURLToPath(new URL('../../../shared/corpus/iptables/', import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).sort() : [];

const PROBES = 160;

/** Addresses of cards that were made unreadable before a ruleset was published get made-up ones. */
function readable(text: string): string {
  return text.replace(
    /--mac-source (?![0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}\s)\S+/g,
    '--mac-source 02:00:5E:10:00:01',
  );
}

/** The interfaces of the lab under names that a ruleset speaks of. */
function layoutFor(save: string, random: Random): Layout {
  const { interfaces, hosts, ...rest } = LAYOUTS.ipv4;
  const spoken = [...save.matchAll(/ -[io] ([\w.-]{1,15})(?= )/g)].map(([, name = '']) => name);
  const all = [...new Set(spoken)].filter((name) => name !== 'lo');
  const names = [...new Set(all.map(() => random.pick(all)))];
  const real = new Map(Object.keys(interfaces).map((name, at) => [name, names[at] ?? name]));
  const renamed = <T>(each: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(each).map(([name, value]) => [real.get(name) ?? name, value]));
  return { ...rest, interfaces: renamed(interfaces), hosts: renamed(hosts) };
}

/** Connections from hosts of the lab and from addresses that the ruleset speaks of. */
function probesFor(save: string, layout: Layout, random: Random): readonly Probe[] {
  const spoken = [...save.matchAll(/ -s (\d+\.\d+\.\d+\.\d+)(?:\/\d+)? /g)].map(
    ([, address = '']) => address,
  );
  const usable = [...new Set(spoken)].filter((address) => /^(?!0\.|127\.|2(?:2[4-9]|[345]))/.test(address));
  const own = ownAddressesOf(layout);
  const sources = [allHosts(layout), ...(usable.length === 0 ? [] : [usable])];
  const probes = new Map<string, Probe>();
  for (let tries = 0; probes.size < PROBES && tries < 10 * PROBES; tries += 1) {
    const probe: Probe = {
      entry: random.pick(Object.keys(layout.interfaces)),
      source: random.pick(random.pick(sources)),
      destination: random.pick(random.chance(70) ? own : allHosts(layout)),
      protocol: random.pick(['tcp', 'tcp', 'udp']),
      sourcePort: random.pick(SOURCE_PORTS),
      port: random.pick(PORTS),
    };
    const { entry: _, ...connection } = probe;
    const taken = probe.source === probe.destination || own.includes(probe.source);
    if (!taken) probes.set(Object.values(connection).join(' '), probe);
  }
  return [...probes.values()];
}

describe.skipIf(unavailable !== null || files.length === 0)(`real rulesets in the kernel${skipNote}`, () => {
  let lab: Lab;
  beforeAll(() => {
    lab = openLab();
  });
  afterAll(() => lab.close());

  it.each(files.map((file) => [basename(file).replace(/^.*__/, ''), file]))(
    'agree: %s',
    async (_, file) => {
      const text = readable(readFileSync(join(folder, file), 'latin1'));
      const random = createRandom(text.length);
      const layout = layoutFor(text, random);
      const probes = probesFor(text, layout, random);
      const trial = await lab.attempt('legacy', layout, text, probes);
      if ('rejected' in trial) {
        process.stdout.write(`  not taken by this kernel: ${file}: ${trial.rejected.slice(0, 120)}\n`);
        return;
      }
      // Who may choose the port to come from gets in by the best of them, and a packet tries one.
      const exactReaches = !/--(?:sport|ports)/.test(text);
      // In a chain of a user's, packets to the firewall itself may be asked where they leave: README.md.
      const addresses = !/^-A (?!FORWARD|OUTPUT|POSTROUTING).* -o /m.test(text);
      const expectations = { addresses, certain: false, exactReaches };
      const { mismatches } = judge(trial.save, layout, probes, trial.arrivals, expectations);
      const told = mismatches.slice(0, 3).map((mismatch) => {
        const at = mismatch.probe === null ? -1 : probes.indexOf(mismatch.probe);
        const head = `${mismatch.kind} by ${mismatch.answer}, knowing ${mismatch.knowing}`;
        return `${head}\n${tell(mismatch, trial.arrivals[at] ?? null)}`;
      });
      expect(told, `${mismatches.length} mismatches`).toEqual([]);
    },
    120_000,
  );
});
