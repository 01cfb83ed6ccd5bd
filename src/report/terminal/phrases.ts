import type {
  ReportDormant,
  ReportExposure,
  ReportPathStep,
  ReportService,
  ReportTarget,
} from '../../model/audit-report.js';
import type { Location } from '../../model/location.js';
import { countAddresses, rangesOf } from './addresses.js';
import type { Index } from './groups.js';
import type { Page } from './page.js';
import { plural, thousands } from './text.js';

/** How many ranges of a set are spelled out before `-v`. */
const RANGES_SHOWN = 4;

/** `203.0.113.0-6, 203.0.113.8/29`: a set, briefly before `-v` and whole after. */
export function setText(page: Page, cidrs: readonly string[]): string {
  const ranges = rangesOf(cidrs);
  const shown = page.verbosity === 0 ? ranges.slice(0, RANGES_SHOWN) : ranges;
  const more = ranges.length - shown.length;
  const text = shown.map((range) => page.name(range)).join(', ');
  return more > 0 ? `${text} ${page.ellipsis} and ${thousands(more)} more (-v)` : text;
}

/** `255 addresses`; a count beyond what one can read is given as a power of two. */
export function countText(cidrs: readonly string[]): string {
  const count = countAddresses(cidrs);
  if (count < 1n << 50n) return plural(count, 'address', 'addresses');
  return `about 2^${count.toString(2).length - 1} addresses`;
}

/** `anyone`, or the addresses. */
export function whoText(page: Page, exposure: ReportExposure): string {
  const { kind, peers = [] } = exposure.entry;
  if (kind === 'remote-access') return 'whoever dials in';
  if (kind === 'tunnel') return peers.length === 0 ? 'its far end' : peers.map(page.name).join(', ');
  if (exposure.party === 'zone-hosts' && countAddresses(exposure.sources) > ANY_HOST) {
    return `any host of ${page.name(exposure.entry.name)}`;
  }
  if (exposure.domain !== null) return `whoever holds ${page.name(exposure.domain)}`;
  return exposure.anyone ? 'anyone' : setText(page, exposure.sources);
}

/** More than anybody's networks, or than half of a site's in IPv6. */
const ANY_HOST = 1n << 25n;

/** How many protocols of a service, and how many of its ports or ranges, are named. */
const SERVICE_SHOWN = { protocols: 4, ports: 6 };

/** `tcp/443`, `tcp/5900-5903,5905`, `esp`, `256 protocols`. */
export function portText(page: Page, { protocol, ports }: ReportService): string {
  const protocols = protocol.split('+').length;
  if (protocols > SERVICE_SHOWN.protocols) return plural(protocols, 'protocol');
  const more = ports.length - SERVICE_SHOWN.ports;
  const shown = ports.slice(0, SERVICE_SHOWN.ports).join(',');
  const text = `${protocol}${ports.length === 0 ? '' : `/${shown}`}`;
  return page.name(more > 0 ? `${text} and ${thousands(more)} more` : text);
}

/** `198.51.100.2`; how the address is given out where the file does not hold it. */
export function addressText(page: Page, target: ReportTarget): string {
  if (target.addresses.length > 0) return setText(page, target.addresses);
  return target.dynamic === null ? 'no address' : page.name(`(${target.dynamic})`);
}

/** `X1`, or `host 192.0.2.10`. */
export function targetText(page: Page, target: ReportTarget): string {
  if (target.kind === 'host') return `host ${addressText(page, target)}`;
  if (target.interfaces.length > 0) return page.name(target.interfaces.join(', '));
  return target.addresses.length > 0 ? setText(page, target.addresses) : 'the firewall';
}

/** `HTTPS management on X1 from 203.0.113.7`; the way in is named when it is not a zone. */
export function doorText(page: Page, exposure: ReportExposure): string {
  const { entry } = exposure;
  const plain = entry.kind === 'zone' || entry.kind === 'interface';
  const via = plain ? '' : ` over ${page.name(`${entry.kind} ${entry.name}`)}`;
  const service = page.name(exposure.service.name);
  return `${service} on ${targetText(page, exposure.target)} from ${whoText(page, exposure)}${via}`;
}

/** `acme-on-call until 2026-12-31, other until 2027-01-31`. */
export function explanationsText(index: Index, page: Page, ids: readonly string[]): string {
  return ids
    .map((id) => {
      const until = index.explanations.get(id)?.until;
      return until === undefined ? page.name(id) : `${page.name(id)} until ${page.name(until)}`;
    })
    .join(', ');
}

/** Why an explanation that would cover a door does not. */
export function lapseText(index: Index, page: Page, lapse: ReportExposure['lapsed'][number]): string {
  const explanation = index.explanations.get(lapse.explanation);
  const subject = `explanation ${page.name(lapse.explanation)}`;
  if (explanation?.status === 'expired') return `${subject} expired on ${page.name(explanation.until)}`;
  return `${subject} explains nothing: ${page.prose(explanation?.message ?? lapse.why)}`;
}

const REASONS = new Map([
  ['disabled', 'rule disabled'],
  ['lapsed', 'time of the rule over'],
  ['empty-source', 'source without address'],
  ['empty-destination', 'destination without address'],
  ['no-address', 'interface without address'],
  ['interface-down', 'interface down'],
  ['tunnel-off', 'tunnel switched off'],
]);

/** `rule disabled, interface without address`. */
export function reasonsText(page: Page, dormant: ReportDormant): string {
  return dormant.reasons.map((reason) => REASONS.get(reason) ?? page.name(reason)).join(', ');
}

/** The key that holds it, or its line; with the file where that is not the one under discussion. */
export function placeText(page: Page, location: Location, file: string): string {
  const place = location.key === undefined ? `line ${thousands(location.line)}` : page.name(location.key);
  return location.file === file ? place : `${page.prose(location.file)} ${place}`;
}

/** Whether two locations are one. */
export function samePlace(a: Location, b: Location): boolean {
  return a.file === b.file && a.line === b.line && a.key === b.key;
}

/** The first rule of a path: what decides. */
export function ruleOf(path: readonly ReportPathStep[]): ReportPathStep | undefined {
  return path.find((step) => step.part === 'rule' || step.part === 'listener');
}
