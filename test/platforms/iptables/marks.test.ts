import { describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../src/model/policy.js';
import { deviceOf, filter, nat, policyOf, summary, table } from './build.js';

/** Rules that ask for a mark are about what other rules mark. */

const ANY = { source: null, destination: null, services: null };

function mangle(...lines: readonly string[]): string {
  return table('mangle', [':PREROUTING ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ...lines]);
}

/** What the rules of INPUT match. */
function asked(marking: string, words: string): readonly AccessRule[] {
  return policyOf(deviceOf(marking + filter([`-A INPUT ${words}`])), 'filter/INPUT').rules;
}

const GIVEN = '-A PREROUTING -s 192.0.2.0/24 -p tcp -m tcp --dport 443 -j MARK --set-xmark 0x1/0xffffffff';
const MARKED = { source: ['192.0.2.0/24'], destination: null, services: ['tcp/443'] };

describe('a rule that asks for a mark', () => {
  it('is for packets that a rule gives it', () => {
    const [rule] = asked(mangle(GIVEN), '-m mark --mark 0x1 -j ACCEPT');
    expect(rule && summary(rule)).toEqual(MARKED);
    expect(rule?.conditions.map(({ description }) => description)).toEqual(['-m mark --mark 0x1']);
  });

  it.each([
    ['0x1/0xffffffff', '--mark 0x1/0x1'],
    ['0x3/0xffffffff', '--mark 0x1/0x1'],
    ['0x1/0x1', '--mark 0x3'],
    ['0x1/0x1', '--mark 1'],
    ['0x2/0xffffffff', '! --mark 0x0'],
    ['0x2/0xf', '! --mark 0x0/0xf'],
  ])('is for those that get %s where it asks %s', (given, words) => {
    const marking = mangle(GIVEN.replace('0x1/0xffffffff', given));
    const [rule] = asked(marking, `-m mark ${words} -j ACCEPT`);
    expect(rule && summary(rule)).toEqual(MARKED);
  });

  it.each([
    ['unmarked packets have it', GIVEN, '-m mark ! --mark 0x2'],
    ['no rule gives it', GIVEN, '-m mark --mark 0x2'],
    ['no mark is like it', GIVEN, '-m mark --mark 0x3/0x1'],
    ['it is no number', GIVEN, '-m mark --mark 010'],
    ['a program may give it', `${GIVEN}\n-A PREROUTING -j NFQUEUE --queue-num 1`, '-m mark --mark 0x1'],
    ['it is worked out', `${GIVEN}\n-A PREROUTING -j HMARK --hmark-tuple src`, '-m mark --mark 0x1'],
    ['sockets give it', `${GIVEN}\n-A PREROUTING -m socket --restore-skmark`, '-m mark --mark 0x1'],
    ['a set gives it', `${GIVEN}\n-A PREROUTING -j SET --map-set a src --map-mark`, '-m mark --mark 0x1'],
    ['it is given where other packets pass', '-A FORWARD -p tcp -j MARK --set-mark 1', '-m mark --mark 0x1'],
    ['it is given to what carries others', '-A PREROUTING -p esp -j MARK --set-mark 1', '-m mark --mark 0x1'],
    ['what gives it is not understood', `${GIVEN}\n-A PREROUTING -j MARK --odd 3`, '-m mark --mark 0x1'],
  ])('is for any where %s', (_, marking, words) => {
    const [rule] = asked(mangle(...marking.split('\n')), `${words} -j ACCEPT`);
    expect(rule && summary(rule)).toEqual(ANY);
  });

  it('has a part for each rule that gives it, with the jumps on the way there', () => {
    const rules = asked(
      mangle(
        ...[':web - [0:0]', GIVEN, '-A PREROUTING -i eth0 -s 198.51.100.0/24 -p udp -j web'],
        '-A web -m udp --dport 53 -j MARK --set-xmark 0x1/0xffffffff',
      ),
      '-m mark --mark 0x1 -j ACCEPT',
    );
    expect(rules.map((rule) => ({ ...summary(rule), in: rule.inInterfaces }))).toEqual([
      { ...MARKED, in: null },
      { source: ['198.51.100.0/24'], destination: null, services: ['udp/53'], in: ['eth0'] },
    ]);
  });

  it('is one for all of them where it jumps', () => {
    const rules = asked(
      mangle(GIVEN, '-A PREROUTING -s 192.0.2.0/24 -p udp -j MARK --set-xmark 0x1/0xffffffff'),
      '-m mark --mark 0x1 -g web\n:web - [0:0]\n-A web -j ACCEPT',
    );
    expect(rules.map(summary)).toEqual([{ ...MARKED, services: ['tcp/443', 'udp'] }]);
  });

  it('asks what packets were before NAT, where NAT stands between', () => {
    const forward = nat(['-A PREROUTING -p tcp -m mark --mark 0x1 -j DNAT --to-destination :22']);
    const device = deviceOf(mangle(GIVEN) + forward + filter(['-A INPUT -m mark --mark 0x1 -j ACCEPT']));
    expect(device.natRules.map((rule) => summary(rule))).toEqual([MARKED]);
    const [rule] = policyOf(device, 'filter/INPUT').rules;
    expect(rule && summary(rule)).toEqual({ ...ANY, source: ['192.0.2.0/24'] });
    expect(rule?.beforeNat?.service?.toTexts()).toEqual(['tcp/443']);
  });

  it('is for what the same table marks before', () => {
    const lines = ['-A INPUT -s 192.0.2.0/24 -j web', ':web - [0:0]', '-A web -p tcp -j MARK --set-mark 1'];
    const rules = policyOf(
      deviceOf(filter([...lines, '-A INPUT -m mark --mark 0x1 -j ACCEPT'])),
      'filter/INPUT',
    ).rules;
    expect(rules.map(summary)[1]).toEqual({ source: ['192.0.2.0/24'], destination: null, services: ['tcp'] });
  });

  it('asks of what is marked behind NAT what it is there, and where it leaves', () => {
    const forward = nat(['-A PREROUTING -p tcp --dport 2222 -j DNAT --to-destination 192.168.0.5:22']);
    const marking = mangle(GIVEN, '-A FORWARD -d 192.168.0.0/16 -o eth1 -p tcp -j MARK --set-mark 1');
    const device = deviceOf(marking + forward + filter(['-A FORWARD -m mark --mark 0x1 -j ACCEPT']));
    const [before, behind] = policyOf(device, 'filter/FORWARD').rules;
    expect(before && summary(before)).toEqual({ ...ANY, source: ['192.0.2.0/24'] });
    expect(before?.beforeNat?.service?.toTexts()).toEqual(['tcp/443']);
    expect(behind && summary(behind)).toEqual({ ...ANY, destination: ['192.168.0.0/16'], services: ['tcp'] });
    expect([behind?.beforeNat, behind?.outInterfaces]).toEqual([undefined, ['eth1']]);
  });

  it('is for all where what leaves may have been marked by any rule on its way', () => {
    const lines = [
      GIVEN,
      '-A FORWARD -p tcp -j MARK --set-mark 1',
      '-A POSTROUTING -p udp -j MARK --set-mark 1',
    ];
    const asking = mangle(':POSTROUTING DROP [0:0]', ...lines, '-A POSTROUTING -m mark --mark 0x1 -j ACCEPT');
    const rules = policyOf(deviceOf(asking + filter([])), 'mangle/POSTROUTING').rules.slice(1);
    expect(rules.map(summary)).toEqual([
      MARKED,
      { ...ANY, services: ['tcp'] },
      { ...ANY, services: ['udp'] },
    ]);
  });

  it('does not take connections out of what is marked that translation alone tells apart', () => {
    const forward = nat(['-A PREROUTING -p tcp --dport 2222 -j DNAT --to-destination 192.168.0.5:22']);
    const lines = ['-A INPUT -j web', ':web - [0:0]', '-A web -m conntrack --ctstate DNAT -j RETURN'];
    const rules = policyOf(
      deviceOf(
        forward +
          filter([...lines, '-A web -p tcp -j MARK --set-mark 1', '-A INPUT -m mark --mark 1 -j ACCEPT']),
      ),
      'filter/INPUT',
    ).rules;
    expect(rules.map(summary)[1]).toEqual({ ...ANY, services: ['tcp'] });
  });

  describe('and is one for what is not marked', () => {
    const CONDITION = ['-m mark ! --mark 0x1'];

    function parts(marking: string, words: string): readonly unknown[] {
      return asked(marking, words).map((rule) => [
        summary(rule).source?.length ?? null,
        summary(rule).services,
        rule.inInterfaces,
        rule.conditions.map(({ description }) => description),
      ]);
    }

    it('is certain of what no rule marks', () => {
      const marking = mangle('-A PREROUTING -i eth0 -p tcp -m tcp --dport 22 -j MARK --set-mark 1');
      expect(parts(marking, '-m mark ! --mark 0x1 -j DROP')).toEqual([
        [null, expect.not.arrayContaining(['tcp/22']), null, []],
        [null, null, ['other'], []],
        [null, null, null, CONDITION],
      ]);
    });

    it('is certain of other addresses before NAT', () => {
      const forward = nat(['-A PREROUTING -p tcp --dport 2222 -j DNAT --to-destination :22']);
      const marking = mangle('-A PREROUTING -d 192.0.2.1/32 -j MARK --set-mark 1');
      const [first, second] = asked(marking + forward, '-m mark ! --mark 0x1 -j DROP');
      expect(first?.beforeNat?.destination?.complement().ipv4().toCidrs()).toEqual(['192.0.2.1/32']);
      expect([first?.destination.any, first?.conditions, second?.conditions.length]).toEqual([true, [], 1]);
    });

    it.each([
      ['every bit that is asked for is cleared', '-j MARK --set-xmark 0x0/0x1', '--mark 0x0/0x1', []],
      ['another bit is given', '-j MARK --set-xmark 0x2/0x3', '--mark 0x0/0x1', []],
      [
        'no rule is about that bit',
        '-j MARK --set-xmark 0x2/0x2',
        '--mark 0x0/0x1',
        ['-m mark --mark 0x0/0x1'],
      ],
      ['other marks alone are given', '-j MARK --set-xmark 0x2/0xffffffff', '! --mark 0x1', CONDITION],
    ])('is for any packet where %s', (_, marking, words, conditions) => {
      expect(parts(mangle(`-A PREROUTING ${marking}`), `-m mark ${words} -j DROP`)).toEqual([
        [null, null, null, conditions],
      ]);
    });

    it('is in doubt where too much is marked', () => {
      const lines = Array.from(
        { length: 20 },
        (__, at) => `-A PREROUTING -s 192.0.2.${at} -p tcp -j MARK --set-mark 1`,
      );
      expect(parts(mangle(...lines), '-m mark ! --mark 0x1 -j DROP')).toEqual([
        [null, null, null, CONDITION],
      ]);
    });
  });

  it('asks the same of marks that connections keep and give back', () => {
    const kept = ['-A PREROUTING -j CONNMARK --restore-mark', GIVEN, '-A PREROUTING -j CONNMARK --save-mark'];
    const [rule] = asked(mangle(...kept), '-m mark --mark 0x1 -j ACCEPT');
    expect(rule && summary(rule)).toEqual(MARKED);
    const given = kept.concat('-A PREROUTING -p udp -j CONNMARK --set-xmark 0x1/0x1');
    expect(asked(mangle(...given), '-m mark --mark 0x1 -j ACCEPT').map(summary)).toEqual([
      MARKED,
      { ...ANY, services: ['udp'] },
    ]);
  });
});
