import { expect, it } from 'vitest';
import { evaluateChecks } from '../../src/checks/evaluate.js';
import { listText, shortTargetLabel, targetLabel } from '../../src/checks/labels.js';
import { fillPlaceholders } from '../../src/checks/placeholders.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import type { AddressContent } from '../../src/model/objects.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { AT, accessRule, builtInPack, config, device, exposure, policy, world } from './worlds.js';

/** What real configurations showed to be noise. */

const pack = builtInPack();

it('a door onto very many addresses is told in a line, and named in full', () => {
  const addresses = IpSet.unionOf(Array.from({ length: 40 }, (_, n) => IpSet.of(`203.0.113.${n * 2}`)));
  const interfaces = Array.from({ length: 30 }, (_, n) => `vlan${n}`);
  const target = { ...exposure().target, addresses, interfaces };
  expect(shortTargetLabel(target)).toBe(
    'vlan0, vlan1, vlan2, vlan3, vlan4, vlan5 … (+24) 203.0.113.0, 203.0.113.2, 203.0.113.4, 203.0.113.6, 203.0.113.8, 203.0.113.10 … (+34)',
  );
  const other = { ...target, addresses: addresses.union(IpSet.of('203.0.113.100')) };
  expect(targetLabel(other)).not.toBe(targetLabel(target));
  const { findings } = evaluateChecks(
    world({ devices: [device({ exposures: [exposure({ target })] })] }),
    pack,
    AT,
  );
  for (const { message } of findings) expect(message.length).toBeLessThan(400);
});

it('a list without items leaves no gap in a sentence', () => {
  expect(fillPlaceholders('behind it: {networks}', { networks: [] })).toBe('behind it: –');
  expect(listText(['a', 'b'])).toBe('a, b');
});

function withGroup(content: AddressContent): FirewallConfig {
  const location = { file: 'fw', line: 1 };
  const object = { label: '', zone: null, origin: 'user', location } as const;
  const rule = accessRule({
    source: { any: true, objects: [], negated: false },
    destination: { any: false, objects: ['outer'], negated: false },
    service: { any: true, objects: [], negated: false },
  });
  return config({
    addressObjects: [
      { ...object, name: 'outer', content: { kind: 'group', members: ['inner'] } },
      { ...object, name: 'inner', content },
    ],
    policies: [policy([rule])],
    zones: [
      {
        name: 'WAN',
        role: { value: 'untrusted', evidence: 'zone type' },
        intrazone: null,
        origin: 'automatic',
        location,
      },
    ],
  });
}

it.each<[string, AddressContent, boolean]>([
  ['an empty group', { kind: 'group', members: [] }, false],
  ['an object without addresses', { kind: 'addresses', addresses: IpSet.EMPTY }, false],
  ['an address', { kind: 'addresses', addresses: IpSet.of('192.0.2.1') }, true],
  ['a name', { kind: 'unknown', reason: 'FQDN' }, true],
  ['an interface', { kind: 'interface', interface: 'X0', part: 'subnet' }, true],
  ['a member that is not there', { kind: 'group', members: ['gone'] }, true],
  ['a group that holds itself', { kind: 'group', members: ['outer'] }, false],
])('a rule for everybody and every service, to %s', (_, content, finds) => {
  const about = world({ devices: [device({ config: withGroup(content) })] });
  const { findings } = evaluateChecks(about, pack, AT);
  expect(findings.some(({ check }) => check.id === 'FWA-RUL-001')).toBe(finds);
});
