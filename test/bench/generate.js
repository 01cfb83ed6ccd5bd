// Configurations for the benchmarks: always the same for the same number of rules, and nasty. Rules name
// groups two levels deep, a twentieth have a side that is Any, a fifth of the services are ranges of ports,
// and sides are drawn from few enough objects that at least a third of the rules overlap an earlier one.

/** @param {number} rules */
export function sonicwallExport(rules) {
  const pairs = [
    ...['checksumVersion=1', 'buildNum=6.5.4.4-44n', 'shortProdName=NSA 4600', 'firewallName=bench'],
    ...['serialNumber=0017C5000000', 'allowHttpMgmt=off', 'snmp_Enable=on'],
  ].map((pair) => pair.split('='));
  const add = (family, index, value) => pairs.push([`${family}_${index}`, String(value)]);
  const world = worldOf(rules);

  [
    ['LAN', 1],
    ['WAN', 0],
    ['DMZ', 2],
  ].forEach(([name, type], i) => {
    add('zoneObjId', i, name);
    add('zoneObjZoneType', i, type);
    add('zoneObjProperties', i, 50973);
    add('zoneObjIntraZoneCom', i, 1);
  });
  [
    ['X0', 'LAN', '192.168.168.1'],
    ['X1', 'WAN', '198.51.100.2'],
    ['X2', 'DMZ', '192.0.2.1'],
  ].forEach(([name, zone, ip], i) => {
    const wan = zone === 'WAN';
    add('iface_ifnum', i, i);
    add('iface_name', i, name);
    add('interface_Zone', i, zone);
    add('iface_type', i, wan ? 1 : 6);
    add('iface_phys_type', i, 0);
    add('iface_static_ip', i, wan ? ip : '0.0.0.0');
    add('iface_static_mask', i, '255.255.255.0');
    add('iface_static_gateway', i, wan ? '198.51.100.1' : '0.0.0.0');
    add('iface_lan_ip', i, wan ? '0.0.0.0' : ip);
    add('iface_lan_mask', i, '255.255.255.0');
    add('iface_dhcp_enable', i, 'off');
    for (const flag of [
      'https_mgmt',
      'http_mgmt',
      'ssh_mgmt',
      'snmp_mgmt',
      'ping_mgmt',
      'http_redirect_rule',
    ])
      add(`iface_${flag}`, i, 0);
  });

  const GROUP = 8;
  const KIND = { host: 1, range: 2, network: 4 };
  const objects = [
    { name: 'X1 IP', kind: 'host', from: '198.51.100.2', to: '255.255.255.255', made: 793 },
    ...world.addresses,
  ];
  const groups = [{ name: 'All X1 Management IP', members: ['X1 IP'], made: 793 }, ...world.groups];
  [...objects, ...groups].forEach((object, i) => {
    add('addrObjId', i, object.name);
    add('addrObjIdDisp', i, object.name);
    add('addrObjType', i, object.kind === undefined ? GROUP : KIND[object.kind]);
    add('addrObjZone', i, '');
    add('addrObjIp1', i, object.from ?? '0.0.0.0');
    add('addrObjIp2', i, object.kind === 'host' ? '255.255.255.255' : (object.to ?? '0.0.0.0'));
    add('addrObjProperties', i, object.made ?? 14);
  });
  groups
    .flatMap(({ name, members }) => members.map((member) => [member, name]))
    .forEach(([member, group], i) => {
      add('addro_atomToGrp', i, member);
      add('addro_grpToGrp', i, group);
    });

  const own = [
    ['HTTPS Management', 6, 443, 443, 1],
    ['SSH Management', 6, 22, 22, 1],
    ['HTTP Management', 6, 80, 80, 1],
    ['SNMP', 17, 161, 162, 0],
  ];
  const services = world.services.map(({ name, protocol, first, last }) => [name, protocol, first, last, 0]);
  [...own, ...services].forEach(([name, protocol, first, last, management], i) => {
    add('svcObjId', i, name);
    add('svcObjType', i, 1);
    add('svcObjIpType', i, protocol);
    add('svcObjPort1', i, first);
    add('svcObjPort2', i, last);
    add('svcObjProperties', i, i < own.length ? 11805 : 14);
    add('svcObjManagement', i, management);
  });

  world.rules.forEach((rule, i) => {
    add('policyAction', i, rule.permit ? 2 : 0);
    add('policyEnabled', i, 1);
    add('policySrcZone', i, 'WAN');
    add('policyDstZone', i, rule.self ? 'WAN' : rule.to);
    add('policySrcNet', i, rule.source ?? '');
    add('policyDstNet', i, rule.self ? 'All X1 Management IP' : (rule.destination ?? ''));
    add('policyDstSvc', i, rule.self ? own[i % own.length][0] : (rule.service ?? ''));
    add('policySrcSvc', i, '');
    add('policySrcIf', i, 4294967295);
    add('policyDstIf', i, 4294967295);
    add('policyManagement', i, 1);
    add('policyProps', i, i === 0 ? 16773117 : 0);
    add('policyComment', i, '');
    add('policyWhom', i, 0);
    add('policyTime', i, '');
    add('policyLog', i, 1);
    add('policyDefaultRule', i, 1);
  });
  pairs.push(['checksum', '00000000']);
  const encode = (text) => text.replace(/[^A-Za-z0-9._-]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const text = pairs.map(([key, value]) => `${key}=${encode(value)}&`).join('');
  return `${Buffer.from(text).toString('base64')}&&`;
}

const table = (path, entries) => [`config ${path}`, ...entries.flat(), 'end'];
const edit = (name, ...lines) => [
  `    edit ${typeof name === 'number' ? name : `"${name}"`}`,
  ...lines.map((line) => `        set ${line}`),
  '    next',
];

/** @param {number} rules */
export function fortigateBackup(rules) {
  const world = worldOf(rules);
  const quoted = (names) => names.map((name) => `"${name}"`).join(' ');
  const interfaces = [
    ['wan1', '198.51.100.2', 'wan', 'ping https ssh'],
    ['LAN', '192.168.168.1', 'lan', 'ping https'],
    ['DMZ', '192.0.2.1', 'dmz', 'ping'],
  ];
  const addresses = world.addresses.map(({ name, kind, from, to }) => {
    if (kind === 'range') return edit(name, 'type iprange', `start-ip ${from}`, `end-ip ${to}`);
    return edit(name, `subnet ${from} ${kind === 'host' ? '255.255.255.255' : to}`);
  });
  const services = world.services.map(({ name, protocol, first, last }) =>
    edit(name, `${protocol === 6 ? 'tcp' : 'udp'}-portrange ${first === last ? first : `${first}-${last}`}`),
  );
  const sides = ({ source, destination, service, permit }) => [
    `srcaddr "${source ?? 'all'}"`,
    `dstaddr "${destination ?? 'all'}"`,
    `service "${service ?? 'ALL'}"`,
    'schedule "always"',
    `action ${permit ? 'accept' : 'deny'}`,
  ];
  return [
    '#config-version=FGT60F-7.2.5-FW-build1517-230606:opmode=0:vdom=0:user=admin',
    ...table('system interface', [
      ...interfaces.map(([name, ip, role, access]) =>
        edit(
          name,
          'vdom "root"',
          `ip ${ip} 255.255.255.0`,
          `allowaccess ${access}`,
          `role ${role}`,
          'type physical',
        ),
      ),
    ]),
    ...table('system admin', [edit('admin', 'accprofile "super_admin"', 'vdom "root"')]),
    ...table('firewall address', addresses),
    ...table(
      'firewall addrgrp',
      world.groups.map(({ name, members }) => edit(name, `member ${quoted(members)}`)),
    ),
    ...table('firewall service custom', services),
    ...table(
      'firewall policy',
      world.rules
        .filter((rule) => !rule.self)
        .map((rule, i) => edit(i + 1, 'srcintf "wan1"', `dstintf "${rule.to}"`, ...sides(rule))),
    ),
    ...table(
      'firewall local-in-policy',
      world.rules.filter((rule) => rule.self).map((rule, i) => edit(i + 1, 'intf "wan1"', ...sides(rule))),
    ),
    ...table('router static', [edit(1, 'gateway 198.51.100.1', 'device "wan1"')]),
    '',
  ].join('\n');
}

/** A backup of many interfaces of which nobody knows who stands behind them, and that each answer. */
export function fortigateOfInterfaces(count) {
  const numbers = Array.from({ length: count }, (_, at) => at);
  return [
    '#config-version=FGT60F-7.4.5-FW-build2702-240807:opmode=0:vdom=0:user=admin',
    ...table(
      'system interface',
      numbers.map((at) =>
        edit(`vlan${at}`, `ip 10.${at >> 8}.${at & 255}.1 255.255.255.0`, 'allowaccess ping https ssh'),
      ),
    ),
    ...table(
      'firewall policy',
      numbers.map((at) =>
        edit(
          at + 1,
          `srcintf "vlan${at}"`,
          `dstintf "vlan${(7 * at + 3) % count}"`,
          'srcaddr "all"',
          'dstaddr "all"',
          'action accept',
          'schedule "always"',
          'service "HTTPS" "SSH"',
        ),
      ),
    ),
    '',
  ].join('\n');
}

/** A backup of many port forwards at one address, each with a policy of its own. */
export function fortigateOfVirtualIps(count) {
  const numbers = Array.from({ length: count }, (_, at) => at);
  return [
    '#config-version=FGT60F-7.4.5-FW-build2702-240807:opmode=0:vdom=0:user=admin',
    ...table('system interface', [
      edit('wan1', 'ip 198.51.100.2 255.255.255.0', 'allowaccess ping', 'role wan'),
      edit('internal', 'ip 192.168.0.1 255.255.0.0', 'role lan'),
    ]),
    ...table(
      'firewall vip',
      numbers.map((at) =>
        edit(
          `forward${at}`,
          'extip 198.51.100.2',
          'extintf "wan1"',
          'portforward enable',
          `mappedip "192.168.${1 + (at >> 8)}.${at & 255}"`,
          `extport ${10_000 + at}`,
          'mappedport 3389',
        ),
      ),
    ),
    ...table(
      'firewall policy',
      numbers.map((at) =>
        edit(
          at + 1,
          'srcintf "wan1"',
          'dstintf "internal"',
          'srcaddr "all"',
          `dstaddr "forward${at}"`,
          'action accept',
          'schedule "always"',
          'service "ALL"',
        ),
      ),
    ),
    ...table('router static', [edit(1, 'gateway 198.51.100.1', 'device "wan1"')]),
    '',
  ].join('\n');
}

/**
 * A ruleset for iptables whose exact set has millions of pieces: each stretch of ports is denied to
 * another half of the sources and destinations.
 * @param {number} rules
 */
export function intricateRuleset(rules) {
  const random = generator(7);
  const lines = Array.from({ length: rules }, (_, i) => {
    const host = `${1 + random(220)}.${random(256)}.${random(256)}.${random(256)}`;
    const port = 40_000 + random(4000);
    return `-A FORWARD ${i % 2 === 0 ? '-s' : '-d'} ${host} -p udp -m udp --dport ${port}:${port + random(1000)} -j DROP`;
  });
  const chains = [':INPUT DROP [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]'];
  const permit = '-A FORWARD -p udp -m udp --dport 40000:45000 -j ACCEPT';
  return ['*filter', ...chains, ...lines, permit, 'COMMIT', ''].join('\n');
}

/** Objects and rules that every platform writes in its own way. */
function worldOf(count) {
  const random = generator(42);
  const addresses = Array.from({ length: Math.max(100, count >> 2) }, (_, i) => addressOf(i, random));
  const names = addresses.map(({ name }) => name);
  const pick = (list) => list[random(list.length)];
  const first = Array.from({ length: Math.ceil(names.length / 5) }, (_, i) => ({
    name: `group ${i}`,
    members: [...new Set(Array.from({ length: 5 }, () => pick(names)))],
  }));
  const second = Array.from({ length: Math.ceil(names.length / 20) }, (_, i) => ({
    name: `groups ${i}`,
    members: [...new Set(Array.from({ length: 3 }, () => pick(first).name))],
  }));
  const groups = [...first, ...second];
  const services = Array.from({ length: 300 }, (_, i) => {
    const port = 1 + random(60_000);
    const last = random(5) === 0 ? port + random(3000) : port;
    return { name: `service ${i}`, protocol: random(4) === 0 ? 17 : 6, first: port, last };
  });
  const side = () => (random(20) === 0 ? null : random(3) === 0 ? pick(groups).name : pick(names));
  const rules = Array.from({ length: count }, () => ({
    self: random(10) === 0,
    to: random(3) === 0 ? 'DMZ' : 'LAN',
    permit: random(4) !== 0,
    source: side(),
    destination: side(),
    service: random(20) === 0 ? null : pick(services).name,
  }));
  return { addresses, groups, services, rules };
}

function addressOf(i, random) {
  const net = `${1 + random(223)}.${random(256)}.${random(256)}`;
  const kind = ['host', 'network', 'range'][random(3)];
  const low = random(100);
  if (kind === 'host') return { name: `host ${i}`, kind, from: `${net}.${random(256)}`, to: null };
  if (kind === 'network') return { name: `network ${i}`, kind, from: `${net}.0`, to: '255.255.255.0' };
  return { name: `range ${i}`, kind, from: `${net}.${low}`, to: `${net}.${low + 1 + random(100)}` };
}

/** Numbers from 0 up to, not including, what is asked: a linear congruence, by its upper bits. */
function generator(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}
