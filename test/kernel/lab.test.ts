import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipNote, unavailable } from './available.js';
import { type Backend, type Lab, openLab, type Probe } from './lab.js';
import { LAYOUTS, type Layout } from './layout.js';

/** The lab itself: rulesets by hand, and what every engineer expects of them. */

const SSH: Probe = {
  entry: 'eth-out',
  source: '203.0.113.7',
  destination: '198.51.100.1',
  protocol: 'tcp',
  sourcePort: 40000,
  port: 22,
};
const PORT = '-p tcp --dport 22';
const to = (destination: string, more: Partial<Probe> = {}): Probe => ({ ...SSH, destination, ...more });
const at = (where: string, destination: string, port = 22) => ({ where, destination, port });

function filter(input: string, forward: string, ...rules: readonly string[]): string {
  return ['*filter', `:INPUT ${input}`, `:FORWARD ${forward}`, ':user -', ...rules, 'COMMIT', ''].join('\n');
}

function nat(...rules: readonly string[]): string {
  return ['*nat', ':PREROUTING ACCEPT', ...rules, 'COMMIT', ''].join('\n');
}

describe.skipIf(unavailable !== null).each(['legacy', 'nft'] as const)(
  `the lab, iptables-%s${skipNote}`,
  (backend) => {
    let lab: Lab;
    beforeAll(() => {
      lab = openLab();
    });
    afterAll(() => lab.close());

    async function arrivals(ruleset: string, probes: readonly Probe[], layout: Layout = LAYOUTS.ipv4) {
      const trial = await lab.attempt(backend, layout, ruleset, probes);
      if ('rejected' in trial) throw new Error(trial.rejected);
      return trial.arrivals;
    }

    it('lets everything pass that no rule stops, to itself and through it, each to its place', async () => {
      const found = await arrivals(filter('ACCEPT', 'ACCEPT'), [
        SSH,
        to('10.20.0.1'),
        to('10.20.0.5'),
        to('172.16.3.3', { protocol: 'udp' }),
        to('192.0.2.10', { port: 443 }),
        to('203.0.113.200', { entry: 'eth-in', source: '10.20.0.5' }),
      ]);
      expect(found).toEqual([
        at('self', '198.51.100.1'),
        at('self', '10.20.0.1'),
        at('eth-in', '10.20.0.5'),
        at('eth-in', '172.16.3.3'),
        at('eth-dmz', '192.0.2.10', 443),
        at('eth-out', '203.0.113.200'),
      ]);
    });

    it('lets nothing pass where the policies drop', async () => {
      expect(await arrivals(filter('DROP', 'DROP'), [SSH, to('10.20.0.5')])).toEqual([null, null]);
    });

    it.each(['DROP', 'REJECT', 'REJECT --reject-with tcp-reset'])(
      'does not take %s for an answer',
      async (target) => {
        const ruleset = filter(
          'ACCEPT',
          'ACCEPT',
          `-A INPUT ${PORT} -j ${target}`,
          `-A FORWARD ${PORT} -j ${target}`,
        );
        const found = await arrivals(ruleset, [SSH, to('10.20.0.5'), to('198.51.100.1', { port: 80 })]);
        expect(found).toEqual([null, null, at('self', '198.51.100.1', 80)]);
      },
    );

    it('tells sources, ports and ways in apart', async () => {
      const rule = '-A INPUT -i eth-out -s 203.0.113.7 -p udp --dport 161 --sport 123 -j ACCEPT';
      const wanted = to('198.51.100.1', { protocol: 'udp', port: 161, sourcePort: 123 });
      const found = await arrivals(filter('DROP', 'DROP', rule), [
        wanted,
        { ...wanted, source: '203.0.113.8' },
        { ...wanted, sourcePort: 1023 },
        { ...wanted, protocol: 'tcp' },
        { ...wanted, entry: 'eth-in', destination: '10.20.0.1' },
      ]);
      expect(found).toEqual([at('self', '198.51.100.1', 161), null, null, null, null]);
    });

    it('goes on behind the jump after goto, and behind the rule after a jump', async () => {
      const through = (how: string) =>
        filter(
          'DROP',
          'DROP',
          `-A INPUT ${how} user`,
          `-A INPUT ${PORT} -j ACCEPT`,
          '-A user -p udp -j ACCEPT',
        );
      expect(await arrivals(through('-j'), [SSH])).toEqual([at('self', '198.51.100.1')]);
      expect(await arrivals(through('-g'), [SSH])).toEqual([null]);
    });

    it('takes every packet for the first of its connection', async () => {
      const rule = '-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED,INVALID -j DROP';
      const probes = [1, 2, 3].map((each) => ({ ...SSH, sourcePort: 40000 + each }));
      const found = await arrivals(filter('ACCEPT', 'ACCEPT', rule), probes);
      expect(found).toEqual(probes.map(() => at('self', '198.51.100.1')));
    });

    it('says what a translated packet is addressed to when it arrives', async () => {
      const ruleset = nat(
        '-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.20.0.5:80',
        '-A PREROUTING -p tcp --dport 2222 -j REDIRECT --to-ports 22',
      );
      const found = await arrivals(ruleset, [
        to('198.51.100.2', { port: 8080 }),
        to('192.0.2.10', { port: 2222 }),
        to('192.0.2.10'),
      ]);
      expect(found).toEqual([
        at('eth-in', '10.20.0.5', 80),
        at('self', '198.51.100.1'),
        at('eth-dmz', '192.0.2.10'),
      ]);
    });

    it('speaks IPv6', async () => {
      const ruleset = filter('DROP', 'ACCEPT', `-A INPUT -s 2001:db8:99::7 ${PORT} -j ACCEPT`);
      const own = to('2001:db8:1::1', { source: '2001:db8:99::7' });
      const found = await arrivals(
        ruleset,
        [own, { ...own, source: '2001:db8:99::8' }, { ...own, destination: 'fd00:30::3', protocol: 'udp' }],
        LAYOUTS.ipv6,
      );
      expect(found).toEqual([at('self', '2001:db8:1::1'), null, at('eth-in', 'fd00:30::3')]);
    });

    it('loses no packet of many', async () => {
      const probes = Array.from({ length: 1000 }, (_, each) => ({ ...SSH, sourcePort: 1024 + each }));
      const found = await arrivals(filter('ACCEPT', 'ACCEPT'), [
        ...probes,
        ...probes.map((probe) => ({ ...probe, destination: '10.20.0.5' })),
      ]);
      expect(found.filter((each) => each?.where === 'self')).toHaveLength(1000);
      expect(found.filter((each) => each?.where === 'eth-in')).toHaveLength(1000);
    });

    it('says what iptables-restore does not take', async () => {
      const trial = await lab.attempt(
        backend satisfies Backend,
        LAYOUTS.ipv4,
        filter('DROP', 'DROP', '-A INPUT -m nothing'),
        [],
      );
      expect(trial).toMatchObject({ rejected: expect.stringContaining('nothing') });
    });
  },
);
