import { analyse } from '../../src/analysis/analyse.js';
import type { Packet } from '../../src/analysis/packet.js';
import { type Trace, trace } from '../../src/analysis/trace.js';
import type { Reach } from '../../src/model/exposure.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import { iptables } from '../../src/platforms/iptables/index.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { complete, HOST_SERVICES, partOf } from './complete-config.js';
import type { Arrival, Probe } from './lab.js';
import { type Layout, ownAddressesOf } from './layout.js';
import { doorsOf, isDoorOf } from './scan.js';

/**
 * How fwaudit and the kernel disagree.
 * - `unread`: something that the kernel holds is not understood;
 * - `missed`: a packet arrived that fwaudit says is denied; the fault that must never be;
 * - `invented`: fwaudit is certain that a packet arrives, and it did not;
 * - `elsewhere`: it arrived, at another place than fwaudit says;
 * - `doubtful`: fwaudit is not certain where the ruleset leaves no doubt.
 */
export type MismatchKind = 'unread' | 'missed' | 'invented' | 'elsewhere' | 'doubtful';

export interface Mismatch {
  readonly kind: MismatchKind;
  /** Which of fwaudit's answers it is about. */
  readonly answer: 'parse' | 'trace' | 'reach' | 'scan';
  /** Whether fwaudit knew the addresses of the firewall, or only what `iptables-save` prints. */
  readonly knowing: 'addresses' | 'only the dump';
  readonly probe: Probe | null;
  readonly text: string;
}

/** What is expected of the answers over one ruleset. */
export interface Expectations {
  /** The model can say what the rules mean once the addresses are known; else only the dump is judged. */
  readonly addresses: boolean;
  /** The ruleset leaves nothing open once the addresses are known: every verdict is certain. */
  readonly certain: boolean;
  /** Every reach that claims no approximation is exact to the packet. */
  readonly exactReaches: boolean;
}

export interface Judgement {
  readonly mismatches: readonly Mismatch[];
  /** Verdicts that knew the addresses, and how many of them were certain. */
  readonly verdicts: number;
  readonly certain: number;
}

/** What fwaudit is asked about: one configuration, with what it knows of it. */
interface Subject {
  readonly config: FirewallConfig;
  readonly knowing: Mismatch['knowing'];
  readonly layout: Layout;
  readonly reaches: readonly Reach[];
  readonly expectations: Expectations;
}

/** Compares what became of packets with what fwaudit says of them. */
export function judge(
  save: string,
  layout: Layout,
  probes: readonly Probe[],
  arrivals: readonly (Arrival | null)[],
  expectations: Expectations,
): Judgement {
  const { saved, unread } = parse(save, layout);
  if (saved === null) return { mismatches: unread, verdicts: 0, certain: 0 };
  const full = complete(saved, layout);
  const subjects = [
    { config: full, knowing: 'addresses', reaches: reachesOf(full), layout, expectations },
    { config: saved, knowing: 'only the dump', reaches: reachesOf(saved), layout, expectations },
  ] as const satisfies readonly Subject[];
  const judged = subjects.filter(({ knowing }) => knowing === 'only the dump' || expectations.addresses);
  const mismatches = [...unread, ...judgeScan(save, saved, layout, probes, arrivals)];
  let verdicts = 0;
  let certain = 0;
  for (const [at, probe] of probes.entries()) {
    const arrival = arrivals[at] ?? null;
    for (const subject of judged) {
      const { verdict, mismatch } = judgeTrace(subject, probe, arrival);
      if (subject.knowing === 'addresses') {
        verdicts += 1;
        if (verdict !== 'perhaps') certain += 1;
      }
      const found = [mismatch, judgeReach(subject, probe, arrival)];
      mismatches.push(...found.filter((each) => each !== null));
    }
  }
  return { mismatches, verdicts, certain };
}

function parse(
  save: string,
  layout: Layout,
): { readonly saved: FirewallConfig | null; readonly unread: readonly Mismatch[] } {
  const file = fileOf(layout);
  const { devices, coverage, diagnostics } = iptables.parse([{ file, bytes: Buffer.from(save) }]);
  const problems = [
    ...coverage.flatMap(({ unknownFamilies }) =>
      unknownFamilies.map(({ name }) => `not understood: ${name}`),
    ),
    ...diagnostics.filter(({ incomplete }) => incomplete).map(({ message }) => message),
    ...(devices.length === 1 ? [] : [`${devices.length} devices`]),
  ];
  const unread = problems.map(
    (text): Mismatch => ({ kind: 'unread', answer: 'parse', knowing: 'only the dump', probe: null, text }),
  );
  return { saved: devices[0] ?? null, unread };
}

function fileOf({ family }: Layout): string {
  return family === 'ipv4' ? 'rules.v4' : 'rules.v6';
}

function reachesOf(config: FirewallConfig): readonly Reach[] {
  return analyse(config, new Map(), HOST_SERVICES).reaches.filter(({ service }) => service.id !== 'anything');
}

function judgeTrace(
  subject: Subject,
  probe: Probe,
  arrival: Arrival | null,
): { readonly verdict: Trace['verdict']; readonly mismatch: Mismatch | null } {
  const { config, knowing, expectations } = subject;
  const entry = partOf(probe.entry, config);
  const traces = trace(config, new Map(), packetOf(probe), entry);
  const [only] = traces;
  const of = (kind: MismatchKind, text: string): Mismatch => ({
    kind,
    answer: 'trace',
    knowing,
    probe,
    text,
  });
  if (only === undefined || traces.length > 1) {
    return { verdict: 'denied', mismatch: of('missed', `${traces.length} traces from ${entry}`) };
  }
  const kind = mismatchOf(subject, only, probe, arrival);
  const doubtful =
    kind === null && expectations.certain && only.verdict === 'perhaps' && knowing === 'addresses';
  const found = doubtful ? 'doubtful' : kind;
  const text = `fwaudit: ${only.verdict}\n${only.steps.map((step) => `    ${step.kind}: ${step.text}`).join('\n')}`;
  return { verdict: only.verdict, mismatch: found === null ? null : of(found, text) };
}

function mismatchOf(
  subject: Subject,
  told: Trace,
  probe: Probe,
  arrival: Arrival | null,
): Exclude<MismatchKind, 'unread' | 'doubtful'> | null {
  const { config, knowing } = subject;
  if (arrival === null) {
    return told.verdict !== 'permitted' || mayExceed(told, subject, probe) ? null : 'invented';
  }
  if (leadsOutside(arrival.where, probe, config)) return null;
  if (told.verdict === 'denied') return 'missed';
  return knowing === 'addresses' && !leadsTo(told, arrival) ? 'elsewhere' : null;
}

function packetOf({ source, destination, protocol, sourcePort, port }: Probe): Packet {
  const number = protocol === 'tcp' ? 6 : 17;
  return {
    source: IpSet.of(source),
    destination: IpSet.of(destination),
    service: ServiceSet.of(number, PortSet.of(port), PortSet.of(sourcePort)),
    text: `${source} to ${destination}`,
  };
}

/**
 * Where fwaudit may say more than the kernel does: a program that no packet comes back from may have
 * accepted it, and whoever does not know the routes does not know what would go where nobody is looked for.
 */
function mayExceed({ steps }: Trace, { config, knowing, layout }: Subject, probe: Probe): boolean {
  if (steps.some(({ text }) => text.includes('a program decides'))) return true;
  if (knowing === 'addresses') return false;
  const [way] = Object.entries(layout.hosts).find(([, hosts]) => hosts.includes(probe.destination)) ?? [];
  return steps.some(({ kind }) => kind === 'nat') || (way !== undefined && leadsOutside(way, probe, config));
}

/**
 * Where fwaudit looks for nobody: behind the interface that a packet came in by, as whoever stands there
 * needs no firewall to reach the others, and behind one that leads outside.
 */
function leadsOutside(where: string, { entry }: Probe, config: FirewallConfig): boolean {
  if (where === 'self' || where === entry) return where === entry;
  const part = partOf(where, config);
  return config.interfaces.some(({ name, role }) => name === part && role.value === 'untrusted');
}

/** Whether a trace leads to where the packet came out. */
function leadsTo({ steps }: Trace, { where }: Arrival): boolean {
  const place = where === 'self' ? 'the appliance itself' : where;
  return steps.some(({ kind, text }) => kind === 'target' && text.includes(place));
}

/** Whatever arrives at an administration service has to be told by `scan`, which knows the dump alone. */
function judgeScan(
  save: string,
  config: FirewallConfig,
  layout: Layout,
  probes: readonly Probe[],
  arrivals: readonly (Arrival | null)[],
): readonly Mismatch[] {
  const doors = doorsOf(save, fileOf(layout));
  return probes.flatMap((probe, at): readonly Mismatch[] => {
    const arrival = arrivals[at] ?? null;
    if (arrival === null || leadsOutside(arrival.where, probe, config)) return [];
    if (probe.protocol !== 'tcp' || arrival.port !== SSH) return [];
    const { destination, port } = arrival;
    const part = arrival.where === 'self' ? 'self' : partOf(arrival.where, config);
    const told = doors.some(
      (door) =>
        door.entry.interfaces.includes(partOf(probe.entry, config)) &&
        // Where the dump does not say whose an address is, one door may stand for the host's and the firewall's own.
        (part === 'self' || (door.target.kind === 'host' && door.target.interfaces.includes(part))) &&
        isDoorOf(door, { ...probe, destination, port }),
    );
    if (told) return [];
    return [
      { kind: 'missed', answer: 'scan', knowing: 'only the dump', probe, text: 'scan tells no door of it' },
    ];
  });
}

/** What administers, of the ports that packets go to. */
const SSH = 22;

function judgeReach(subject: Subject, probe: Probe, arrival: Arrival | null): Mismatch | null {
  const { config, knowing, layout, reaches, expectations } = subject;
  const entry = partOf(probe.entry, config);
  const of = (kind: MismatchKind, text: string): Mismatch => ({
    kind,
    answer: 'reach',
    knowing,
    probe,
    text,
  });
  if (arrival !== null) {
    if (leadsOutside(arrival.where, probe, config) || !isWanted(probe.protocol, arrival.port)) return null;
    const part = arrival.where === 'self' ? 'self' : partOf(arrival.where, config);
    const found = reaches.some(
      (reach) =>
        (endsAt(reach, part) || isTwin(reach, arrival, knowing)) &&
        holds(reach, entry, probe, arrival.destination, arrival.port),
    );
    return found ? null : of('missed', 'no reach holds it');
  }
  if (!expectations.exactReaches) return null;
  // Without addresses, a reach to the firewall itself means whichever address lets most in.
  const judged =
    knowing === 'addresses'
      ? reaches
      : reaches.filter(
          ({ target }) => target.kind === 'self' && isOwn(probe, layout) && !asksWhereTo(config),
        );
  const wrong = judged.find(
    (reach) => isExact(reach) && holds(reach, entry, probe, probe.destination, probe.port),
  );
  return wrong === undefined ? null : of('invented', `reach ${JSON.stringify(summaryOf(wrong))}`);
}

function isOwn({ destination }: Probe, layout: Layout): boolean {
  return ownAddressesOf(layout).includes(destination);
}

function asksWhereTo({ policies, natRules }: FirewallConfig): boolean {
  const rules = policies.flatMap((policy) => policy.rules);
  return natRules.length > 0 || rules.some(({ destination }) => !destination.any || destination.negated);
}

function isWanted(protocol: string, port: number): boolean {
  return HOST_SERVICES.some((each) => each.protocol === protocol && each.port === port);
}

function endsAt({ target }: Reach, where: string): boolean {
  return where === 'self'
    ? target.kind === 'self'
    : target.kind === 'host' && target.interfaces.includes(where);
}

/** Where the dump does not say whose an address is, what is told of a host there is not told of the firewall again. */
function isTwin({ target }: Reach, arrival: Arrival, knowing: Subject['knowing']): boolean {
  const translated = arrival.where === 'self' && knowing === 'only the dump';
  return translated && target.kind === 'host' && target.addresses.contains(IpSet.of(arrival.destination));
}

/** Whether a reach holds a packet, as it was when it arrived or would have. */
function holds(
  { entry, target, service, sources }: Reach,
  interfaceIn: string,
  { source, protocol }: Probe,
  destination: string,
  port: number,
): boolean {
  const served = service.id === `${protocol}-${port}` || service.id === 'any-service';
  const addressed = target.dynamic !== null || target.addresses.contains(IpSet.of(destination));
  return entry.interfaces.includes(interfaceIn) && served && addressed && sources.contains(IpSet.of(source));
}

function isExact({ approximate, contributions }: Reach): boolean {
  return approximate.length === 0 && contributions.every(({ conditions }) => conditions.length === 0);
}

function summaryOf({ entry, target, service, sources, contributions }: Reach): unknown {
  const rules = contributions.map(({ rule }) => rule.name);
  return { entry: entry.name, target: target.addresses, service: service.id, sources, rules };
}
