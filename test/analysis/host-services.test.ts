import { expect, it } from 'vitest';
import { servicesIn } from '../../src/analysis/host-services.js';
import { ServiceSet } from '../../src/sets/service-set.js';

const DNP3 = { id: 'dnp3', services: ServiceSet.parse('tcp/20000').union(ServiceSet.parse('udp/20000')) };
const SNMP = { id: 'snmp', services: ServiceSet.parse('udp/161') };
const WANTED = [DNP3, SNMP].map((each) => ({ ...each, notInMedia: true as const }));

function found(...texts: readonly string[]): readonly (readonly [string, string])[] {
  const services = ServiceSet.unionOf(texts.map((text) => ServiceSet.parse(text)));
  return servicesIn(services, WANTED).map((each) => [each.id, each.services.toTexts().join()]);
}

it.each<[readonly string[], readonly (readonly [string, string])[]]>([
  [['udp/20000'], [['dnp3', 'udp/20000']]],
  [['udp/19950-20050'], [['dnp3', 'udp/20000']]],
  [['udp/10000-20000'], []],
  [['tcp/10000-20000'], [['dnp3', 'tcp/20000']]],
  [['udp/10000-20000', 'udp/161'], [['snmp', 'udp/161']]],
  [
    ['udp/1-65535'],
    [
      ['dnp3', 'udp/20000'],
      ['snmp', 'udp/161'],
    ],
  ],
])('%j', (texts, expected) => {
  expect(found(...texts)).toEqual(expected);
});

it('what somebody asks for by its port is told wherever it is', () => {
  const asked = servicesIn(ServiceSet.parse('udp/10000-20000'), [DNP3]);
  expect(asked.map(({ services }) => services.toTexts())).toEqual([['udp/20000']]);
});
