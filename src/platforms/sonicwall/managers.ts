import type { Manager } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { AddressObject } from '../../model/objects.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { distinct, isOn, isSet, resolved } from './values.js';

/** Whoever manages the appliance from afar: GMS and its standby, zero-touch, where flows are sent. */
export function readManagers(
  reader: KeyReader,
  addressObjects: readonly AddressObject[],
): readonly Manager[] {
  return [...gmsManagers(reader), ...zeroTouch(reader), ...flowServers(reader, addressObjects)];
}

/** Where the addresses of GMS and of its standby stand; a name stands in the second of each alone [C: 6 of 310]. */
const GMS: readonly ReadFamily[] = ['snmp_HostIPGMS', 'globalMgtIpName'];
const STANDBY_GMS: readonly ReadFamily[] = ['standby_sgms_HostIPGMS', 'globalMgtSlIpName'];

/**
 * GMS is on in every mode but 0: by HTTPS to the management address, over a tunnel that is there, or over
 * one of its own. The standby takes over by itself.
 */
function gmsManagers(reader: KeyReader): readonly Manager[] {
  const mode = reader.single('paramGmsMode');
  const hosts = stated(reader, GMS);
  const standbys = stated(reader, STANDBY_GMS).filter(({ text }) =>
    hosts.every((host) => host.text !== text),
  );
  if (mode === undefined || mode.text === '0' || mode.text === '') return [];
  const gms = (address: string | null, location: Location): Manager => ({
    kind: 'gms',
    address,
    enabled: true,
    location,
  });
  return [
    ...(hosts.length === 0 ? [gms(null, mode.location)] : hosts.map(({ text }) => gms(text, mode.location))),
    ...standbys.map(({ text, location }) => gms(text, location)),
  ];
}

function stated(reader: KeyReader, families: readonly ReadFamily[]): readonly Value[] {
  return distinct(families.map((family) => reader.single(family)).filter(isSet));
}

function zeroTouch(reader: KeyReader): readonly Manager[] {
  const enabled = reader.single('zeroTouchEnable');
  if (enabled === undefined || isOn(enabled) !== true) return [];
  const host = [reader.single('zeroTouchServerIp'), reader.single('zeroTouchTTFqdn')].find(isSet);
  return [{ kind: 'zero-touch', address: addressOf(host), enabled: true, location: enabled.location }];
}

/** Each by its address, or by the address object that names it. */
const FLOW_SERVERS = [
  ['gmsServerAddr', 'gmsServerAddrObj'],
  ['gmsServer2Addr', 'gmsServer2AddrObj'],
] as const satisfies readonly (readonly ReadFamily[])[];

function flowServers(reader: KeyReader, objects: readonly AddressObject[]): readonly Manager[] {
  const enabled = isOn(reader.single('gmsServerEnable')) !== false;
  return FLOW_SERVERS.flatMap((families) => {
    const found = resolved(
      families.map((family) => reader.single(family)),
      objects,
    );
    return found === undefined
      ? []
      : [{ kind: 'gms-flow-server', address: found.text, enabled, location: found.location }];
  });
}

function addressOf(value: Value | undefined): string | null {
  return isSet(value) ? (value?.text ?? null) : null;
}
