import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';

const ICMP = 1;

/** pf's names of message types: that of ICMP, that of ICMPv6; null where the family has none. */
const ICMP_TYPES: ReadonlyMap<string, readonly [number | null, number | null]> = new Map([
  ['echorep', [0, 129]],
  ['unreach', [3, 1]],
  ['squench', [4, null]],
  ['redir', [5, 137]],
  ['althost', [6, null]],
  ['echoreq', [8, 128]],
  ['routeradv', [9, 134]],
  ['routersol', [10, 133]],
  ['timex', [11, 3]],
  ['paramprob', [12, 4]],
  ['timereq', [13, null]],
  ['timerep', [14, null]],
  ['inforeq', [15, null]],
  ['inforep', [16, null]],
  ['maskreq', [17, null]],
  ['maskrep', [18, null]],
  ['trace', [30, null]],
  ['dataconv', [31, null]],
  ['mobredir', [32, null]],
  ['ipv6-where', [33, null]],
  ['ipv6-here', [34, null]],
  ['mobregreq', [35, null]],
  ['mobregrep', [36, null]],
  ['skip', [39, null]],
  ['photuris', [40, null]],
  ['toobig', [null, 2]],
  ['listqry', [null, 130]],
  ['groupqry', [null, 130]],
  ['listenrep', [null, 131]],
  ['grouprep', [null, 131]],
  ['listendone', [null, 132]],
  ['groupterm', [null, 132]],
  ['neighbrsol', [null, 135]],
  ['neighbradv', [null, 136]],
  ['routrrenum', [null, 138]],
  ['fqdnreq', [null, 139]],
  ['niqry', [null, 139]],
  ['wrureq', [null, 139]],
  ['fqdnrep', [null, 140]],
  ['nirep', [null, 140]],
  ['wrurep', [null, 140]],
  ['mtraceresp', [null, 200]],
  ['mtrace', [null, 201]],
]);

/** Message types of a rule, and what could not be made sure of. */
export interface IcmpTypes {
  /** null: every type. */
  readonly services: ServiceSet | null;
  readonly doubts: readonly string[];
}

export const EVERY_TYPE: IcmpTypes = { services: null, doubts: [] };

/** The types that a list of names means in the protocols of its rule. */
export function icmpTypes(text: string, protocols: readonly number[]): IcmpTypes {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length === 0 || names.includes('any')) return EVERY_TYPE;
  const parts = names.map((name) => icmpType(name.trim(), protocols));
  if (!parts.every((part) => part !== null)) {
    return { services: null, doubts: ['its ICMP type is not known: taken as any'] };
  }
  return { services: ServiceSet.unionOf(parts), doubts: [] };
}

function icmpType(name: string, protocols: readonly number[]): ServiceSet | null {
  const number = /^\d{1,3}$/.test(name) ? Number(name) : null;
  const types = number !== null && number < 256 ? [number, number] : ICMP_TYPES.get(name);
  if (types === undefined) return null;
  return ServiceSet.unionOf(
    protocols.map((protocol) => {
      const type = types[protocol === ICMP ? 0 : 1];
      return type === null || type === undefined
        ? ServiceSet.EMPTY
        : ServiceSet.of(protocol, PortSet.of(type));
    }),
  );
}
