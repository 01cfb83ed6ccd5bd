import { describe, expect, it } from 'vitest';
import { query } from '../../../src/analysis/query.js';
import { conditionsOf } from '../../../src/parties/split-by-party.js';
import { IpSet } from '../../../src/sets/ip-set.js';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { everything } from '../../support/everything.js';
import { deviceOf, filter, nat, table } from './build.js';

/**
 * Who may open a connection to which port, over rulesets as programs and people write them. The answers
 * were worked out by hand, as the kernel works.
 */

const SERVICES = [
  ['ssh', 'tcp/22'],
  ['telnet', 'tcp/23'],
  ['snmp-agent', 'udp/161'],
  ['smb', 'tcp/139', 'tcp/445', 'udp/137-138'],
  ['rdp', 'tcp/3389', 'udp/3389'],
  ['mysql', 'tcp/3306'],
].map(([id = '', ...texts]) => ({
  id,
  services: ServiceSet.unionOf(texts.map((each) => ServiceSet.parse(each))),
}));

const EVERYTHING = ['ssh tcp/22', 'telnet tcp/23', 'snmp-agent udp/161', 'smb', 'rdp', 'mysql'];

/** `eth0 > itself ssh tcp/22 from 192.0.2.1/32`, with `~` where it is at most that, `?` under a condition. */
function answers(text: string): readonly string[] {
  return everything(deviceOf(text), SERVICES).map((reach) => {
    const { entry, target, service, sources, approximate, contributions, conditional } = reach;
    const where = target.kind === 'self' ? 'itself' : target.addresses.toCidrs().join(',');
    // What lies behind which interface is in no ruleset: a doubt about every host, and about no source.
    const doubts = approximate.filter((each) => !/which interface leads|--dst-type LOCAL$/.test(each));
    const marks = `${doubts.length > 0 ? ' ~' : ''}${conditionsOf(contributions, conditional).length > 0 ? ' ?' : ''}`;
    const ports = `${service.protocol}/${service.ports.join(',')}`;
    return `${entry.name} > ${where} ${service.id} ${ports} from ${from(sources)}${marks}`;
  });
}

/** The answers for SSH, with the address where it is known. */
function reached(text: string): readonly string[] {
  return everything(deviceOf(text), SERVICES.slice(0, 1)).map((reach) => {
    const { entry, target, service, sources, approximate } = reach;
    const where = ['itself', ...target.addresses.toCidrs()].join(' ');
    const unsure = approximate.length > 0 ? ' ~' : '';
    return `${entry.name} > ${where} ${service.protocol}/${service.ports.join(',')} from ${from(sources)}${unsure}`;
  });
}

/** A set by what it leaves out, where that is shorter. */
function from(sources: IpSet): string {
  const cidrs = sources.toCidrs();
  const except = IpSet.IPV4.subtract(sources).toCidrs();
  return except.length < cidrs.length && except.length > 0
    ? `anyone but ${except.join(',')}`
    : cidrs.join(',');
}

describe('ports of one service', () => {
  it('are told apart where different sources reach them', () => {
    const text = filter([
      '-A INPUT -s 198.51.100.1/32 -p tcp -m tcp --dport 139 -j ACCEPT',
      '-A INPUT -s 198.51.100.2/32 -p tcp -m tcp --dport 445 -j ACCEPT',
      '-A INPUT -s 198.51.100.3/32 -p udp -m udp --dport 3389 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual([
      'other > itself smb tcp/139 from 198.51.100.1/32',
      'other > itself smb tcp/445 from 198.51.100.2/32',
      'other > itself rdp udp/3389 from 198.51.100.3/32',
    ]);
  });

  it('are one answer where the same do, as long as one list of ports says it', () => {
    expect(answers(filter(['-A INPUT -s 198.51.100.1/32 -j ACCEPT']))).toEqual([
      'other > itself ssh tcp/22 from 198.51.100.1/32',
      'other > itself telnet tcp/23 from 198.51.100.1/32',
      'other > itself snmp-agent udp/161 from 198.51.100.1/32',
      'other > itself smb tcp/139,445 from 198.51.100.1/32',
      'other > itself smb udp/137-138 from 198.51.100.1/32',
      'other > itself rdp tcp+udp/3389 from 198.51.100.1/32',
      'other > itself mysql tcp/3306 from 198.51.100.1/32',
    ]);
  });
});

describe('chains of programs', () => {
  it('of fail2ban: anyone but who is banned', () => {
    const text = filter([
      ':f2b-sshd - [0:0]',
      '[9:540] -A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd',
      '[1:60] -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
      '[0:0] -A f2b-sshd -s 203.0.113.4/32 -j REJECT --reject-with icmp-port-unreachable',
      '[0:0] -A f2b-sshd -s 203.0.113.9/32 -j REJECT --reject-with icmp-port-unreachable',
      '[9:540] -A f2b-sshd -j RETURN',
    ]);
    expect(answers(text)).toEqual([
      'other > itself ssh tcp/22 from anyone but 203.0.113.4/32,203.0.113.9/32',
    ]);
  });

  it('of fail2ban over a set: at most anyone', () => {
    const text = filter([
      '-A INPUT -p tcp -m multiport --dports 22 -m set --match-set f2b-sshd src -j REJECT',
      '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
      '-A INPUT -p tcp -m tcp --dport 23 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual([
      'other > itself ssh tcp/22 from 0.0.0.0/0 ~',
      'other > itself telnet tcp/23 from 0.0.0.0/0',
    ]);
  });

  it('of ufw: a limited rate is no list of sources', () => {
    const text = filter([
      ':ufw-before-input - [0:0]',
      ':ufw-not-local - [0:0]',
      ':ufw-user-input - [0:0]',
      ':ufw-user-limit - [0:0]',
      ':ufw-user-limit-accept - [0:0]',
      '-A INPUT -j ufw-before-input',
      '-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A ufw-before-input -j ufw-not-local',
      '-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT',
      '-A ufw-before-input -j ufw-user-input',
      '-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN',
      '-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN',
      '-A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN',
      '-A ufw-not-local -j DROP',
      '-A ufw-user-input -s 203.0.113.99/32 -j DROP',
      '-A ufw-user-input -s 198.51.100.0/24 -p tcp -m tcp --dport 22 -j ACCEPT',
      '-A ufw-user-input -p tcp -m tcp --dport 3389 -m conntrack --ctstate NEW -m recent --set --name DEFAULT --rsource',
      '-A ufw-user-input -p tcp -m tcp --dport 3389 -m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 --name DEFAULT --rsource -j ufw-user-limit',
      '-A ufw-user-input -p tcp -m tcp --dport 3389 -j ufw-user-limit-accept',
      '-A ufw-user-limit -j REJECT --reject-with icmp-port-unreachable',
      '-A ufw-user-limit-accept -j ACCEPT',
    ]);
    expect(answers(text)).toEqual([
      'other > itself ssh tcp/22 from 198.51.100.0/24',
      'other > itself rdp tcp/3389 from anyone but 203.0.113.99/32',
    ]);
  });

  it('of firewalld: zones by source, then by interface, by goto', () => {
    const text = table('filter', [
      ':INPUT ACCEPT [0:0]',
      ':FORWARD DROP [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':INPUT_ZONES - [0:0]',
      ':IN_public - [0:0]',
      ':IN_public_allow - [0:0]',
      ':IN_public_deny - [0:0]',
      ':IN_trusted - [0:0]',
      ':IN_work - [0:0]',
      '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT -j INPUT_ZONES',
      '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
      '-A INPUT_ZONES -s 198.51.100.16/28 -g IN_trusted',
      '-A INPUT_ZONES -i eth1 -g IN_work',
      '-A INPUT_ZONES -g IN_public',
      '-A IN_public -j IN_public_deny',
      '-A IN_public -j IN_public_allow',
      '-A IN_public_deny -s 203.0.113.77/32 -j DROP',
      '-A IN_public_allow -s 203.0.113.0/24 -p tcp -m tcp --dport 3306 -m conntrack --ctstate NEW,UNTRACKED -j ACCEPT',
      '-A IN_trusted -p tcp -m tcp --dport 22 -j ACCEPT',
      '-A IN_work -p udp -m udp --dport 161 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual([
      'eth1 > itself ssh tcp/22 from 198.51.100.16/28',
      'eth1 > itself snmp-agent udp/161 from anyone but 198.51.100.16/28',
      'other > itself ssh tcp/22 from 198.51.100.16/28',
      `other > itself mysql tcp/3306 from ${IpSet.of('203.0.113.0/24').subtract(IpSet.of('203.0.113.77')).toCidrs().join(',')}`,
    ]);
  });

  it('of csf: allowed, denied, then by port', () => {
    const text = filter([
      ':ALLOWIN - [0:0]',
      ':DENYIN - [0:0]',
      ':LOCALINPUT - [0:0]',
      '-A INPUT ! -i lo -j LOCALINPUT',
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT ! -i lo -p tcp -m conntrack --ctstate NEW -m tcp --dport 22 -j ACCEPT',
      '-A ALLOWIN -s 198.51.100.8/32 ! -i lo -p tcp -m tcp --dport 3306 -j ACCEPT',
      '-A DENYIN -s 203.0.113.0/25 ! -i lo -j DROP',
      '-A LOCALINPUT ! -i lo -j ALLOWIN',
      '-A LOCALINPUT ! -i lo -j DENYIN',
    ]);
    expect(answers(text)).toEqual([
      'other > itself ssh tcp/22 from anyone but 203.0.113.0/25',
      'other > itself mysql tcp/3306 from 198.51.100.8/32',
    ]);
  });

  it('of Docker: what is published passes by INPUT', () => {
    const text =
      nat([
        ':DOCKER - [0:0]',
        '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
        '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
        '-A DOCKER -i docker0 -j RETURN',
        '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 2222 -j DNAT --to-destination 172.17.0.2:22',
      ]) +
      filter([
        ':DOCKER - [0:0]',
        ':DOCKER-USER - [0:0]',
        '-A INPUT -s 198.51.100.0/24 -i eth0 -p tcp -m tcp --dport 22 -j ACCEPT',
        '-A FORWARD -j DOCKER-USER',
        '-A FORWARD -o docker0 -j DOCKER',
        '-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 22 -j ACCEPT',
        '-A DOCKER-USER -s 203.0.113.66/32 -j DROP',
        '-A DOCKER-USER -j RETURN',
      ]);
    expect(answers(text)).toEqual([
      'eth0 > itself ssh tcp/22 from 198.51.100.0/24',
      'eth0 > 172.17.0.2/32 ssh tcp/22 from anyone but 203.0.113.66/32',
      'other > 172.17.0.2/32 ssh tcp/22 from anyone but 203.0.113.66/32',
    ]);
  });
});

describe('what asks for more than an address', () => {
  it('in a jump is asked of all that the chain lets in', () => {
    const text = filter([
      ':ADMIN - [0:0]',
      '-A INPUT -m mac --mac-source 00:53:00:00:00:01 -j ADMIN',
      '-A ADMIN -p tcp -m tcp --dport 22 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual(['other > itself ssh tcp/22 from 0.0.0.0/0 ?']);
  });

  it('in a jump that is left half-way, too', () => {
    const text = filter([
      ':ADMIN - [0:0]',
      '-A INPUT -m set --match-set staff src -j ADMIN',
      '-A ADMIN -s 192.0.2.9/32 -j RETURN',
      '-A ADMIN -p tcp -m tcp --dport 22 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual(['other > itself ssh tcp/22 from anyone but 192.0.2.9/32 ~']);
  });

  it('in a rule that stops others leaves all of them in doubt', () => {
    const text = filter([
      '-A INPUT -m set ! --match-set staff src -j DROP',
      '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual(['other > itself ssh tcp/22 from 0.0.0.0/0 ~']);
  });

  it('of a source port that few programs have is said', () => {
    const text = filter([
      '-A INPUT -p tcp -m tcp --sport 20 --dport 22 -j ACCEPT',
      '-A INPUT -p tcp -m tcp --sport 1024:65535 --dport 23 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual([
      'other > itself ssh tcp/22 from 0.0.0.0/0 ?',
      'other > itself telnet tcp/23 from 0.0.0.0/0',
    ]);
  });
});

describe('a condition', () => {
  const fromWeb = '-A INPUT -s 192.168.0.0/16 -p tcp -m tcp --sport 443 -j ACCEPT';
  const limited = (words: string) =>
    `-A INPUT ${words} -p tcp -m tcp --dport 22 -m limit --limit 1/sec -j ACCEPT`;
  const open = (words: string) => `-A INPUT ${words} -p tcp -m tcp --dport 22 -j ACCEPT`;
  const ssh = (text: string) => {
    const question = { sources: null, destinations: null, listeners: () => true, entry: null };
    const found = query(deviceOf(text), new Map(), { ...question, services: SERVICES.slice(0, 1) }).reaches;
    return found.map(({ entry, sources, contributions, conditional }) => {
      const asked = conditionsOf(contributions, conditional);
      return [entry.name, from(sources), ...asked].join(' ');
    });
  };

  it('is none for whom another rule lets in without it', () => {
    expect(ssh(filter([fromWeb, open('-i eth0')]))).toEqual([
      'eth0 0.0.0.0/0',
      'other 192.168.0.0/16 from source port 443',
    ]);
    expect(ssh(filter([limited('-s 192.0.2.0/24'), open('')]))).toEqual(['other 0.0.0.0/0']);
    expect(ssh(filter([open('-s 192.0.2.0/24'), limited('-s 192.0.2.0/24')]))).toEqual([
      'other 192.0.2.0/24',
    ]);
  });

  it('is told of those alone who need it', () => {
    expect(ssh(filter([fromWeb, open('-s 192.168.0.0/17')]))).toEqual([
      'other 192.168.0.0/17',
      'other 192.168.128.0/17 from source port 443',
    ]);
    expect(ssh(filter([limited(''), open('-s 0.0.0.0/1')]))).toEqual([
      'other 0.0.0.0/1',
      'other 128.0.0.0/1 -m limit --limit 1/sec',
    ]);
  });

  it('of one table is not met by another table', () => {
    const mangle = table('mangle', [
      ...[':PREROUTING ACCEPT [0:0]', ':INPUT DROP [0:0]', ':FORWARD ACCEPT [0:0]'],
      '-A INPUT -m limit --limit 1/sec -j ACCEPT',
      '-A INPUT -s 192.0.2.1/32 -j ACCEPT',
    ]);
    expect(ssh(filter([open('-s 192.0.2.0/31')]) + mangle)).toEqual([
      'other 192.0.2.1/32',
      'other 192.0.2.0/32 mangle/INPUT 1: -m limit --limit 1/sec',
    ]);
  });

  it('of one port is not met by the rule for another one', () => {
    const smb = filter([
      '-A INPUT -s 192.0.2.1/32 -p tcp -m tcp --dport 139 -m limit --limit 1/sec -j ACCEPT',
      '-A INPUT -s 192.0.2.1/32 -p tcp -m tcp --dport 445 -j ACCEPT',
    ]);
    expect(answers(smb)).toEqual(['other > itself smb tcp/139,445 from 192.0.2.1/32 ?']);
    const ports = filter(
      ['INPUT', 'FORWARD -d 10.0.0.5'].flatMap((chain) => [
        `-A ${chain} -p tcp -m tcp --dport 22 -j ACCEPT`,
        `-A ${chain} -p tcp -m tcp --dport 445 -j ACCEPT`,
        `-A ${chain} -p tcp -m tcp --sport 5432 -j ACCEPT`,
      ]),
    );
    expect(answers(ports)).toEqual(
      ['itself', '10.0.0.5/32'].flatMap((where) => [
        `other > ${where} ssh tcp/22 from 0.0.0.0/0`,
        `other > ${where} telnet tcp/23 from 0.0.0.0/0 ?`,
        `other > ${where} smb tcp/139,445 from 0.0.0.0/0 ?`,
        `other > ${where} rdp tcp/3389 from 0.0.0.0/0 ?`,
        `other > ${where} mysql tcp/3306 from 0.0.0.0/0 ?`,
      ]),
    );
  });

  it('is none where NAT sends in anyway', () => {
    const text =
      filter([limited('-i eth0'), '-A INPUT -p tcp -m conntrack --ctorigdstport 2222 -j ACCEPT']) +
      nat(['-A PREROUTING -i eth0 -p tcp -m tcp --dport 2222 -j REDIRECT --to-ports 22']);
    expect(ssh(text)).toEqual(['eth0 0.0.0.0/0']);
  });

  it('for hosts is told likewise', () => {
    const text = filter([
      '-A FORWARD -d 10.0.0.5 -p tcp -m tcp --dport 22 -m limit --limit 1/sec -j ACCEPT',
      '-A FORWARD -s 0.0.0.0/1 -d 10.0.0.5 -p tcp -m tcp --dport 22 -j ACCEPT',
    ]);
    expect(ssh(text)).toEqual(['other 0.0.0.0/1', 'other 128.0.0.0/1 -m limit --limit 1/sec']);
  });
});

describe('a source port that is asked for on the way', () => {
  it('is said, though the rule that lets in does not ask for it', () => {
    const text = table('filter', [
      ':INPUT ACCEPT [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':OPEN - [0:0]',
      '-A INPUT -j OPEN',
      '-A FORWARD -j OPEN',
      '-A OPEN -p udp -m multiport --sports 5002 -j RETURN',
      '-A OPEN -s 192.0.2.1/32 -p tcp -m tcp --dport 22 -j RETURN',
      '-A OPEN -j DROP',
    ]);
    const found = answers(text);
    expect(found).toContain('other > itself snmp-agent udp/161 from 0.0.0.0/0 ?');
    expect(found).toContain('other > 0.0.0.0/0 snmp-agent udp/161 from 0.0.0.0/0 ?');
    expect(found).toContain('other > itself ssh tcp/22 from 192.0.2.1/32');
    expect(found).toContain('other > 0.0.0.0/0 ssh tcp/22 from 192.0.2.1/32');
    expect(found.filter((each) => /telnet|mysql|tcp\/139/.test(each))).toEqual([]);
  });
});

describe('what a packet was before translation', () => {
  const forwarded = nat([
    '-A PREROUTING -i eth0 -s 198.51.100.0/24 -p tcp -m tcp --dport 2222 -j REDIRECT --to-ports 22',
    '-A PREROUTING -i eth0 -p tcp -m tcp --dport 3390 -j REDIRECT --to-ports 3389',
  ]);

  it('lets in what was translated, and not the same port by itself', () => {
    expect(answers(filter(['-A INPUT -m conntrack --ctstate DNAT -j ACCEPT']) + forwarded)).toEqual([
      'eth0 > itself ssh tcp/22 from 198.51.100.0/24',
      'eth0 > itself rdp tcp/3389 from 0.0.0.0/0',
    ]);
    const others = answers(filter(['-A INPUT -m conntrack ! --ctstate DNAT -j ACCEPT']) + forwarded);
    expect(others).toContain('other > itself rdp tcp+udp/3389 from 0.0.0.0/0');
    expect(others).toContain('eth0 > itself rdp tcp+udp/3389 from 0.0.0.0/0');
  });

  it('is the port that it was sent to', () => {
    const to = (port: number) =>
      answers(filter([`-A INPUT -p tcp -m conntrack --ctorigdstport ${port} -j ACCEPT`]) + forwarded);
    expect(to(2222)).toEqual(['eth0 > itself ssh tcp/22 from 198.51.100.0/24']);
    // Nobody is translated to it there.
    expect(to(22)).toEqual([
      'eth0 > itself ssh tcp/22 from 0.0.0.0/0',
      'other > itself ssh tcp/22 from 0.0.0.0/0',
    ]);
    expect(to(443)).toEqual([]);
  });

  it('is asked of a jump too, and of a chain that is left half-way', () => {
    const chain = (last: string) =>
      answers(
        filter([
          ':F - [0:0]',
          '-A INPUT -p tcp -m conntrack --ctorigdstport 3000:4000 -j F',
          '-A F -p tcp -m tcp --dport 22 -j RETURN',
          `-A F ${last} -j ACCEPT`,
        ]) + forwarded,
      );
    expect(chain('-m conntrack --ctstate DNAT')).toEqual(['eth0 > itself rdp tcp/3389 from 0.0.0.0/0']);
    expect(chain('-p tcp -m tcp --dport 3389')).toEqual([
      'eth0 > itself rdp tcp/3389 from 0.0.0.0/0',
      'other > itself rdp tcp/3389 from 0.0.0.0/0',
    ]);
  });

  it('is the address that it was sent to', () => {
    const text =
      filter(['-A FORWARD -i eth0 -m conntrack --ctorigdst 192.0.2.9 -j ACCEPT']) +
      nat([
        '-A PREROUTING -i eth0 -d 192.0.2.9 -p tcp -m tcp --dport 2222 -j DNAT --to-destination 10.0.0.5:22',
        '-A PREROUTING -i eth0 -d 192.0.2.8 -p tcp -m tcp --dport 2222 -j DNAT --to-destination 10.0.0.6:22',
      ]);
    const found = answers(text).filter((each) => each.includes('ssh'));
    expect(found).toEqual([
      'eth0 > 10.0.0.5/32 ssh tcp/22 from 0.0.0.0/0',
      'eth0 > 192.0.2.9/32 ssh tcp/22 from 0.0.0.0/0',
    ]);
  });
});

describe('addresses of many hosts', () => {
  it.each([
    '-d 224.0.0.0/4',
    '-d 255.255.255.255/32',
    '-m pkttype --pkt-type multicast',
    '-m pkttype --pkt-type broadcast',
    '-m addrtype --dst-type BROADCAST',
    '-m addrtype --dst-type MULTICAST',
  ])('open no TCP: %s', (words) => {
    const found = answers(filter([`-A INPUT ${words} -j ACCEPT`, `-A FORWARD ${words} -j ACCEPT`]));
    expect(found.filter((each) => each.includes('tcp'))).toEqual([]);
    expect(found.some((each) => each.includes('itself snmp-agent udp/161'))).toBe(true);
  });
});

describe('an address that NAT sends to', () => {
  const forwarded = (to: string) =>
    nat([`-A PREROUTING -i eth0 -p tcp -m tcp --dport 2222 -j DNAT --to-destination ${to}:22`]);
  const translated = '-m conntrack --ctstate DNAT -j ACCEPT';

  it('may be the machine’s own: it stands by itself', () => {
    const text = filter([
      '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT',
      `-A INPUT ${translated}`,
    ]);
    expect(reached(text + forwarded('192.168.1.5'))).toEqual([
      'eth0 > itself 192.168.1.5/32 tcp/22 from 0.0.0.0/0 ~',
      'eth0 > itself tcp/22 from 10.0.0.0/8',
      'other > itself tcp/22 from 10.0.0.0/8',
    ]);
  });

  it('is not told twice where a host there is reached', () => {
    const text = filter([`-A INPUT ${translated}`, `-A FORWARD ${translated}`]);
    expect(answers(text + forwarded('192.168.1.5'))).toEqual([
      'eth0 > 192.168.1.5/32 ssh tcp/22 from 0.0.0.0/0',
    ]);
  });

  it('is its own where rules for what comes to it name it, or it sends by it', () => {
    const named = filter([`-A INPUT -d 192.168.1.5 ${translated}`]);
    expect(reached(named + forwarded('192.168.1.5'))).toEqual(['eth0 > itself tcp/22 from 0.0.0.0/0']);
    const sending =
      nat([
        '-A PREROUTING -i eth0 -p tcp -m tcp --dport 2222 -j DNAT --to-destination 192.0.2.1:22',
        '-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.1',
      ]) + filter([`-A INPUT ${translated}`]);
    expect(reached(sending)).toEqual(['eth0 > itself tcp/22 from 0.0.0.0/0']);
  });

  it('is reached if it is a loopback one, at most, and by NAT alone', () => {
    const text = filter(['-A INPUT -d 127.0.0.0/8 -j ACCEPT', '-A FORWARD -d 127.0.0.0/8 -j ACCEPT']);
    expect(answers(text)).toEqual([]);
    expect(answers(text + forwarded('127.0.0.1'))).toEqual(['eth0 > itself ssh tcp/22 from 0.0.0.0/0 ~']);
  });
});

describe('hosts', () => {
  it('of a bridge are reached by the interface that packets came in by', () => {
    const text = filter([
      '-A FORWARD -s 10.0.0.1/32 -d 10.0.0.2/32 -i br0 -o br0 -p tcp --dport 22 -j ACCEPT',
    ]);
    expect(answers(text)).toEqual(['br0 > 10.0.0.2/32 ssh tcp/22 from 10.0.0.1/32']);
  });

  it('to which NAT leads are somebody’s, though what leaves there is hidden', () => {
    const text =
      nat([
        '-A PREROUTING -i eth0 -p tcp -m tcp --dport 3390 -j DNAT --to-destination 192.168.1.5:3389',
        '-A POSTROUTING -o eth0 -j MASQUERADE',
        '-A POSTROUTING -o eth1 -j MASQUERADE',
      ]) + filter(['-A FORWARD -i eth0 -o eth1 -p tcp -m tcp --dport 3389 -j ACCEPT']);
    // The rule names no host: what is sent to any other address passes it untranslated.
    expect(answers(text)).toEqual([
      'eth0 > 192.168.1.5/32 rdp tcp/3389 from 0.0.0.0/0',
      'eth0 > 0.0.0.0/0 rdp tcp/3389 from 0.0.0.0/0',
    ]);
  });

  it('are behind an interface where sources are hidden, for who comes in by another such', () => {
    const text =
      nat(['-A POSTROUTING -o eth0 -j MASQUERADE', '-A POSTROUTING -o eth1 -j MASQUERADE']) +
      filter([
        '-A FORWARD -i eth0 -o eth1 -d 192.168.1.5 -p tcp -m tcp --dport 3389 -j ACCEPT',
        '-A FORWARD -i eth2 -o eth0 -j ACCEPT',
      ]);
    expect(answers(text)).toEqual(['eth0 > 192.168.1.5/32 rdp tcp/3389 from 0.0.0.0/0']);
  });

  it('are no door where only replies pass', () => {
    expect(answers(filter(['-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT']))).toEqual([]);
  });

  it('that are open for one protocol are not open for every service', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({
      id: `service-${i}`,
      services: ServiceSet.parse(`udp/${1000 + i}`).union(ServiceSet.parse(`tcp/${1000 + i}`)),
    }));
    const config = deviceOf(
      filter(['-A FORWARD -p udp --dport 1005 -j DROP', '-A FORWARD -s 192.0.2.1/32 -p udp -j ACCEPT']),
    );
    const found = everything(config, many).map(({ service }) => service);
    expect(found).toEqual([{ id: 'any-service', protocol: 'udp', ports: ['0-1004', '1006-65535'] }]);
  });

  it('are not open for a web port as for every service, though many others are open', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({
      id: `service-${i}`,
      services: ServiceSet.parse(`udp/${1000 + i}`),
    }));
    const rules = ['-A FORWARD -p tcp --dport 443 -j ACCEPT', '-A FORWARD -p udp -j ACCEPT'];
    const found = everything(deviceOf(filter(rules)), many).map(({ service }) => service);
    expect(found).toEqual([{ id: 'any-service', protocol: 'udp', ports: [] }]);
  });
});

describe('everything', () => {
  it('is let in by a policy that accepts, and stopped by a last rule', () => {
    const open = ['-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 22 -j ACCEPT', '-A INPUT -j REJECT'];
    const chains = [':INPUT ACCEPT [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]'];
    expect(answers(table('filter', [...chains, ...open]))).toEqual([
      'other > itself ssh tcp/22 from 192.0.2.0/24',
    ]);
    const found = answers(table('filter', chains));
    for (const each of EVERYTHING) expect(found.some((line) => line.includes(` ${each}`))).toBe(true);
  });
});
