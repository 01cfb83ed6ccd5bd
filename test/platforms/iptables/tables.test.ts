import { describe, expect, it } from 'vitest';
import { parsePacket } from '../../../src/analysis/packet.js';
import { trace } from '../../../src/analysis/trace.js';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { deviceOf, filter, nat, parse, policyOf, table } from './build.js';

/** Tables, chains, commands and lines. */

describe('chains', () => {
  const device = deviceOf(
    filter([
      ':guard - [0:0]',
      '-A INPUT -j guard',
      '-A INPUT -g guard',
      '-A INPUT -m limit --limit 3/min -j LOG --log-prefix "x: "',
      '-A INPUT -m comment --comment "two words" -j REJECT --reject-with icmp-host-prohibited',
      '-A INPUT',
      '-A guard -j RETURN',
      '-A guard -j NFQUEUE --queue-num 1',
    ]),
  );

  it('are policies, built-in ones with their policy as default', () => {
    expect(
      device.policies.map(({ name, applies, stage, family, default: { action } }) => [
        name,
        applies?.covers,
        stage,
        family,
        action,
      ]),
    ).toEqual([
      ['filter/INPUT', 'self', 50, 'ipv4', 'deny'],
      ['filter/FORWARD', 'transit', 50, 'ipv4', 'deny'],
      ['filter/OUTPUT', undefined, 0, 'ipv4', 'permit'],
      ['filter/guard', undefined, 0, 'ipv4', 'return'],
    ]);
    expect(policyOf(device, 'filter/INPUT').default.source).toBe('the policy DROP of INPUT, line 3');
  });

  it('hold rules with their actions', () => {
    const rules = policyOf(device, 'filter/INPUT').rules;
    expect(
      rules.map((rule) => [rule.name, rule.action, rule.logged, rule.comment, rule.location.line]),
    ).toEqual([
      ['filter/INPUT 1', { kind: 'jump', policy: 'filter/guard' }, null, null, 7],
      ['filter/INPUT 2', { kind: 'goto', policy: 'filter/guard' }, null, null, 8],
      ['filter/INPUT 3', { kind: 'continue' }, true, null, 9],
      ['filter/INPUT 4', { kind: 'deny' }, null, 'two words', 10],
      ['filter/INPUT 5', { kind: 'continue' }, null, null, 11],
    ]);
    const guard = policyOf(device, 'filter/guard').rules;
    expect(guard.map((rule) => [rule.action.kind, rule.conditions.map((each) => each.description)])).toEqual([
      ['return', []],
      ['permit', ['a program decides: -j NFQUEUE --queue-num 1']],
    ]);
  });

  it.each([
    ['198.51.100.1', 'permitted'],
    ['198.51.100.9', 'denied'],
  ])('see what the built-in chain above them sees: %s is %s', (destination, verdict) => {
    const rules = ['-A PREROUTING -j guard', '-A PREROUTING -j DROP', '-A FORWARD -j guard'];
    const guard = [':guard - [0:0]', '-A guard -d 198.51.100.1/32 -j ACCEPT'];
    const translated = deviceOf(
      table('mangle', [':PREROUTING ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ...rules, ...guard]) +
        nat(['-A PREROUTING -j DNAT --to-destination 192.168.0.5']),
    );
    const packet = parsePacket('203.0.113.7', `${destination}:22/tcp`);
    if (typeof packet === 'string') throw new Error(packet);
    expect(trace(translated, new Map(), packet, null).map((each) => each.verdict)).toEqual([verdict]);
  });

  it('of each table come in the order of the hooks', () => {
    const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
    const every = ['filter', 'mangle', 'raw', 'security'].map((name) =>
      table(
        name,
        builtIn
          .map((chain) => `:${chain} ACCEPT [0:0]`)
          .filter((line) => !(name !== 'mangle' && name !== 'raw' && /ROUTING/.test(line))),
      ),
    );
    const stages = deviceOf(every.join(''))
      .policies.filter((policy) => policy.applies !== null)
      .sort((a, b) => a.stage - b.stage)
      .map(({ name, applies, stage, sees }) => `${stage} ${name} ${applies?.covers} ${sees.address}`);
    expect(stages).toEqual([
      '10 raw/PREROUTING both original',
      '20 mangle/PREROUTING both original',
      '40 mangle/INPUT self translated',
      '40 mangle/FORWARD transit translated',
      '50 filter/INPUT self translated',
      '50 filter/FORWARD transit translated',
      '60 security/INPUT self translated',
      '60 security/FORWARD transit translated',
      '70 mangle/POSTROUTING transit translated',
    ]);
  });

  it('without a declaration accept, as in the kernel, and a dump without the table too', () => {
    const bare = deviceOf('*filter\n-A INPUT -s 192.0.2.1 -j DROP\nCOMMIT\n');
    expect(policyOf(bare, 'filter/INPUT').default).toEqual({
      action: 'permit',
      source: 'the file does not give INPUT a policy: ACCEPT',
    });
    const natOnly = deviceOf(nat([]));
    expect(policyOf(natOnly, 'filter/INPUT')).toMatchObject({ rules: [], default: { action: 'permit' } });
    expect(policyOf(natOnly, 'filter/FORWARD')).toMatchObject({ applies: { covers: 'transit' } });
  });

  it('of a fragment stand elsewhere: nothing is let in by a policy, and the scan is incomplete', () => {
    const { devices, diagnostics } = parse('*filter\n:mine - [0:0]\n-A mine -j ACCEPT\nCOMMIT\n');
    expect(diagnostics).toMatchObject([{ code: 'truncated', incomplete: true }]);
    for (const hook of ['INPUT', 'FORWARD']) {
      const policy = devices[0]?.policies.find(({ name }) => name === `filter/${hook}`);
      expect(policy).toMatchObject({ rules: [], default: { action: 'deny' } });
    }
    const outer = parse('*filter\n:mine - [0:0]\nCOMMIT\n*filter\n-A OUTPUT -j mine\nCOMMIT\n');
    expect(outer.diagnostics).toEqual([]);
  });

  it('of IPv6 have names of their own', () => {
    const both = deviceOf(filter(['-A INPUT -j ACCEPT']) + filter(['-A INPUT -s 2001:db8::1 -j ACCEPT'], 6));
    expect(policyOf(both, 'filter6/INPUT').rules[0]).toMatchObject({
      name: 'filter6/INPUT 1',
      family: 'ipv6',
    });
    expect(policyOf(both, 'filter/INPUT').rules[0]).toMatchObject({ name: 'filter/INPUT 1', family: 'ipv4' });
  });

  it('may have any name', () => {
    const odd = deviceOf(
      filter([
        ':__proto__ - [0:0]',
        ':constructor - [0:0]',
        '-A INPUT -j __proto__',
        '-A __proto__ -j constructor',
      ]),
    );
    expect(policyOf(odd, 'filter/INPUT').rules[0]?.action).toEqual({
      kind: 'jump',
      policy: 'filter/__proto__',
    });
    expect(policyOf(odd, 'filter/__proto__').rules[0]?.action).toEqual({
      kind: 'jump',
      policy: 'filter/constructor',
    });
  });
});

describe('targets', () => {
  it.each([
    'ACCEPT',
    'DROP',
    'REJECT',
    'TARPIT',
    'RETURN',
    'LOG',
    'MARK --set-xmark 0x1/0xff',
    'TRACE',
    'AUDIT --type accept',
  ])('%s is known', (target) => {
    const { coverage, diagnostics } = parse(filter([`-A INPUT -j ${target}`]));
    expect([coverage[0]?.unknown, diagnostics]).toEqual([0, []]);
  });

  it.each(['-j FROBNICATE', '-j FROBNICATE --level 3', '-g nowhere', '-j INPUT', '-j MASQUERADE'])(
    '%s may accept, and makes the scan incomplete',
    (target) => {
      const { devices, coverage, diagnostics } = parse(filter([`-A INPUT ${target}`]));
      const [rule] = devices[0]?.policies[0]?.rules ?? [];
      expect(rule?.action).toEqual({ kind: 'permit' });
      expect(rule?.conditions.length).toBeGreaterThan(0);
      expect(coverage[0]?.unknown).toBe(1);
      expect(diagnostics[0]).toMatchObject({ code: 'unclassified', incomplete: true });
    },
  );
});

describe('tracking', () => {
  const raw = (lines: readonly string[]) =>
    table('raw', [':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ...lines]);
  const ruleOf = (words: string, exempt: readonly string[]) =>
    policyOf(deviceOf(filter([`-A INPUT ${words} -j ACCEPT`]) + raw(exempt)), 'filter/INPUT').rules[0];

  it('makes UNTRACKED mean what raw exempts', () => {
    const rule = ruleOf('-m conntrack --ctstate UNTRACKED,ESTABLISHED', [
      '-A PREROUTING -p udp -m udp --dport 161 -j CT --notrack',
    ]);
    expect(rule?.service.literal?.toTexts()).toEqual(['udp/161']);
    expect(rule?.conditions).toEqual([]);
  });

  it.each([
    [
      'an earlier rule leaves the table',
      ['-A PREROUTING -s 192.0.2.1/32 -j ACCEPT', '-A PREROUTING -j NOTRACK'],
    ],
    ['an earlier rule may jump', [':user - [0:0]', '-A PREROUTING -j user', '-A PREROUTING -j NOTRACK']],
    ['it stands in a chain', [':user - [0:0]', '-A PREROUTING -j user', '-A user -j NOTRACK']],
    ['it has a condition', ['-A PREROUTING -m limit --limit 1/sec -j NOTRACK']],
    ['it is not understood', ['-A PREROUTING -m odd --match 1 -j NOTRACK']],
  ])('makes UNTRACKED a condition where %s', (_, exempt) => {
    const rule = ruleOf('-m conntrack --ctstate UNTRACKED', exempt);
    expect(rule?.conditions.map((each) => each.description)).toEqual([
      'only packets that are exempt from connection tracking',
    ]);
  });

  it('makes rules that rely on it doubtful for what raw exempts, and for nothing else', () => {
    const exempt = ['-A PREROUTING -p udp -m udp --dport 161 -j NOTRACK'];
    expect(ruleOf('-p udp -m conntrack --ctstate NEW', exempt)?.conditions).toHaveLength(1);
    expect(ruleOf('-p udp --dport 53 -m conntrack --ctstate NEW', exempt)?.conditions).toEqual([]);
    expect(ruleOf('-p udp -m conntrack --ctstate NEW,UNTRACKED', exempt)?.conditions).toEqual([]);
    expect(ruleOf('-p udp -m conntrack ! --ctstate NEW', exempt)?.service.literal?.toTexts()).toEqual([
      'udp/161',
    ]);
  });

  it('is not touched by what the appliance sends, or by the loopback device', () => {
    expect(
      ruleOf('-m conntrack --ctstate UNTRACKED', ['-A OUTPUT -j NOTRACK'])?.service.literal?.isEmpty(),
    ).toBe(true);
    expect(
      ruleOf('-m conntrack --ctstate UNTRACKED', [
        '-A PREROUTING -i lo -j NOTRACK',
      ])?.service.literal?.isEmpty(),
    ).toBe(true);
  });

  it('makes DNAT mean what nat PREROUTING translates', () => {
    const translated = nat([
      '-A PREROUTING -s 192.0.2.0/24 -i eth0 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.1:22',
    ]);
    const device = deviceOf(
      filter([
        '-A INPUT -m conntrack --ctstate DNAT -j ACCEPT',
        '-A INPUT -p tcp -m conntrack --ctorigdstport 443 -j ACCEPT',
        '-A INPUT -m conntrack ! --ctstate DNAT -j DROP',
      ]) + translated,
    );
    const rules = policyOf(device, 'filter/INPUT').rules;
    expect(rules.map(({ beforeNat }) => beforeNat)).toEqual([
      { translated: true },
      { service: ServiceSet.parse('tcp/443') },
      { translated: false },
    ]);
    expect(rules.flatMap(({ conditions }) => conditions)).toEqual([]);
  });

  it('has translated nothing yet where only mangle PREROUTING leads', () => {
    const prerouting = ':PREROUTING ACCEPT [0:0]';
    const device = deviceOf(
      table('mangle', [
        ...[prerouting, ':INPUT ACCEPT [0:0]', ':both - [0:0]', '-A PREROUTING -j both', '-A INPUT -j both'],
        '-A PREROUTING -m conntrack --ctstate DNAT -j DROP',
        '-A PREROUTING -p tcp -m conntrack --ctorigdstport 443 -j DROP',
        '-A both -m conntrack --ctstate DNAT -j DROP',
      ]) + nat(['-A PREROUTING -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.1:22']),
    );
    const [, never, plain] = policyOf(device, 'mangle/PREROUTING').rules;
    expect([never, plain].map((rule) => rule?.service.literal?.toTexts())).toEqual([[], ['tcp/443']]);
    expect([never, plain].map((rule) => rule?.beforeNat)).toEqual([undefined, undefined]);
    const [shared] = policyOf(device, 'mangle/both').rules;
    expect(shared?.beforeNat).toEqual({ translated: true });
    expect(shared?.conditions).toHaveLength(1);
  });
});

describe('address types', () => {
  it('depend on the chains from which a rule is reached', () => {
    const device = deviceOf(
      filter([
        ':in - [0:0]',
        ':through - [0:0]',
        ':shared - [0:0]',
        '-A INPUT -j in',
        '-A INPUT -j shared',
        '-A FORWARD -j through',
        '-A FORWARD -j shared',
        '-A in -m addrtype --dst-type LOCAL -j DROP',
        '-A through -m addrtype --dst-type LOCAL -j DROP',
        '-A shared -m addrtype --dst-type LOCAL -j DROP',
      ]),
    );
    const rule = (chain: string) => policyOf(device, `filter/${chain}`).rules[0];
    expect(rule('in')).toMatchObject({ service: { any: true }, conditions: [] });
    expect(rule('through')?.service.literal?.isEmpty()).toBe(true);
    expect(rule('shared')?.conditions).toHaveLength(1);
  });
});

describe('commands of iptables-restore', () => {
  const rulesAfter = (commands: readonly string[]) =>
    policyOf(deviceOf(filter(commands)), 'filter/INPUT').rules.map(
      (rule) => `${rule.number} ${rule.source.literal?.toCidrs().join() ?? 'any'} ${rule.action.kind}`,
    );

  it('are carried out in order', () => {
    const a = '-A INPUT -s 192.0.2.1 -j DROP';
    const b = '-A INPUT -s 192.0.2.2 -j ACCEPT';
    expect(rulesAfter([a, b])).toEqual(['1 192.0.2.1/32 deny', '2 192.0.2.2/32 permit']);
    expect(rulesAfter([a, '-I INPUT -s 192.0.2.2 -j ACCEPT'])).toEqual([
      '1 192.0.2.2/32 permit',
      '2 192.0.2.1/32 deny',
    ]);
    expect(rulesAfter([a, b, '-I INPUT 2 -j DROP'])).toEqual([
      '1 192.0.2.1/32 deny',
      '2 any deny',
      '3 192.0.2.2/32 permit',
    ]);
    expect(rulesAfter([a, b, '-D INPUT 1'])).toEqual(['1 192.0.2.2/32 permit']);
    expect(rulesAfter([a, b, '-D INPUT -s 192.0.2.2 -j ACCEPT'])).toEqual(['1 192.0.2.1/32 deny']);
    expect(
      rulesAfter(['-A INPUT -p tcp -m tcp --dport 22 -j DROP', '-D INPUT -p tcp --dport 22 -j DROP']),
    ).toEqual([]);
    expect(
      rulesAfter(['-A INPUT -p tcp --dport 22 -j DROP', '-D INPUT -p tcp -m tcp --dport 22 -j DROP']),
    ).toEqual([]);
    expect(rulesAfter([a, b, '-R INPUT 2 -j ACCEPT'])).toEqual(['1 192.0.2.1/32 deny', '2 any permit']);
    expect(rulesAfter([a, b, '-F INPUT', b])).toEqual(['1 192.0.2.2/32 permit']);
    expect(rulesAfter([a, '-F'])).toEqual([]);
  });

  it('count a list of addresses as the kernel does', () => {
    expect(
      rulesAfter(['-A INPUT -s 192.0.2.1,192.0.2.3 -d 10.0.0.1,10.0.0.2 -j DROP', '-A INPUT -j DROP']),
    ).toEqual(['1 192.0.2.1/32,192.0.2.3/32 deny', '5 any deny']);
  });

  it('make, rename and delete chains, and set policies', () => {
    const device = deviceOf(
      filter([
        '-N one',
        '-N two',
        '-A INPUT -j one',
        '-A INPUT -m comment --comment one -g one',
        '-E one three',
        '-X two',
        '-P INPUT ACCEPT',
      ]),
    );
    expect(device.policies.map((policy) => policy.name)).toEqual([
      'filter/INPUT',
      'filter/FORWARD',
      'filter/OUTPUT',
      'filter/three',
    ]);
    expect(policyOf(device, 'filter/INPUT')).toMatchObject({
      default: { action: 'permit' },
      rules: [
        { action: { kind: 'jump', policy: 'filter/three' } },
        { action: { kind: 'goto' }, comment: 'one' },
      ],
    });
  });

  it.each([
    '-D INPUT 7',
    '-R INPUT 1 -j DROP',
    '-D INPUT -j DROP',
    '-E nobody somebody',
    '-Q INPUT',
    'INPUT -j DROP',
    '-P INPUT FLY',
  ])('%s is unknown where it cannot be done', (command) => {
    const { coverage, diagnostics } = parse(filter([command]));
    expect(coverage[0]?.unknown).toBe(1);
    expect(diagnostics).toMatchObject([{ code: 'unclassified', incomplete: true }]);
  });
});

describe('lines', () => {
  it('are each read, ignored or unknown', () => {
    const text = [
      '# Generated by iptables-save v1.8.9',
      '',
      '*filter',
      ':INPUT DROP',
      '-A INPUT -j ACCEPT',
      'nonsense',
      'COMMIT',
      '# Completed',
    ].join('\n');
    expect(parse(text).coverage).toEqual([
      {
        file: 'gate.rules',
        unit: 'lines',
        read: 4,
        ignored: 3,
        unknown: 1,
        unknownFamilies: [
          {
            name: 'a line that is no command',
            count: 1,
            section: 'access-rules',
            location: { file: 'gate.rules', line: 6 },
          },
        ],
      },
    ]);
  });

  it('may have counters in front, and CR LF behind', () => {
    const device = deviceOf(
      '*filter\r\n:INPUT DROP [1:2]\r\n[12:3456] -A INPUT -p tcp --dport 22 -j ACCEPT\r\nCOMMIT\r\n',
    );
    expect(policyOf(device, 'filter/INPUT').rules[0]).toMatchObject({
      action: { kind: 'permit' },
      location: { line: 3 },
    });
    expect(deviceOf(filter(['-A INPUT -c 12 34 -j DROP'])).policies[0]?.rules[0]?.action).toEqual({
      kind: 'deny',
    });
  });

  it('hold quoted words', () => {
    const device = deviceOf(
      filter(['-A INPUT -m comment --comment "it\\\'s \\"so\\" \\\\ -j DROP" -j ACCEPT']),
    );
    expect(device.policies[0]?.rules[0]).toMatchObject({
      comment: 'it\'s "so" \\ -j DROP',
      action: { kind: 'permit' },
    });
  });

  it('that a terminal broke at its width are mended', () => {
    const broken = (line: string) => `${line.slice(0, 80)}${' '.repeat(120)}${line.slice(80)}`;
    const long = (port: number) =>
      `-A INPUT -s 203.0.113.0/24 -p tcp -m tcp --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`;
    const { devices, coverage } = parse(filter([broken(long(22)), broken(long(3389)), '-A INPUT -j DROP']));
    expect(coverage[0]?.unknown).toBe(0);
    expect(devices[0]?.policies[0]?.rules.map((rule) => rule.action.kind)).toEqual([
      'permit',
      'permit',
      'deny',
    ]);
  });

  it('outside of tables are passed over, but not rules', () => {
    const around = `Dear all,\nhere it is:\n\n${filter([])}\nThanks\n`;
    expect(parse(around).coverage[0]).toMatchObject({ unknown: 0 });
    const headless = parse('-A INPUT -j ACCEPT\nCOMMIT\n');
    expect(headless.coverage[0]).toMatchObject({ unknown: 2 });
    expect(headless.diagnostics.map((each) => each.code)).toEqual(['truncated', 'no-configuration-found']);
  });

  it('of a table that was cut say so', () => {
    expect(parse('*filter\n:INPUT DROP [0:0]\n').diagnostics).toMatchObject([
      { code: 'truncated', incomplete: true },
    ]);
    expect(parse('*nat\n*filter\nCOMMIT\n').diagnostics).toMatchObject([
      { code: 'truncated', incomplete: true },
    ]);
  });

  it('of a table that could not be printed make the scan incomplete', () => {
    const { diagnostics } = parse(`# Table \`nat' is incompatible, use 'nft' tool.\n${filter([])}`);
    expect(diagnostics).toMatchObject([{ code: 'unclassified', incomplete: true }]);
  });

  it('of a table that iptables does not have are unknown', () => {
    const { coverage, diagnostics } = parse(`*broute\n:BROUTING ACCEPT\nCOMMIT\n${filter([])}`);
    expect(coverage[0]?.unknown).toBe(2);
    expect(diagnostics).toMatchObject([{ code: 'unclassified', incomplete: true }]);
  });

  it('for chains that are not declared make the scan incomplete', () => {
    expect(parse(filter(['-A nowhere -j ACCEPT'])).diagnostics).toMatchObject([
      { code: 'dangling-reference', incomplete: true },
    ]);
  });
});
