import { describe, expect, it } from 'vitest';
import { emptyRegister } from '../../src/explanations/empty-register.js';
import type { Contribution, Exposure, Reach } from '../../src/model/exposure.js';
import { byDomain } from '../../src/parties/by-domain.js';
import { splitByParty } from '../../src/parties/split-by-party.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { contributionOf, DMZ, namedContribution, reachOf, WAN } from './build.js';

const TUNNEL = { peers: ['203.0.113.9'], from: ['VPN'], sources: null, destinations: null, approximate: [] };
const NAME = 'support.vendor.example';

function split(contributions: readonly Contribution[], changes: Partial<Reach> = {}): Exposure[] {
  const approximate = [...new Set(contributions.flatMap((each) => each.approximate))];
  const reach = reachOf(IpSet.ALL, { contributions, approximate, ...changes });
  return splitByParty(reach, emptyRegister(), IpSet.EMPTY);
}

function brief({ party, domain, anyone, thirdParty, approximate }: Exposure): unknown {
  return { party, domain, anyone, thirdParty, approximate };
}

describe('a rule that admits a domain name', () => {
  const holder = { party: 'domain', domain: NAME, anyone: false, thirdParty: true };
  const doubts = [`vendor: the domain name ${NAME}`, 'its schedule is not known'];

  it('is open to whoever holds the name, and to nobody else', () => {
    expect(split([namedContribution(NAME)]).map(brief)).toEqual([{ ...holder, approximate: doubts }]);
  });

  it('is open to the addresses beside the name by themselves, without doubt about these', () => {
    const [address, ...others] = split([namedContribution(NAME, '203.0.113.7')]);
    expect(address).toMatchObject({ party: 'undeclared', domain: null, anyone: false });
    expect(address?.sources.toCidrs()).toEqual(['203.0.113.7/32']);
    expect(address?.contributions.map((each) => each.approximate)).toEqual([['its schedule is not known']]);
    expect(address?.approximate).toEqual(['its schedule is not known']);
    expect(others.map(brief)).toEqual([{ ...holder, approximate: doubts }]);
  });

  it('tells each name by itself', () => {
    const exposures = split([namedContribution(NAME), namedContribution('noc.vendor.example')]);
    expect(exposures.map(({ domain }) => domain)).toEqual([NAME, 'noc.vendor.example']);
    expect(exposures.map(({ contributions }) => contributions.length)).toEqual([1, 1]);
    expect(new Set(exposures.map(({ key }) => key)).size).toBe(2);
  });

  it('tells nothing where another rule lets in anyone', () => {
    const anyone = contributionOf(IpSet.ALL, { fromAny: true });
    expect(split([namedContribution(NAME), anyone]).map(({ party, anyone }) => [party, anyone])).toEqual([
      ['undeclared', true],
    ]);
  });

  it('tells of anyone where what is not denied is let in', () => {
    const sources = IpSet.of('203.0.113.0/24');
    const named = { ...namedContribution(NAME), sources };
    expect(split([named]).map(({ party, anyone }) => [party, anyone])).toEqual([['undeclared', true]]);
  });

  it('is open to the hosts of a zone of one\u2019s own', () => {
    const exposures = split([namedContribution(NAME)], { entry: DMZ });
    expect(exposures.map(({ party, domain }) => [party, domain])).toEqual([['zone-hosts', null]]);
  });

  it.each([
    ['a zone of one\u2019s own', DMZ],
    ['a tunnel', { ...WAN, kind: 'tunnel' as const, tunnel: TUNNEL }],
  ])('says nothing of who comes out of %s', (_, entry) => {
    const reach = reachOf(IpSet.ALL, { contributions: [namedContribution(NAME)], entry });
    expect(byDomain(reach)).toEqual({ others: reach, holders: [] });
  });
});
