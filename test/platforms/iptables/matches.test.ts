import { describe, expect, it } from 'vitest';
import { deviceOf, filter, inputRule, parse, policyOf, summary } from './build.js';

/** What the matches of one rule make of the first packet of a connection. */

const ANY = { source: null, destination: null, services: null };

describe('addresses', () => {
  it.each([
    ['-s 192.0.2.0/24', ['192.0.2.0/24']],
    ['-s 192.0.2.77/24', ['192.0.2.0/24']],
    ['-s 192.0.2.1', ['192.0.2.1/32']],
    ['--source 192.0.2.1/255.255.255.0', ['192.0.2.0/24']],
    ['-s 192.0.2.1,198.51.100.0/24', ['192.0.2.1/32', '198.51.100.0/24']],
    ['-s 10/8', ['10.0.0.0/8']],
    ['! -s 128.0.0.0/1', ['0.0.0.0/1']],
    ['-s ! 128.0.0.0/1', ['0.0.0.0/1']],
    ['! -s 0.0.0.0/0', []],
    ['-m iprange --src-range 192.0.2.1-192.0.2.2', ['192.0.2.1/32', '192.0.2.2/32']],
    ['-s 192.0.2.0/24 -m iprange ! --src-range 192.0.2.0-192.0.2.254', ['192.0.2.255/32']],
    ['-m conntrack --ctorigsrc 192.0.2.0/24', ['192.0.2.0/24']],
    ['-m addrtype --src-type MULTICAST', ['224.0.0.0/4']],
  ])('%s is exactly that source', (words, source) => {
    const rule = inputRule(`${words} -j ACCEPT`);
    expect(summary(rule)).toEqual({ ...ANY, source });
    expect([rule.approximate, rule.conditions]).toEqual([[], []]);
  });

  it.each([
    ['-d 2001:db8::/32', ['2001:db8::/32']],
    ['-d 2001:db8::1/ffff:ffff::', ['2001:db8::/32']],
    ['-d ::/0', null],
    ['-m addrtype ! --dst-type MULTICAST -d ff02::1', []],
    ['-m conntrack --ctreplsrc 2001:db8::1', ['2001:db8::1/128']],
  ])('%s is exactly that IPv6 destination', (words, destination) => {
    expect(summary(inputRule(`${words} -j ACCEPT`, 6))).toEqual({ ...ANY, destination });
  });

  it('widens a netmask with holes, and says so', () => {
    const rule = inputRule('-s 10.0.2.0/255.0.255.0 -j ACCEPT');
    expect(summary(rule).source).toEqual(['10.0.0.0/8']);
    expect(rule.approximate).toEqual(['a netmask with holes']);
    expect(inputRule('-s ::2/::ffff -j ACCEPT', 6).approximate).toEqual(['a netmask with holes']);
  });

  it('takes everything where a netmask with holes is negated', () => {
    const rule = inputRule('! -s 10.0.2.0/255.0.255.0 -j ACCEPT');
    expect([summary(rule).source, rule.approximate]).toEqual([null, ['a netmask with holes']]);
  });

  it('leaves a host name open', () => {
    const rule = inputRule('-s gate.example.net -j ACCEPT');
    expect(rule.source).toMatchObject({ any: false, objects: ['-s gate.example.net'], negated: false });
  });
});

describe('services', () => {
  it.each([
    ['-p tcp', ['tcp']],
    ['-p 6', ['tcp']],
    ['-p all', null],
    ['-p 0', null],
    ['-p vrrp', ['vrrp']],
    ['-p tcp -m tcp --dport 22', ['tcp/22']],
    ['-p tcp --dport ssh', ['tcp/22']],
    ['-p udp --destination-port 1000:1002', ['udp/1000-1002']],
    ['-p udp --dport :1', ['udp/0-1']],
    ['-p udp --dport 65534:', ['udp/65534-65535']],
    ['-p tcp -m tcp ! --dport 1:65535', ['tcp/0']],
    ['-p tcp --dport 60000:29', []],
    ['-p tcp -m tcp --sport 53', ['tcp from 53']],
    ['-p tcp -m tcp --sport 53 --dport 22', ['tcp/22 from 53']],
    ['-p tcp -m multiport --dports 22,80:82,https', ['tcp/22', 'tcp/80-82', 'tcp/443']],
    ['-p tcp -m multiport ! --dports 0:21,23:65535', ['tcp/22']],
    ['-p udp -m multiport --sports 53,123', ['udp from 53,123']],
    ['-p sctp -m sctp --dport 9899', ['sctp/9899']],
    ['-p tcp --dport=22', ['tcp/22']],
    ['-p icmp -m icmp --icmp-type 8', ['icmp/8']],
    ['-p icmp --icmp-type echo-request', ['icmp/8']],
    ['-p icmp -m icmp --icmp-type any', ['icmp']],
    ['-p tcp -m conntrack --ctproto 17', []],
    ['-m conntrack --ctproto 17 --ctorigdstport 53', ['udp/53']],
    ['-m conntrack --ctproto tcp --ctreplsrcport 22', ['tcp/22']],
    ['-p tcp -m conntrack --ctorigsrcport 1:9', ['tcp from 1-9']],
  ])('%s is exactly that', (words, services) => {
    const rule = inputRule(`${words} -j ACCEPT`);
    expect(summary(rule)).toEqual({ ...ANY, services });
    expect([rule.approximate, rule.conditions]).toEqual([[], []]);
  });

  it('makes either side of --ports a match', () => {
    const { services } = summary(inputRule('-p udp -m multiport --ports 53 -j ACCEPT'));
    expect(services).toEqual(['udp/0-52 from 53', 'udp/53', 'udp/54-65535 from 53']);
  });

  it('makes neither side of a negated --ports a match', () => {
    const { services } = summary(inputRule('-p udp -m multiport ! --ports 53 -j ACCEPT'));
    expect(services).toEqual(['udp/0-52 from 0-52,54-65535', 'udp/54-65535 from 0-52,54-65535']);
  });

  it('reads ICMPv6 in a table of IPv6', () => {
    expect(summary(inputRule('-p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT', 6)).services).toEqual([
      'icmpv6/128',
    ]);
    expect(
      summary(inputRule('-p icmpv6 -m icmpv6 --icmpv6-type neighbour-solicitation -j ACCEPT', 6)).services,
    ).toEqual(['icmpv6/135']);
  });

  it('cannot tell ICMP codes apart', () => {
    const rule = inputRule('-p icmp -m icmp --icmp-type 3/4 -j ACCEPT');
    expect([summary(rule).services, rule.approximate]).toEqual([['icmp/3'], ['an ICMP code']]);
    const negated = inputRule('-p icmp -m icmp ! --icmp-type 3/4 -j ACCEPT');
    expect([summary(negated).services, negated.approximate]).toEqual([['icmp'], ['an ICMP code']]);
  });

  it('leaves a service name that is not its own open', () => {
    const rule = inputRule('-p tcp --dport unheard-of -j ACCEPT');
    expect(summary(rule).services).toEqual(['tcp']);
    expect(rule.approximate).toEqual(['a port by a name that is not in the file']);
  });
});

describe('new connections', () => {
  it.each([
    '-m state --state ESTABLISHED',
    '-m state --state RELATED,ESTABLISHED',
    '-m conntrack --ctstate INVALID',
    '-m conntrack --ctstate UNTRACKED',
    '-m conntrack --ctstate DNAT',
    '-m conntrack --ctstate SNAT',
    '-m conntrack ! --ctstate NEW',
    '-m conntrack ! --ctstate NEW,UNTRACKED',
    '-m conntrack --ctdir REPLY',
    '-p tcp -m tcp ! --syn',
    '-p tcp -m tcp --tcp-flags ACK ACK',
    '-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE',
    '-p tcp -m tcp --tcp-flags ALL ALL',
    '-p tcp -m tcp --tcp-flags ACK SYN',
    '-f',
    '-m recent ! --set',
    '-o eth0',
  ])('%s matches none', (words) => {
    expect(summary(inputRule(`${words} -j ACCEPT`)).services).toEqual([]);
  });

  it.each([
    '-m state --state NEW',
    '-m conntrack --ctstate NEW,ESTABLISHED',
    '-m conntrack ! --ctstate INVALID',
    '-m conntrack ! --ctstate ESTABLISHED,RELATED',
    '-m conntrack ! --ctstate DNAT',
    '-m conntrack --ctdir ORIGINAL',
    '! -f',
    '-m recent --set --name X --rsource',
    '-m addrtype --dst-type LOCAL',
    '-m comment --comment x',
    '-i +',
  ])('%s matches all', (words) => {
    const rule = inputRule(`${words} -j ACCEPT`);
    expect(summary(rule)).toEqual(ANY);
    expect([rule.conditions, rule.approximate, rule.inInterfaces]).toEqual([[], [], null]);
  });

  it.each(['--syn', '--tcp-flags FIN,SYN,RST,ACK SYN', '! --tcp-flags ALL NONE', '--tcp-flags FIN,RST NONE'])(
    '%s matches the first packet of TCP',
    (words) => {
      const rule = inputRule(`-p tcp -m tcp ${words} -j DROP`);
      expect([summary(rule).services, rule.conditions]).toEqual([['tcp'], []]);
    },
  );

  it.each(['--tcp-flags ALL SYN', '--tcp-flags SYN,URG SYN', '! --tcp-flags PSH PSH'])(
    '%s matches the first packet that programs send, and not every one that opens a connection',
    (words) => {
      expect(inputRule(`-p tcp -m tcp ${words} -j ACCEPT`).conditions).toEqual([]);
      expect(inputRule(`-p tcp -m tcp ${words} -j DROP`).conditions).toMatchObject([
        { kind: 'other', description: `-m tcp ${words}` },
      ]);
    },
  );

  it.each(['--tcp-flags PSH PSH', '--tcp-flags SYN,URG SYN,URG', '! --tcp-flags ALL SYN'])(
    '%s matches a first packet with a flag that a sender may set',
    (words) => {
      for (const target of ['ACCEPT', 'DROP']) {
        const rule = inputRule(`-p tcp -m tcp ${words} -j ${target}`);
        expect([summary(rule).services, rule.conditions.length]).toEqual([['tcp'], 1]);
      }
    },
  );
});

describe('what the file cannot decide', () => {
  it.each([
    ['-m limit --limit 5/min --limit-burst 3', 'rate'],
    ['-m hashlimit --hashlimit-above 5/sec --hashlimit-mode srcip --hashlimit-name x', 'rate'],
    ['-p tcp -m connlimit --connlimit-above 3', 'rate'],
    ['-m statistic --mode random --probability 0.5', 'rate'],
    ['-m time --timestart 08:00 --timestop 18:00', 'schedule'],
    ['-m nfacct --nfacct-name monthly', 'other'],
    ['-m connbytes --connbytes 0:5 --connbytes-dir both --connbytes-mode packets', 'other'],
    ['-m owner --uid-owner 1000', 'users'],
    ['-m mac --mac-source 00:53:00:00:00:01', 'other'],
    ['-m mark ! --mark 0x1', 'other'],
    ['-m policy --dir in --pol ipsec --proto esp', 'other'],
    ['-m physdev --physdev-in eth3', 'other'],
    ['-m pkttype --pkt-type broadcast', 'other'],
    ['-m addrtype --dst-type BROADCAST', 'other'],
    ['-m addrtype ! --dst-type LOCAL', 'other'],
    ['-m rpfilter --invert', 'other'],
    ['-m helper --helper ftp', 'state'],
    ['-m conntrack --ctstatus EXPECTED', 'state'],
    ['-p tcp -m tcp --tcp-option 8', 'other'],
    ['-p tcp --tcp-option 8', 'other'],
  ])('%s is a condition', (words, kind) => {
    const rule = inputRule(`${words} -j ACCEPT`);
    expect(rule.conditions.map((condition) => condition.kind)).toEqual([kind]);
    expect(rule.action).toEqual({ kind: 'permit' });
  });

  it('never shows what a rule looks for in a packet', () => {
    const rule = inputRule('-m string --string "knock-knock" --algo bm -m u32 --u32 "0&0xFF=7" -j ACCEPT');
    expect(rule.conditions.map((each) => each.description)).toEqual(['-m string', '-m u32']);
  });

  it.each([
    ['-m set --match-set friends src', 'source', '--match-set friends', false],
    ['-m set ! --match-set friends src', 'source', '--match-set friends', true],
    ['-m set --match-set friends dst', 'destination', '--match-set friends', false],
    ['-m recent --rcheck --name KNOCK --rsource', 'source', '--name KNOCK', false],
    ['-m recent --update --seconds 60 --name KNOCK --rdest', 'destination', '--name KNOCK', false],
    ['-m recent --remove', 'source', '--remove', false],
    ['-m geoip ! --source-country FR,DE', 'source', '--source-country FR,DE', true],
  ] as const)('%s names a list that is not in the file', (words, side, name, negated) => {
    const rule = inputRule(`${words} -j ACCEPT`);
    expect(rule[side]).toMatchObject({ any: false, objects: [name], negated });
    const { devices, limits } = parse(filter([`-A INPUT ${words} -j ACCEPT`]));
    expect(devices[0]?.addressObjects.map((each) => [each.name, each.content.kind])).toEqual([
      [name, 'unknown'],
    ]);
    expect(limits.map((limit) => limit.id)).toContain('iptables-set-contents-not-in-file');
  });

  it('keeps addresses beside a list', () => {
    const rule = inputRule('-s 192.0.2.0/24 -m set --match-set friends src -j ACCEPT');
    expect(summary(rule).source).toEqual(['192.0.2.0/24']);
    expect(rule.approximate).toEqual(['in set friends: the members of the set are not in the file']);
  });

  it('says that a set of destinations may be one of ports', () => {
    const rule = inputRule('-p tcp -m set --match-set open dst -j ACCEPT');
    expect(rule.approximate).toEqual(['set open: its members, which may be ports, are not in the file']);
  });

  it('asks of an address on the interface where the packet comes in what it is there', () => {
    const words = '-m addrtype --dst-type LOCAL --limit-iface-in';
    expect(inputRule(`${words} -j ACCEPT`).conditions).toEqual([]);
    expect(inputRule(`${words} -j DROP`).conditions).toEqual([{ kind: 'other', description: words }]);
    const broadcast = inputRule('-m addrtype --dst-type BROADCAST --limit-iface-in -j ACCEPT');
    expect(broadcast.conditions).toHaveLength(1);
    expect(summary(broadcast).services).not.toContain('tcp');
  });

  it('makes a set over addresses and ports a doubt', () => {
    const rule = inputRule('-p tcp -m set --match-set pairs src,dst -j ACCEPT');
    expect(rule.approximate).toHaveLength(1);
  });
});

describe('what is not understood', () => {
  it.each([
    ['-m frobnicate --level 3', '-m frobnicate'],
    ['-p tcp --frobnicate 3', '--frobnicate'],
    ['-p tcp --dports 22', '--dports'],
    ['-s', '-s'],
    ['192.0.2.1', 'a word that is no option'],
  ])('%s makes the line unknown and the permit conditional', (words, family) => {
    const { devices, coverage, diagnostics } = parse(filter([`-A INPUT -j ACCEPT ${words}`]));
    const [rule] = devices[0]?.policies.find((each) => each.name === 'filter/INPUT')?.rules ?? [];
    expect(rule?.action).toEqual({ kind: 'permit' });
    expect(rule?.conditions.map((each) => each.description)).toEqual([`not understood: ${family}`]);
    expect(coverage[0]?.unknownFamilies).toMatchObject([{ name: family, count: 1, section: 'access-rules' }]);
    expect(diagnostics).toMatchObject([{ code: 'unclassified', incomplete: true }]);
  });

  it.each([
    ['-s 192.0.2.0/33', '-s'],
    ['-s 192.0.2.999', '-s'],
    ['-s 2001:db8::1', '-s'],
    ['-p 256', '-p'],
    ['-p tcp --dport 99999', '--dport'],
    ['-p tcp -m multiport --dports 1,,2', '--dports'],
    ['-p icmp -m icmp --icmp-type nonsense', '--icmp-type'],
    ['-m conntrack --ctstate NEWISH', '--ctstate'],
    ['-p tcp -m tcp --tcp-flags SYN FOO', '--tcp-flags'],
    ['-m set --match-set x nowhere', '--match-set'],
  ])('a value of %s that cannot be read is left open', (words, option) => {
    const { devices, coverage, diagnostics } = parse(filter([`-A INPUT ${words} -j ACCEPT`]));
    const [rule] = devices[0]?.policies.find((each) => each.name === 'filter/INPUT')?.rules ?? [];
    expect(rule?.approximate).toEqual([`a value of ${option} that could not be read`]);
    expect(coverage[0]?.unknown).toBe(1);
    expect(diagnostics).toMatchObject([{ code: 'malformed-value', incomplete: true }]);
    expect(JSON.stringify(diagnostics)).not.toContain('999');
  });
});

describe('port triggers', () => {
  const into = (...lines: readonly string[]) =>
    policyOf(deviceOf(filter(['-A FORWARD -j TRIGGER --trigger-type in', ...lines])), 'filter/FORWARD')
      .rules[0];

  it('open nothing where no rule triggers them', () => {
    expect(into()?.action.kind).toBe('continue');
    expect(into('-A FORWARD -j TRIGGER --trigger-type in')?.action.kind).toBe('continue');
  });

  it('may open anything where one does', () => {
    const words =
      '--trigger-type out --trigger-proto tcp --trigger-match 6891-6891 --trigger-relate 7000-7010';
    const rule = into(`-A FORWARD -p tcp -j TRIGGER ${words}`);
    expect(rule?.action.kind).toBe('permit');
    expect(rule?.conditions.map(({ description }) => description)).toEqual([
      'a program decides: -j TRIGGER --trigger-type in',
    ]);
  });
});
