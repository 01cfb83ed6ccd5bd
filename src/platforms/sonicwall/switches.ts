import type { Location } from '../../model/location.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';

/** What a switch is looked up with; the reader of keys knows these families. */
interface Switches {
  at(family: DoubtfulFamily, index: number): Stated | undefined;
  single(family: DoubtfulFamily): Stated | undefined;
  indices(...families: readonly DoubtfulFamily[]): readonly number[];
}

interface Stated {
  readonly text: string;
  readonly location: Location;
}

/**
 * Switches that are off in every real export, and that by their names may let somebody in: no source says how, so
 * that one which is on is told, and never passed over.
 */
const SWITCHES = {
  allowMgmtTraffic: 'management traffic is allowed by a switch that no rule stands for',
  UTMmanagement: 'management is allowed by a switch that no rule stands for',
  enableIPv6FromUntrusted: 'IPv6 from untrusted zones is enabled by a switch that no rule stands for',
  enableIPv6FromWlan: 'IPv6 from wireless zones is enabled by a switch that no rule stands for',
  enableSpByPassFw: 'access points bypass the access rules',
  wlanBypassFirewall: 'the wireless network bypasses the access rules',
  Vpn1ArmedEnable: 'VPN runs in single-armed mode: by which zones its traffic passes is not known',
  radiusAcctAuthEnabled:
    'users are logged in by what senders of RADIUS accounting say, and these are not read',
  ipsecRemoteClients_N: 'a VPN policy is for remote clients in a way that is not known',
  enableSQLConsole: 'the SQL console of the appliance is on',
  enableDialback: 'the modem answers calls to dial back',
  isCustomerDownloadSSLVPNUrl: 'SSL VPN clients are downloaded from a server that somebody entered',
  isUseCustomerDownloadUrl: 'firmware of access points is downloaded from a server that somebody entered',
} as const;

/** "Allow RADIUS clients to connect via" of RADIUS to LDAP Relay, but for trusted zones. */
const RELAYED = ['ldapRelayOnWAN', 'ldapRelayOnDMZ', 'ldapRelayOnWLAN', 'ldapRelayOnVPN'] as const;

const OTHERS = ['dhcprMgmtIp', 'awsTagAddrGrpMap', 'ldapRelayEnable', ...RELAYED] as const;

type SwitchFamily = keyof typeof SWITCHES;
type DoubtfulFamily = SwitchFamily | (typeof OTHERS)[number];

const SWITCH_FAMILIES = Object.keys(SWITCHES) as readonly SwitchFamily[];

/** Families of keys that are read only to say that they are not judged. */
export const DOUBTFUL_FAMILIES: readonly DoubtfulFamily[] = [...SWITCH_FAMILIES, ...OTHERS];

/** Tells every such switch that is on: the scan is incomplete then. */
export function noteSwitches(reader: Switches, log: DiagnosticLog): void {
  for (const family of SWITCH_FAMILIES) {
    const values = family.endsWith('_N')
      ? reader.indices(family).map((index) => reader.at(family, index))
      : [reader.single(family)];
    for (const value of values) if (isOn(value)) log.note('unclassified', SWITCHES[family], value.location);
  }
  const own = reader.single('dhcprMgmtIp');
  if (own !== undefined && own.text !== '' && own.text !== '0.0.0.0') {
    log.note('unclassified', 'DHCP over VPN gives the appliance an address for management', own.location);
  }
  const filled = reader.single('awsTagAddrGrpMap');
  if (filled !== undefined && filled.text !== '') {
    const trouble = 'address groups are filled from a cloud account: their members are not in the file';
    log.note('unclassified', trouble, filled.location);
  }
  const relay = reader.single('ldapRelayEnable');
  if (isOn(relay) && RELAYED.some((family) => isOn(reader.single(family)))) {
    const trouble =
      'RADIUS to LDAP Relay takes requests from other than trusted zones: who may ask is not judged';
    log.note('unclassified', trouble, relay.location);
  }
}

function isOn(value: Stated | undefined): value is Stated {
  return value?.text === 'on' || value?.text === '1';
}
