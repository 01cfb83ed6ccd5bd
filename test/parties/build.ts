import type { Contribution, Entry, PathStep, Reach, Target } from '../../src/model/exposure.js';
import { IpSet } from '../../src/sets/ip-set.js';

const LOCATION = { file: 'fw.exp', line: 1 };

export const WAN: Entry = {
  kind: 'zone',
  name: 'WAN',
  interfaces: ['X1'],
  role: { value: 'untrusted', evidence: 'the zone says so' },
  location: LOCATION,
};

export const X1: Target = {
  kind: 'self',
  addresses: IpSet.of('198.51.100.2'),
  dynamic: null,
  interfaces: ['X1'],
};

export function contributionOf(sources: IpSet, changes: Partial<Contribution> = {}): Contribution {
  const rule: PathStep = {
    kind: 'access-rule',
    part: 'rule',
    depth: 0,
    name: 'WAN to WAN 1',
    detail: 'permit',
    origin: 'user',
    comment: null,
    location: LOCATION,
  };
  return {
    rule,
    sources,
    path: [rule],
    origin: 'user',
    purpose: null,
    policy: 'WAN to WAN',
    number: 1,
    fromAny: false,
    logged: null,
    conditions: [],
    approximate: [],
    ...changes,
  };
}

/** HTTPS management of fw-paris-1 on X1, from WAN, for these sources. */
export function reachOf(sources: IpSet, changes: Partial<Reach> = {}): Reach {
  return {
    device: 'fw-paris-1',
    entry: WAN,
    target: X1,
    service: { id: 'https-management', protocol: 'tcp', ports: ['443'] },
    sources,
    contributions: [contributionOf(sources)],
    named: [],
    approximate: [],
    ...changes,
  };
}

/** A DMZ with one private network behind it, and one public one. */
export const DMZ: Entry = {
  kind: 'zone',
  name: 'DMZ',
  interfaces: ['X2'],
  role: { value: 'public', evidence: 'the zone says so' },
  location: LOCATION,
  networks: IpSet.of('10.20.30.0/24', '192.0.2.0/28'),
};

/** A rule that admits whoever holds a domain name, and an address besides. */
export function namedContribution(domain: string, besides = ''): Contribution {
  const doubts = [`vendor: the domain name ${domain}`];
  return contributionOf(IpSet.ALL, {
    approximate: [...doubts, 'its schedule is not known'],
    domains: { names: [domain], besides: besides === '' ? IpSet.EMPTY : IpSet.of(besides), doubts },
  });
}
