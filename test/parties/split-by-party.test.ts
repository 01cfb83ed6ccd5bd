import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRegister } from '../../src/explanations/empty-register.js';
import type { Party, Register } from '../../src/model/explanation.js';
import type { Exposure } from '../../src/model/exposure.js';
import {
  IMPOSSIBLE_SOURCES,
  PRIVATE_NETWORKS,
  SPECIAL_NETWORKS,
} from '../../src/parties/special-networks.js';
import { splitByParty } from '../../src/parties/split-by-party.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { contributionOf, DMZ, reachOf, WAN, X1 } from './build.js';

function party(id: string, ...networks: readonly string[]): Party {
  return {
    id,
    name: id.toUpperCase(),
    role: 'reseller',
    networks: IpSet.of(...networks),
    contract: null,
    contact: null,
    location: { file: 'fwaudit.yaml', line: 1 },
  };
}

function registerOf(own: readonly string[], ...parties: readonly Party[]): Register {
  return { ...emptyRegister(), organisation: { name: null, networks: IpSet.of(...own) }, parties };
}

function split(
  sources: readonly string[],
  register: Register = emptyRegister(),
  own = IpSet.EMPTY,
): Exposure[] {
  return splitByParty(reachOf(IpSet.of(...sources)), register, own);
}

function shares(exposures: readonly Exposure[]): Record<string, string> {
  return Object.fromEntries(exposures.map((each) => [each.party, each.sources.toCidrs().join(' ')]));
}

describe('whose address it is', () => {
  const register = registerOf(
    ['192.0.2.0/24', '10.1.0.0/16'],
    party('acme', '203.0.113.0/28', '172.16.9.0/24'),
  );

  it('gives every party its share', () => {
    const exposures = split(
      ['192.0.2.9', '10.0.0.1', '10.1.0.1', '203.0.113.7', '203.0.113.99', '172.16.9.1'],
      register,
    );
    expect(shares(exposures)).toEqual({
      own: '10.1.0.1/32 192.0.2.9/32',
      private: '10.0.0.1/32',
      acme: '172.16.9.1/32 203.0.113.7/32',
      undeclared: '203.0.113.99/32',
    });
    expect(exposures.map((each) => each.thirdParty)).toEqual([false, false, true, true]);
    expect(exposures.every((each) => !each.anyone)).toBe(true);
  });

  it('takes the networks of the caller for own only while the register declares none', () => {
    const connected = IpSet.of('198.51.100.0/24');
    expect(shares(split(['198.51.100.9'], registerOf([]), connected))).toEqual({ own: '198.51.100.9/32' });
    expect(shares(split(['198.51.100.9'], register, connected))).toEqual({ undeclared: '198.51.100.9/32' });
  });

  it('lets a declared party win over what is only taken for own', () => {
    const carrier = registerOf([], party('carrier', '198.51.100.1'));
    expect(shares(split(['198.51.100.0/31'], carrier, IpSet.of('198.51.100.0/24')))).toEqual({
      own: '198.51.100.0/32',
      carrier: '198.51.100.1/32',
    });
  });

  it.each([
    '10.255.255.255',
    '172.31.255.255',
    '192.168.0.1',
    '100.127.255.255',
    '169.254.9.9',
    'fd00::1',
    'febf::1',
  ])('%s is private', (address) => {
    expect(split([address]).map((each) => each.party)).toEqual(['private']);
  });

  it.each([
    '11.0.0.0',
    '172.32.0.0',
    '192.169.0.0',
    '100.128.0.0',
    '128.0.0.0',
    '192.0.2.1',
    '198.18.0.1',
    '::2',
    'fec0::1',
    '2001:db8::1',
  ])('%s is undeclared', (address) => {
    expect(split([address]).map((each) => each.party)).toEqual(['undeclared']);
  });

  it.each([
    '0.0.0.0',
    '0.255.255.255',
    '224.0.0.1',
    '239.1.1.1',
    '127.0.0.1',
    '::1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    'ff02::1',
  ])('%s is the source of nothing, even declared', (address) => {
    expect(split([address], registerOf([address]))).toEqual([]);
  });

  it('names a source for every special network', () => {
    for (const each of SPECIAL_NETWORKS) expect(each.source).toMatch(/^RFC \d+, section \d/);
    expect(PRIVATE_NETWORKS.overlaps(IMPOSSIBLE_SOURCES)).toBe(false);
  });

  it('splits nothing from nobody', () => {
    expect(split([])).toEqual([]);
  });
});

describe('anyone', () => {
  const register = registerOf(['192.0.2.0/24'], party('acme', '203.0.113.0/28'));

  it('is one exposure for the whole reach', () => {
    const named = [{ name: 'vendor', sources: IpSet.of('203.0.113.7') }];
    const reach = reachOf(IpSet.ALL, { named });
    const [exposure, ...others] = splitByParty(reach, register, IpSet.EMPTY);
    expect(others).toEqual([]);
    expect(exposure).toMatchObject({ party: 'undeclared', anyone: true, thirdParty: true, named });
    expect(exposure?.sources.equals(IpSet.ALL.subtract(IMPOSSIBLE_SOURCES))).toBe(true);
  });

  it.each([
    ['16.0.0.0/8', false],
    ['16.0.0.0-17.0.0.0', true],
    ['2001:db8::/32', false],
    ['2001:db8::-2001:db9::', true],
  ])('%s: %s', (sources, anyone) => {
    expect(split([sources]).map((each) => each.anyone)).toEqual([anyone]);
  });

  it('counts undeclared addresses only', () => {
    expect(split(['10.0.0.0/7']).map((each) => [each.party, each.anyone])).toEqual([
      ['private', false],
      ['undeclared', false],
    ]);
    expect(split(['16.0.0.0/7'], registerOf(['16.0.0.0/8'])).map((each) => each.party)).toEqual([
      'own',
      'undeclared',
    ]);
  });

  it('stays anyone without one host', () => {
    const sources = IpSet.IPV4.subtract(IpSet.of('203.0.113.7'));
    const [exposure] = splitByParty(reachOf(sources), emptyRegister(), IpSet.EMPTY);
    expect(exposure?.anyone).toBe(true);
    expect(exposure?.sources.overlaps(IpSet.of('203.0.113.7'))).toBe(false);
  });

  it('keeps what rules name to itself', () => {
    const named = [{ name: 'vendor', sources: IpSet.of('203.0.113.7') }];
    const reach = reachOf(IpSet.of('203.0.113.7'), { named });
    expect(splitByParty(reach, register, IpSet.EMPTY).map((each) => each.named)).toEqual([[]]);
  });
});

describe('what lets a party in', () => {
  const acme = contributionOf(IpSet.of('203.0.113.0/28'), { number: 1, conditions: ['schedule "Nights"'] });
  const other = contributionOf(IpSet.of('198.51.100.77'), { number: 2, approximate: ['FQDN'] });
  const reach = reachOf(IpSet.of('203.0.113.0/28', '198.51.100.77'), {
    contributions: [acme, other],
    approximate: ['route'],
  });
  const register = registerOf([], party('acme', '203.0.113.0/28'));

  it('is only the rules that admit some of it', () => {
    const [first, second] = splitByParty(reach, register, IpSet.EMPTY);
    expect(first).toMatchObject({ party: 'acme', approximate: ['route'], conditions: ['schedule "Nights"'] });
    expect(first?.contributions).toEqual([acme]);
    expect(second).toMatchObject({ party: 'undeclared', approximate: ['route', 'FQDN'], conditions: [] });
    expect(second?.contributions).toEqual([other]);
  });

  it('tells whose condition it is when another rule has none', () => {
    const [exposure] = splitByParty(reach, emptyRegister(), IpSet.EMPTY);
    expect(exposure?.conditions).toEqual(['WAN to WAN 1: schedule "Nights"']);
  });
});

describe('key and hash', () => {
  const base = reachOf(IpSet.of('203.0.113.7'));
  const [door] = splitByParty(base, emptyRegister(), IpSet.EMPTY);

  function of(
    changes: Parameters<typeof reachOf>[1],
    register: Register = emptyRegister(),
  ): Exposure | undefined {
    const reach = { ...base, ...changes };
    return splitByParty(reach, register, IpSet.EMPTY)[0];
  }

  it('are sixteen hexadecimal digits', () => {
    expect(door?.key).toMatch(/^[0-9a-f]{16}$/);
    expect(door?.hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('stay the same from release to release', () => {
    expect([door?.key, door?.hash]).toMatchInlineSnapshot(`
      [
        "f9813107f99d52c6",
        "7c1b203823a5ac46",
      ]
    `);
  });

  it('do not depend on rules, their names, files or lines', () => {
    const rule = {
      ...contributionOf(base.sources).rule,
      name: 'INPUT 9',
      location: { file: 'b.exp', line: 77 },
    };
    const moved = of({
      contributions: [contributionOf(base.sources, { rule, path: [rule], number: 9, policy: 'INPUT' })],
      entry: { ...WAN, location: { file: 'b.exp', line: 77 } },
    });
    expect([moved?.key, moved?.hash]).toEqual([door?.key, door?.hash]);
  });

  it.each([
    ['another device', { device: 'fw-paris-2' }],
    ['another entry', { entry: { ...WAN, name: 'DMZ' } }],
    ['another interface', { target: { ...X1, interfaces: ['X2'] } }],
    ['another address of the target', { target: { ...X1, addresses: IpSet.of('198.51.100.3') } }],
    ['another service', { service: { id: 'ssh-management', protocol: 'tcp', ports: ['443'] } }],
    ['somebody of another network', { sources: IpSet.of('203.0.112.7') }],
  ])('%s is another door', (_, changes) => {
    expect(of(changes)?.key).not.toBe(door?.key);
  });

  it.each([
    ['sources within the same network', { sources: IpSet.of('203.0.113.8') }],
    ['ports', { service: { ...base.service, ports: ['8443'] } }],
  ])('other %s change the door, not its name', (_, changes) => {
    const changed = of(changes);
    expect(changed?.key).toBe(door?.key);
    expect(changed?.hash).not.toBe(door?.hash);
  });

  it('names an undeclared IPv6 source by its /48', () => {
    const [a, b, c] = ['2001:db8:1::1', '2001:db8:1:ffff::1', '2001:db8:2::1'].map((text) =>
      of({ sources: IpSet.of(text) }),
    );
    expect(a?.key).toBe(b?.key);
    expect(a?.key).not.toBe(c?.key);
  });

  it('names a declared party by its id, and a dynamic target by its interface', () => {
    const acme = registerOf([], party('acme', '203.0.112.0/23'));
    expect(of({ sources: IpSet.of('203.0.112.1') }, acme)?.key).toBe(
      of({ sources: IpSet.of('203.0.113.1') }, acme)?.key,
    );
    const [before, after] = ['198.51.100.2', '198.51.100.3'].map((text) =>
      of({ target: { ...X1, dynamic: 'DHCP', addresses: IpSet.of(text) } }),
    );
    expect(before?.key).toBe(after?.key);
  });

  it('gives anyone one name, whatever is left out of it', () => {
    const all = of({ sources: IpSet.IPV4 });
    const less = of({ sources: IpSet.IPV4.subtract(IpSet.of('203.0.113.7')) });
    expect(all?.key).toBe(less?.key);
    expect(all?.hash).not.toBe(less?.hash);
  });
});

describe('who comes in from a zone of one’s own', () => {
  const register = registerOf(['198.51.100.0/24'], party('acme', '203.0.113.0/28', '10.20.30.64/28'));

  function fromDmz(sources: readonly string[]): Exposure[] {
    return splitByParty(reachOf(IpSet.of(...sources), { entry: DMZ }), register, IpSet.EMPTY);
  }

  it('are the hosts there, private or public, and one’s own addresses', () => {
    const exposures = fromDmz(['10.20.30.5', '10.9.9.9', '192.0.2.5', '198.51.100.9']);
    expect(shares(exposures)).toEqual({
      'zone-hosts': '10.9.9.9/32 10.20.30.5/32 192.0.2.5/32 198.51.100.9/32',
    });
    expect(exposures.map(({ thirdParty, anyone }) => [thirdParty, anyone])).toEqual([[false, false]]);
  });

  it('are others too, where a rule names their addresses', () => {
    const exposures = fromDmz(['10.20.30.5', '10.20.30.65', '192.0.2.5', '203.0.113.7', '203.0.113.99']);
    expect(shares(exposures)).toEqual({
      'zone-hosts': '10.20.30.5/32 192.0.2.5/32',
      acme: '10.20.30.65/32 203.0.113.7/32',
      undeclared: '203.0.113.99/32',
    });
    expect(exposures.map(({ thirdParty }) => thirdParty)).toEqual([false, true, true]);
  });

  it('are the hosts there and nobody else where a rule names nobody', () => {
    const [exposure, ...others] = fromDmz(['0.0.0.0/0']);
    expect(others).toEqual([]);
    expect(exposure).toMatchObject({ party: 'zone-hosts', thirdParty: false, anyone: false });
    expect(exposure?.sources.equals(IpSet.of('0.0.0.0/0').subtract(IMPOSSIBLE_SOURCES))).toBe(true);
  });
});

describe('for any sets', () => {
  const block = fc
    .tuple(
      fc.constantFrom('10.0.0', '192.0.2', '203.0.113', '0.0.0', '224.0.0'),
      fc.integer({ min: 0, max: 31 }),
      fc.integer({ min: 27, max: 32 }),
    )
    .map(([start, host, bits]) => `${start}.${host}/${bits}`);
  const blocks = fc.array(block, { maxLength: 6 }).map((texts) => IpSet.of(...texts));

  it.each([
    ['from WAN', WAN],
    ['from a DMZ', DMZ],
  ])('the shares are disjoint, and together every possible source, %s', (_, entry) => {
    fc.assert(
      fc.property(blocks, blocks, blocks, blocks, (sources, own, acme, beta) => {
        const register = {
          ...registerOf([]),
          organisation: { name: null, networks: own },
          parties: [
            { ...party('acme'), networks: acme.subtract(own) },
            { ...party('beta'), networks: beta.subtract(own).subtract(acme) },
          ],
        };
        const reach = reachOf(sources, { entry });
        const parts = splitByParty(reach, register, IpSet.EMPTY).map((each) => each.sources);
        const possible = sources.subtract(IMPOSSIBLE_SOURCES);
        expect(IpSet.unionOf(parts).toCidrs()).toEqual(possible.toCidrs());
        expect(parts.reduce((sum, part) => sum + part.size().ipv4, 0)).toBe(possible.size().ipv4);
        expect(parts.some((part) => part.isEmpty())).toBe(false);
      }),
    );
  });
});
