import { describe, expect, it } from 'vitest';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { everything } from '../../support/everything.js';
import { deviceOf, filter, nat, table } from './build.js';

/** What listens is in no ruleset: at a port that is not its usual one, words of a rule tell, and custom. */

const SERVICES = [
  { id: 'ssh', services: ServiceSet.parse('tcp/22') },
  { id: 'rdp', services: ServiceSet.parse('tcp/3389') },
  { id: 'mysql', services: ServiceSet.parse('tcp/3306') },
];

/** Doors from eth0: `itself ssh 22022`. */
function doors(rules: readonly string[], natRules: readonly string[] = []): readonly string[] {
  const reaches = everything(
    deviceOf(nat(natRules) + filter(['-A INPUT -i eth0 -p esp -j DROP', ...rules])),
    SERVICES,
  );
  return reaches
    .filter(({ entry }) => entry.name === 'eth0')
    .map(({ target, service }) => {
      const where = target.kind === 'self' ? 'itself' : target.addresses.toCidrs().join();
      return `${where} ${service.id} ${service.ports.join()}`;
    });
}

const OPEN = '-A INPUT -p tcp -m tcp --dport 22022';

describe('an administration service at a port of its own', () => {
  it.each([
    ['a comment', [`${OPEN} -m comment --comment "SSH for the office" -j ACCEPT`]],
    [
      'a list that keeps guessers out',
      [`${OPEN} -m recent --update --seconds 60 --hitcount 4 --name SSH -j DROP`, `${OPEN} -j ACCEPT`],
    ],
    [
      'a rate',
      [
        `${OPEN} -m hashlimit --hashlimit-upto 3/min --hashlimit-mode srcip --hashlimit-name ssh_guess -j ACCEPT`,
      ],
    ],
    [
      'a chain that it is sent to',
      [':f2b-sshd - [0:0]', `${OPEN} -j f2b-sshd`, '-A f2b-sshd -j RETURN', `${OPEN} -j ACCEPT`],
    ],
    [
      'the chain that lets it in',
      [':ssh_in - [0:0]', '-A INPUT -j ssh_in', '-A ssh_in -p tcp -m tcp --dport 22022 -j ACCEPT'],
    ],
    ['what is written into the log', [`${OPEN} -j LOG --log-prefix "sshd: "`, `${OPEN} -j ACCEPT`]],
  ])('is known by %s', (_, rules) => {
    expect(doors(rules)).toEqual(['itself ssh 22022']);
  });

  it('is one beside the usual port', () => {
    const rules = ['-A INPUT -p tcp -m multiport --dports 22,22022 -m comment --comment ssh -j ACCEPT'];
    expect(doors(rules)).toEqual(['itself ssh 22', 'itself ssh 22022']);
  });

  it('is there by custom', () => {
    expect(doors(['-A INPUT -p tcp -m tcp --dport 2222 -j ACCEPT'])).toEqual(['itself ssh 2222']);
  });

  it('may be of Windows', () => {
    expect(doors([`${OPEN} -m comment --comment "RDP Smith" -j ACCEPT`])).toEqual(['itself rdp 22022']);
  });

  it('is at the host that the rule is for, or that NAT sends to', () => {
    const rules = ['-A FORWARD -i eth0 -d 192.168.1.0/28 -p tcp -j ACCEPT'];
    const named = '-A FORWARD -d 192.168.1.3 -p tcp --dport 22022 -m comment --comment ssh -j ACCEPT';
    const sent =
      '-A PREROUTING -i eth0 -d 203.0.113.5 -p tcp --dport 4022 -m comment --comment ssh -j DNAT --to-destination 192.168.1.4:22022';
    expect(doors([named, ...rules]).filter((each) => each.endsWith('22022'))).toEqual([
      '192.168.1.3/32 ssh 22022',
    ]);
    expect(new Set(doors(rules, [sent]).filter((each) => each.endsWith('22022')))).toEqual(
      new Set(['192.168.1.4/32 ssh 22022']),
    );
  });

  it('says that it may be another', () => {
    const [reach] = everything(deviceOf(filter([`${OPEN} -m comment --comment ssh -j ACCEPT`])), SERVICES);
    expect(reach?.approximate).toEqual([
      'what listens at tcp/22022 is not in the file: words of a rule name it',
    ]);
  });

  it('is not where packets were sent to before NAT', () => {
    const mark = table('mangle', [
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -p tcp --dport 2222 -j MARK --set-mark 7',
    ]);
    const device = deviceOf(mark + nat([]) + filter(['-A INPUT -p tcp --dport 1024:65535 -j ACCEPT']));
    expect(everything(device, SERVICES).map(({ service }) => service.id)).not.toContain('ssh');
  });

  it.each([
    ['without a word', [`${OPEN} -j ACCEPT`]],
    ['of another trade', ['-A INPUT -p tcp --dport 443 -m comment --comment "no SSH here" -j ACCEPT']],
    ['with a word that only looks like it', [`${OPEN} -m comment --comment "passhash service" -j ACCEPT`]],
    [
      'in a rule for many',
      ['-A INPUT -p tcp --dport 30000:40000 -m comment --comment "torrent, not ssh" -j ACCEPT'],
    ],
    ['of UDP', ['-A INPUT -p udp --dport 22022 -m comment --comment ssh -j ACCEPT']],
    ['where nothing is let in', [`${OPEN} -m comment --comment ssh -j DROP`]],
    [
      'in a chain that nothing comes to',
      [':ssh - [0:0]', '-A ssh -p tcp --dport 22022 -j ACCEPT', `${OPEN} -j ACCEPT`],
    ],
    [
      'to which nobody here goes',
      [`-A OUTPUT -p tcp --dport 22022 -m comment --comment ssh -j ACCEPT`, `${OPEN} -j ACCEPT`],
    ],
  ])('is not told of a port %s', (_, rules) => {
    expect(doors(rules)).toEqual([]);
  });
});
