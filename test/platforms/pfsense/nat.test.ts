import { describe, expect, it } from 'vitest';
import { alias, config, deviceOf, parse, policyOf } from './build.js';

function natOf(nat: string, aliases = '', more = '') {
  return deviceOf(config({ nat, aliases, more })).natRules;
}

function forward(fields: string): string {
  return `<rule><interface>wan</interface><protocol>tcp</protocol><source><any/></source>${fields}</rule>`;
}

const TO_WAN = '<destination><network>wanip</network><port>8443</port></destination>';

describe('port forwards', () => {
  it('send packets on', () => {
    const [rule] = natOf(
      forward(`${TO_WAN}<target>10.0.0.5</target><local-port>443</local-port><descr>Web</descr>`),
    );
    expect(rule).toMatchObject({
      name: 'Port Forward 1',
      enabled: true,
      family: 'ipv4',
      inInterfaces: ['WAN'],
      outInterfaces: null,
      comment: 'Web',
      approximate: [],
    });
    expect(rule?.destination.objects).toEqual(['WAN address']);
    expect(rule?.translatedDestination?.literal?.toCidrs()).toEqual(['10.0.0.5/32']);
    expect(rule?.translatedService?.literal?.toTexts()).toEqual(['tcp/443']);
  });

  it.each([
    ['8443', '8443', null],
    ['8443', '', null],
    ['8000-8010', '9000', ['tcp/9000-9010']],
    ['8000:8010', '9000', ['tcp/9000-9010']],
    ['8000-8010', '65530', ['tcp/65530']],
    ['PORTS', '443', ['tcp/443']],
    ['8443', 'PORTS', ['tcp/80', 'tcp/8080']],
  ])('from port %s to local port %s become %j', (from, to, texts) => {
    const destination = `<destination><any/><port>${from}</port></destination>`;
    const [rule] = natOf(
      forward(`${destination}<target>10.0.0.5</target><local-port>${to}</local-port>`),
      alias('PORTS', 'port', '80 8080'),
    );
    expect(rule?.translatedService?.literal?.toTexts() ?? null).toEqual(texts);
  });

  it('go to the hosts of an alias, or to an interface', () => {
    const targets = ['HOSTS', 'lanip', '127.0.0.1'].map((target) =>
      forward(`${TO_WAN}<target>${target}</target>`),
    );
    const rules = natOf(targets.join(''), alias('HOSTS', 'host', '10.0.0.5 10.0.0.6'));
    expect(rules.map((rule) => rule.translatedDestination?.objects)).toEqual([
      ['HOSTS'],
      ['LAN address'],
      [],
    ]);
  });

  it('leave packets alone with nordr, and are off when disabled', () => {
    const [rule] = natOf(forward(`${TO_WAN}<nordr/><disabled/>`));
    expect(rule).toMatchObject({ enabled: false, translatedDestination: null, translatedService: null });
  });

  it('let their packets pass without a rule when they say so', () => {
    const text = config({
      nat: forward(
        `${TO_WAN}<target>192.168.1.1</target><local-port>443</local-port><associated-rule-id>pass</associated-rule-id>`,
      ),
    });
    const [rule] = policyOf(deviceOf(text)).rules;
    expect(rule).toMatchObject({
      name: 'Port Forward 1 (pass)',
      action: { kind: 'permit' },
      origin: 'user',
      number: 1,
    });
    expect(rule?.destination.literal?.toCidrs()).toEqual(['192.168.1.1/32']);
    expect(rule?.service.literal?.toTexts()).toEqual(['tcp/443']);
    expect(policyOf(deviceOf(text), 'LAN').rules.some(({ name }) => name.endsWith('(pass)'))).toBe(false);
    const off = text.replace('<associated-rule-id>', '<disabled/><associated-rule-id>');
    expect(policyOf(deviceOf(off)).rules.some(({ name }) => name.endsWith('(pass)'))).toBe(false);
  });

  describe('are reflected to inner interfaces', () => {
    const off = '<disablenatreflection>yes</disablenatreflection>';
    const reflected = (reflection: string, own = '') => {
      const text = forward(`${TO_WAN}<target>192.168.1.20</target><local-port>443</local-port>${own}`);
      const device = deviceOf(config({ nat: text, reflection }));
      const [rule] = device.natRules.filter(({ name }) => name === 'Port Forward 1 (reflection)');
      const pass = policyOf(device, 'LAN').rules.some(({ name }) => name === rule?.name);
      return rule === undefined ? null : { on: rule.inInterfaces, doubts: rule.approximate?.length, pass };
    };
    const proxied = { on: ['LAN'], doubts: 1, pass: true };
    const translated = { on: ['LAN'], doubts: 1, pass: false };

    it.each([
      ['by a proxy where the system says nothing', '', '', proxied],
      ['not where it says so', off, '', null],
      [
        'by translation where it says so',
        '<enablenatreflectionpurenat>yes</enablenatreflectionpurenat>',
        '',
        translated,
      ],
      ['by a proxy that the forward asks for', off, '<natreflection>enable</natreflection>', proxied],
      ['by translation that the forward asks for', off, '<natreflection>purenat</natreflection>', translated],
      ['not where the forward says so', '', '<natreflection>disable</natreflection>', null],
      ['not where it does nothing', '', '<nordr/>', null],
      ['not where it is switched off', '', '<disabled/>', null],
    ])('%s', (_, system, own, expected) => {
      expect(reflected(system, own)).toEqual(expected);
    });

    it('past the rules where the forward passes without one', () => {
      const own = '<natreflection>purenat</natreflection><associated-rule-id>pass</associated-rule-id>';
      expect(reflected(off, own)).toEqual({ ...translated, pass: true });
    });
  });

  it('stand on every member of a group', () => {
    const more =
      '<ifgroups><ifgroupentry><ifname>Both</ifname><members>wan lan</members></ifgroupentry></ifgroups>';
    const [rule] = natOf(forward(TO_WAN).replace('>wan<', '>Both<'), '', more);
    expect(rule?.inInterfaces).toEqual(['WAN', 'LAN']);
  });
});

describe('1:1', () => {
  const mapping = (external: string, inner: string, more = '') =>
    natOf(
      `<onetoone><external>${external}</external><interface>wan</interface><source><address>${inner}</address></source><destination><any/></destination>${more}</onetoone>`,
    )[0];

  it('sends an outer address to an inner one', () => {
    const rule = mapping('198.51.100.4', '10.0.0.5');
    expect(rule?.destination.literal?.toCidrs()).toEqual(['198.51.100.4/32']);
    expect(rule?.translatedDestination?.literal?.toCidrs()).toEqual(['10.0.0.5/32']);
    expect(rule).toMatchObject({ name: '1:1 1', family: 'ipv4', inInterfaces: ['WAN'] });
  });

  it('maps as many addresses as the inner network has', () => {
    expect(mapping('198.51.100.0', '10.0.0.0/29')?.destination.literal?.toCidrs()).toEqual([
      '198.51.100.0/29',
    ]);
  });

  it('takes the address of an interface, and does nothing with nobinat', () => {
    expect(mapping('wanip', '10.0.0.5')?.destination.objects).toEqual(['WAN address']);
    expect(mapping('198.51.100.4', '10.0.0.5', '<nobinat/>')?.translatedDestination).toBeNull();
  });
});

it('outbound rules are listed where people write them', () => {
  const rule = `<rule><interface>wan</interface><source><network>10.0.0.0/8</network></source><destination><any/></destination><target></target></rule>`;
  expect(natOf(`<outbound><mode>automatic</mode>${rule}</outbound>`)).toEqual([]);
  const [found] = natOf(`<outbound><mode>hybrid</mode>${rule}</outbound>`);
  expect(found).toMatchObject({ name: 'Outbound 1', outInterfaces: ['WAN'], translatedDestination: null });
  expect(found?.translatedSource?.objects).toEqual(['WAN address']);
  const target = rule.replace('<target>', '<target_subnet>30</target_subnet><target>198.51.100.8');
  const [pool] = natOf(`<outbound><mode>hybrid</mode>${target}</outbound>`);
  expect(pool?.translatedSource?.literal?.toCidrs()).toEqual(['198.51.100.8/30']);
});

it('port forwards come before 1:1, as in pf', () => {
  const nat = `<onetoone><external>198.51.100.4</external><source><address>10.0.0.5</address></source><destination><any/></destination></onetoone>${forward(TO_WAN)}`;
  expect(natOf(nat).map(({ name }) => name)).toEqual(['Port Forward 1', '1:1 1']);
});

describe('virtual servers', () => {
  const pool =
    '<lbpool><name>p</name><port>3389</port><servers>10.0.0.5</servers><servers>10.0.0.6</servers></lbpool>';
  const server = (mode: string, ofPool = 'p') =>
    `<virtual_server><poolname>${ofPool}</poolname><ipaddr>198.51.100.3</ipaddr><port>33890</port><mode>${mode}</mode></virtual_server>`;
  const balancer = (body: string) => `<load_balancer>${body}</load_balancer>`;

  it('send what comes to them to the servers of their pool, before port forwards', () => {
    const found = natOf(forward(TO_WAN), '', balancer(pool + server('redirect_mode')));
    expect(found.map(({ name }) => name)).toEqual(['Virtual Server 1', 'Port Forward 1']);
    expect(found[0]?.destination.literal?.toCidrs()).toEqual(['198.51.100.3/32']);
    expect(found[0]?.service.literal?.toTexts()).toEqual(['tcp/33890']);
    expect(found[0]?.translatedDestination?.literal?.toCidrs()).toEqual(['10.0.0.5/32', '10.0.0.6/32']);
    expect(found[0]?.translatedService?.literal?.toTexts()).toEqual(['tcp/3389']);
  });

  it('translate nothing where they relay, and the scan is incomplete', () => {
    const text = config({ more: balancer(pool + server('relay_mode')) });
    expect(deviceOf(text).natRules).toEqual([]);
    expect(parse(text).diagnostics).toMatchObject([{ code: 'unclassified', incomplete: true }]);
  });

  it('translate nothing without a pool', () => {
    expect(natOf('', '', balancer(pool + server('redirect_mode', 'other')))).toEqual([]);
  });
});

describe('a translation of prefixes', () => {
  it('is from a prefix that is written, or that an interface is given', () => {
    const outer = (destination: string) => {
      const nat = `<npt><interface>wan</interface><source><address>fd00:1::/64</address></source>
        <destination>${destination}</destination></npt>`;
      const { natRules, addressObjects } = deviceOf(config({ nat }));
      const { literal, objects = [] } = natRules[0]?.destination ?? {};
      const known = objects.every((name) => addressObjects.some((each) => each.name === name));
      return [...(literal?.toCidrs() ?? []), ...objects, known];
    };
    expect(outer('<address>2001:db8:2::/64</address>')).toEqual(['2001:db8:2::/64', true]);
    expect(outer('<network>lan/60</network>')).toEqual(['LAN subnet', true]);
    expect(outer('<network>gone/60</network>')).toEqual(['gone', false]);
  });
});
