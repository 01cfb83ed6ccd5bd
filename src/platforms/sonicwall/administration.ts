import type { Administrator, Manager, SecretRef, Setting, Tunnel } from '../../model/firewall-config.js';
import type { DiagnosticLog } from './diagnostic-log.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily, SecretKey, SettingKey } from './read-families.js';
import { SECRETS, SETTINGS } from './read-families.js';
import { groupMembers, integer, isOn, originOf } from './values.js';

/** Bits of a privilege mask that give rights over the appliance, with the vendor's words for them. */
const PRIVILEGES: readonly (readonly [number, string])[] = [
  [16, 'administrator'],
  [2, 'limited administrator'],
  [32, 'read-only administrator'],
  [4, 'guest administrator'],
  [16_384, 'system administrator'],
  [32_768, 'cryptographic administrator'],
  [65_536, 'audit administrator'],
];

interface AccountRow {
  readonly name: string;
  readonly kind: 'user' | 'group';
  readonly mask: number;
  readonly properties: Value | undefined;
  readonly id: Value;
}

/** Users and groups with rights over the appliance. The built-in administrator is in no export. */
export function readAdministrators(reader: KeyReader, log: DiagnosticLog): readonly Administrator[] {
  const parents = parentsOf(groupMembers(reader, 'uo_atomToGrp_N', 'uo_grpToGrp_N', log));
  const rows = [...accountRows(reader, 'user', log), ...accountRows(reader, 'group', log)];
  const masks = new Map<string, number>();
  for (const row of rows) if (row.kind === 'group') masks.set(row.name, row.mask);
  return rows.flatMap((row) => {
    const groups = parents.get(row.name) ?? [];
    const mask = effectiveMask(row, parents, masks);
    const words = PRIVILEGES.filter(([bit]) => hasBit(mask, bit)).map(([, word]) => word);
    if (words.length === 0) return [];
    return [
      {
        name: row.name,
        kind: row.kind,
        groups,
        privilege: words.join(', '),
        enabled: true,
        origin: originOf(row.properties),
        location: row.id.location,
      },
    ];
  });
}

function accountRows(reader: KeyReader, kind: 'user' | 'group', log: DiagnosticLog): readonly AccountRow[] {
  const stem = kind === 'user' ? 'userObj' : 'userGroupObj';
  return reader.indices(`${stem}Id_N`, `${stem}PrivMask_N`).flatMap((index) => {
    const id = reader.at(`${stem}Id_N`, index);
    const mask = reader.at(`${stem}PrivMask_N`, index);
    if (id === undefined || (mask !== undefined && integer(mask.text) === null)) {
      const location = mask?.location ?? reader.locate(`${stem}Id_N`, index);
      log.note('missing-value', `a ${kind} has no name or no readable privileges`, location);
    }
    if (id === undefined) return [];
    const properties = reader.at(`${stem}Properties_N`, index);
    return [{ name: id.text, kind, mask: integer(mask?.text) ?? 0, properties, id }];
  });
}

/** The privileges that the firmware gives its built-in groups, where the export leaves them out. */
const GROUP_MASKS: ReadonlyMap<string, number> = new Map([
  ['SonicWALL Administrators', 16],
  ['Limited Administrators', 2],
  ['SonicWALL Read-Only Admins', 32],
  ['Guest Administrators', 4],
  ['System Administrators', 16_384],
  ['Cryptographic Administrators', 32_768],
  ['Audit Administrators', 65_536],
]);

/** An account's own privileges and those of every group it is in, however deep. */
function effectiveMask(
  row: AccountRow,
  parents: ReadonlyMap<string, readonly string[]>,
  masks: ReadonlyMap<string, number>,
): number {
  const bits = new Set(PRIVILEGES.map(([bit]) => bit).filter((bit) => hasBit(row.mask, bit)));
  const seen = new Set(parents.get(row.name) ?? []);
  for (const group of seen) {
    const mask = masks.get(group) ?? GROUP_MASKS.get(group) ?? 0;
    for (const [bit] of PRIVILEGES) if (hasBit(mask, bit)) bits.add(bit);
    for (const parent of parents.get(group) ?? []) seen.add(parent);
  }
  return [...bits].reduce((sum, bit) => sum + bit, 0);
}

/** Bits are tested by division: a mask may be wider than 32 bits. */
function hasBit(mask: number, bit: number): boolean {
  return Math.floor(mask / bit) % 2 === 1;
}

function parentsOf(members: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const [group, names] of members) {
    for (const name of names) {
      const before = parents.get(name);
      if (before === undefined) parents.set(name, [group]);
      else before.push(group);
    }
  }
  return parents;
}

const TUNNEL_SERVICES: readonly (readonly [ReadFamily, string])[] = [
  ['ipsecHttpsMgmt_N', 'https-management'],
  ['ipsecHttpMgmt_N', 'http-management'],
  ['ipsecSshMgmt_N', 'ssh-management'],
  ['ipsecSnmpMgmt_N', 'snmp'],
  ['ipsecHttpsUsrLogin_N', 'user-login'],
  ['ipsecHttpUsrLogin_N', 'user-login'],
];

/** IPsec policies, and SSL VPN when a zone offers it. */
export function readTunnels(reader: KeyReader, sslVpnOffered: boolean): readonly Tunnel[] {
  const running = isOn(reader.single('ipsecEnable')) !== false;
  const tunnels = reader.indices('ipsecName_N').flatMap((index): readonly Tunnel[] => {
    const name = reader.at('ipsecName_N', index);
    if (name === undefined) return [];
    const peers = [reader.at('ipsecGwAddr_N', index), reader.at('ipsecSecGwAddr_N', index)];
    const services = TUNNEL_SERVICES.filter(([family]) => isOn(reader.at(family, index)) === true);
    const remote = reader.at('ipsecRemoteNetwork_N', index)?.text ?? '';
    return [
      {
        name: name.text,
        kind: isOn(reader.at('ipsecClientPolicy_N', index)) === true ? 'remote-access' : 'site-to-site',
        enabled: running && isOn(reader.at('ipsecSaDisabled_N', index)) !== true,
        peers: peers.flatMap((peer) => (isSet(peer) ? [peer?.text ?? ''] : [])),
        remoteNetworks: remote === '' ? [] : [remote],
        management: [...new Set(services.map(([, service]) => service))],
        location: name.location,
      },
    ];
  });
  return sslVpnOffered ? [...tunnels, sslVpnTunnel(reader)] : tunnels;
}

function sslVpnTunnel(reader: KeyReader): Tunnel {
  const management = [
    ...(isOn(reader.single('sslvpnWebMgmt')) === true ? ['https-management'] : []),
    ...(isOn(reader.single('sslvpnSshMgmt')) === true ? ['ssh-management'] : []),
  ];
  return {
    name: 'SSL VPN',
    kind: 'remote-access',
    enabled: true,
    peers: [],
    remoteNetworks: [],
    management,
    location: reader.locate('sslvpnSvcPort'),
  };
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && value.text !== '' && value.text !== '0.0.0.0';
}

/** Whoever manages the appliance from afar: GMS, zero-touch, and the server it sends flows to. */
export function readManagers(reader: KeyReader): readonly Manager[] {
  const managers: Manager[] = [];
  const gms = reader.single('paramGmsMode');
  if (gms !== undefined && gms.text !== '0' && gms.text !== '') {
    const host = reader.single('snmp_HostIPGMS');
    managers.push({
      kind: 'gms',
      address: isSet(host) ? (host?.text ?? null) : null,
      enabled: true,
      location: gms.location,
    });
  }
  const zeroTouch = reader.single('zeroTouchEnable');
  if (zeroTouch !== undefined && isOn(zeroTouch) === true) {
    const host = [reader.single('zeroTouchServerIp'), reader.single('zeroTouchTTFqdn')].find(isSet);
    managers.push({
      kind: 'zero-touch',
      address: host?.text ?? null,
      enabled: true,
      location: zeroTouch.location,
    });
  }
  const flows = reader.single('gmsServerAddr');
  if (flows !== undefined && isSet(flows)) {
    const enabled = isOn(reader.single('gmsServerEnable')) !== false;
    managers.push({ kind: 'gms-flow-server', address: flows.text, enabled, location: flows.location });
  }
  return managers;
}

/** Facts of the management plane, under names that checks may rely on. */
export function readSettings(reader: KeyReader): readonly Setting[] {
  const settings = (Object.keys(SETTINGS) as SettingKey[]).flatMap((key): readonly Setting[] => {
    const value = reader.single(key);
    if (value === undefined || value.text === '') return [];
    return [{ name: SETTINGS[key], value: settingValue(value.text), location: value.location }];
  });
  return [...settings, ...registrationSetting(reader), ...importSetting(reader)];
}

function settingValue(text: string): string | number | boolean {
  if (text === 'on') return true;
  if (text === 'off') return false;
  return integer(text) ?? text;
}

/** Registered or not; by whom, no export says. The code itself is a secret. */
function registrationSetting(reader: KeyReader): readonly Setting[] {
  const code = reader.single('registrationCode');
  return code === undefined ? [] : [{ name: 'registered', value: code.text !== '', location: code.location }];
}

/** Appliances whose settings were imported into this one. */
function importSetting(reader: KeyReader): readonly Setting[] {
  const [first, ...rest] = reader.indices('prefsHistorySerialNumber_N');
  if (first === undefined) return [];
  const location = reader.locate('prefsHistorySerialNumber_N', first);
  return [{ name: 'imported-configurations', value: 1 + rest.length, location }];
}

/** Where secrets stand, and how they are kept. Values are looked at here and never handed on. */
export function readSecrets(reader: KeyReader): readonly SecretRef[] {
  return (Object.keys(SECRETS) as SecretKey[]).flatMap((family) => {
    const values = family.endsWith('_N')
      ? reader.indices(family).map((index) => reader.at(family, index))
      : [reader.single(family)];
    return values.flatMap((value) => {
      if (value === undefined || value.text === '') return [];
      return [{ kind: SECRETS[family], protection: protectionOf(value.text), location: value.location }];
    });
  });
}

/** `3,<hex>` and `4,<hex>` are encrypted with a key that the firmware holds: whoever has it reads them. */
function protectionOf(value: string): SecretRef['protection'] {
  return /^\d,[0-9a-fA-F]+$/.test(value) ? 'reversible' : 'clear';
}
