import type { Manager } from '../../model/firewall-config.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { isOn, isSet } from './values.js';

/** Whoever manages the appliance from afar: GMS and its standby, zero-touch, where flows are sent. */
export function readManagers(reader: KeyReader): readonly Manager[] {
  return [...gmsManagers(reader), ...zeroTouch(reader), ...flowServers(reader)];
}

/**
 * GMS is on in every mode but 0: by HTTPS to the management address, over a tunnel that is there, or over
 * one of its own. The standby takes over by itself.
 */
function gmsManagers(reader: KeyReader): readonly Manager[] {
  const mode = reader.single('paramGmsMode');
  if (mode === undefined || mode.text === '0' || mode.text === '') return [];
  const host = reader.single('snmp_HostIPGMS');
  const standby = reader.single('standby_sgms_HostIPGMS');
  return [
    { kind: 'gms', address: addressOf(host), enabled: true, location: mode.location },
    ...(isSet(standby) && standby !== undefined
      ? [{ kind: 'gms', address: standby.text, enabled: true, location: standby.location }]
      : []),
  ];
}

function zeroTouch(reader: KeyReader): readonly Manager[] {
  const enabled = reader.single('zeroTouchEnable');
  if (enabled === undefined || isOn(enabled) !== true) return [];
  const host = [reader.single('zeroTouchServerIp'), reader.single('zeroTouchTTFqdn')].find(isSet);
  return [{ kind: 'zero-touch', address: addressOf(host), enabled: true, location: enabled.location }];
}

const FLOW_SERVERS: readonly ReadFamily[] = ['gmsServerAddr', 'gmsServer2Addr'];

function flowServers(reader: KeyReader): readonly Manager[] {
  const enabled = isOn(reader.single('gmsServerEnable')) !== false;
  return FLOW_SERVERS.flatMap((family) => {
    const address = reader.single(family);
    return address !== undefined && isSet(address)
      ? [{ kind: 'gms-flow-server', address: address.text, enabled, location: address.location }]
      : [];
  });
}

function addressOf(value: Value | undefined): string | null {
  return isSet(value) ? (value?.text ?? null) : null;
}
