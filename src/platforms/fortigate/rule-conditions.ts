import type { Condition } from '../../model/policy.js';
import { expiryOf, lastDayOf } from './schedules.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, valuesOf } from './tree.js';
import { isOn } from './values.js';

/** What a policy asks for beyond addresses and services, and which sides a service database stands for. */
export interface PolicyConditions {
  readonly conditions: readonly Condition[];
  readonly replaced: { readonly source: boolean; readonly destination: boolean };
}

interface ConditionAttribute {
  readonly kind: Condition['kind'];
  readonly words: string;
  /** Values that ask for nothing. */
  readonly neutral: readonly string[];
}

function attribute(
  name: string,
  kind: Condition['kind'],
  words: string,
  ...neutral: readonly string[]
): readonly [string, ConditionAttribute] {
  return [name, { kind, words, neutral: ['disable', ...neutral] }];
}

/** Attributes that narrow a policy by what no packet of the model has. */
const ATTRIBUTES: ReadonlyMap<string, ConditionAttribute> = new Map([
  attribute('schedule', 'schedule', 'only in the schedule', 'always'),
  attribute('policy-expiry', 'schedule', 'only until it expires'),
  attribute('groups', 'users', 'only for users of'),
  attribute('users', 'users', 'only for users'),
  attribute('fsso-groups', 'users', 'only for users of'),
  attribute('identity-based', 'users', 'only for users who log in'),
  attribute('devices', 'users', 'only for devices', 'all', 'any'),
  attribute('application', 'application', 'only for applications'),
  attribute('app-category', 'application', 'only for application categories'),
  attribute('app-group', 'application', 'only for application groups'),
  attribute('url-category', 'application', 'only for web categories'),
  attribute('src-vendor-mac', 'other', 'only for vendors of network cards'),
  attribute('ztna-ems-tag', 'users', 'only for devices tagged'),
  attribute('ztna-geo-tag', 'other', 'only for countries'),
  attribute('ztna-tag', 'users', 'only for devices tagged'),
  attribute('network-service-dynamic', 'other', 'only for network services'),
  attribute('network-service-src-dynamic', 'other', 'only from network services'),
  attribute('reputation-minimum', 'other', 'only from a reputation of', '0'),
  attribute('reputation-minimum6', 'other', 'only from a reputation of', '0'),
  attribute('vlan-filter', 'other', 'only in VLANs'),
  attribute('sgt-check', 'other', 'only with a security group tag'),
  attribute('tos-mask', 'other', 'only with a type of service', '0x00'),
  attribute('dscp-match', 'other', 'only with a DSCP'),
  attribute('match-vip-only', 'other', 'only for virtual IPs'),
  attribute('active-auth-method', 'users', 'only for users who log in'),
  attribute('ntlm', 'users', 'only for users who log in'),
  attribute('learning-mode', 'other', 'while it learns'),
]);

/** Databases of internet services that stand in place of an address side; the destination's also of the service. */
const DATABASES: readonly (readonly [string, 'source' | 'destination'])[] = [
  ['internet-service', 'destination'],
  ['internet-service6', 'destination'],
  ['internet-service-src', 'source'],
  ['internet-service6-src', 'source'],
];

const NO_SIDES: ReadonlySet<'source' | 'destination'> = new Set();

/** A policy that asks for nothing more. */
const NOTHING: PolicyConditions = { conditions: [], replaced: { source: false, destination: false } };

/** @param held sides of which the file holds the internet services: they ask for nothing more */
export function readConditions(
  scope: DeviceScope,
  node: ConfigNode,
  held: ReadonlySet<'source' | 'destination'> = NO_SIDES,
): PolicyConditions {
  const conditions: Condition[] = [];
  for (const [name, { values }] of node.settings) {
    const asked = ATTRIBUTES.get(name);
    if (asked === undefined) continue;
    const wanted = values.filter((value) => value !== '' && !asked.neutral.includes(value));
    if (wanted.length === 0) continue;
    const named = wanted.length === 1 && wanted[0] === 'enable' ? '' : ` ${wanted.join(', ')}`;
    const until = untilOf(scope, node, name, wanted);
    const description = `${asked.words}${named}`;
    conditions.push({ kind: asked.kind, description, ...(until === undefined ? {} : { until }) });
  }
  const replaced = { source: false, destination: false };
  for (const [stem, side] of DATABASES) {
    if (held.has(side) || isOn(firstValue(node, stem)) !== true) continue;
    replaced[side] = true;
    conditions.push({ kind: 'other', description: databaseWords(node, stem, side) });
  }
  return conditions.length === 0 ? NOTHING : { conditions, replaced };
}

function untilOf(
  scope: DeviceScope,
  node: ConfigNode,
  name: string,
  [wanted = '']: readonly string[],
): string | undefined {
  if (name === 'schedule') return lastDayOf(scope, wanted);
  return name === 'policy-expiry' ? expiryOf(node) : undefined;
}

function databaseWords(node: ConfigNode, stem: string, side: 'source' | 'destination'): string {
  const names = ['name', 'id', 'group', 'custom', 'custom-group'].flatMap((part) =>
    valuesOf(node, `${stem}-${part}`),
  );
  const but = isOn(firstValue(node, `${stem}-negate`)) === true ? 'all but ' : '';
  return `${side === 'source' ? 'only from' : 'only to'} internet services ${but}${names.join(', ')}`;
}
