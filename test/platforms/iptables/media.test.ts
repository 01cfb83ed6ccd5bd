import { expect, it } from 'vitest';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { everything } from '../../support/everything.js';
import { deviceOf, filter } from './build.js';

const MEMCACHED = {
  id: 'memcached',
  services: ServiceSet.parse('tcp/11211').union(ServiceSet.parse('udp/11211')),
};

/** Who reaches memcached at the machine from eth0, by protocol. */
function doors(rules: readonly string[], notInMedia: boolean): readonly string[] {
  const wanted = notInMedia ? { ...MEMCACHED, notInMedia } : MEMCACHED;
  const reaches = everything(deviceOf(filter(['-A INPUT -i eth0 -p esp -j DROP', ...rules])), [wanted]);
  return reaches
    .filter(({ entry, target }) => entry.name === 'eth0' && target.kind === 'self')
    .map(({ service, sources }) => {
      const from = sources.size().ipv4 > 2 ** 31 ? 'anyone' : sources.toCidrs().join();
      return `${service.protocol} from ${from}`;
    });
}

const RANGE = '-A INPUT -p udp -m udp --dport 10000:20000 -j ACCEPT';
const OFFICE = '-A INPUT -s 203.0.113.7/32 -j ACCEPT';

it.each<[string, readonly string[], readonly string[]]>([
  ['a wide range of UDP', [RANGE], []],
  ['a wide range behind a jump', ['-N RTP', '-A INPUT -p udp -g RTP', RANGE.replace('INPUT', 'RTP')], []],
  ['a wide range of TCP', ['-A INPUT -p tcp -m tcp --dport 10000:20000 -j ACCEPT'], ['tcp from anyone']],
  ['a port by itself above it', [RANGE, '-A INPUT -p udp --dport 11211 -j ACCEPT'], ['udp from anyone']],
  ['a port by itself below it', ['-A INPUT -p udp --dport 11211 -j ACCEPT', RANGE], ['udp from anyone']],
  ['another port beside it', ['-A INPUT -p udp --dport 11212 -j ACCEPT', RANGE], []],
  [
    'a port by itself behind a jump',
    ['-N U', '-A INPUT -p udp -g U', RANGE, '-A U -p udp --dport 11211 -j ACCEPT'],
    ['udp from anyone'],
  ],
  ['all ports for somebody', [OFFICE, RANGE], ['tcp from 203.0.113.7/32', 'udp from 203.0.113.7/32']],
  [
    'all ports for somebody, below it',
    [RANGE, OFFICE],
    ['tcp from 203.0.113.7/32', 'udp from 203.0.113.7/32'],
  ],
])('%s', (_, rules, expected) => {
  expect(doors(rules, true)).toEqual(expected);
});

it('what somebody asks for by its port is told wherever it is', () => {
  expect(doors([RANGE], false)).toEqual(['udp from anyone']);
});
