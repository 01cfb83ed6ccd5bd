import type { SessionScript } from '../model/session-script.js';
import { session as ciscoAsa } from './cisco-asa/session.js';
import { session as ciscoIos } from './cisco-ios/session.js';
import { session as fortigate } from './fortigate/session.js';
import { session as iptables } from './iptables/session.js';
import { session as junos } from './junos/session.js';
import { session as mikrotik } from './mikrotik/session.js';
import { session as panos } from './panos/session.js';
import { session as pfsense } from './pfsense/session.js';
import { session as sonicwall } from './sonicwall/session.js';
import { session as vyos } from './vyos/session.js';

/**
 * How each platform is collected, by the platform's id. Some stand here before their parser does:
 * their captures are kept, and audited once there is one.
 */
export const sessions: ReadonlyMap<string, SessionScript> = new Map(
  [ciscoAsa, ciscoIos, fortigate, iptables, junos, mikrotik, panos, pfsense, sonicwall, vyos].map((each) => [
    each.platform,
    each,
  ]),
);
