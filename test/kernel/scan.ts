import type { ReportExposure } from '../../src/model/audit-report.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { auditCaptures } from '../support/run.js';

/** What `fwaudit scan` tells of a dump: the doors of its report, without a register. */
export function doorsOf(save: string, file: string): readonly ReportExposure[] {
  return auditCaptures([{ file, bytes: Buffer.from(save) }]).exposures;
}

/** A connection that arrived, as it was by then. */
export interface Connection {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: number;
}

/** Whether a door holds a connection to where it arrived: at the firewall, or out of an interface. */
export function isDoorOf(
  { sources, target, service }: ReportExposure,
  { source, destination, protocol, port }: Connection,
): boolean {
  const served = service.protocol === 'any' || service.protocol.split('+').includes(protocol);
  const asked =
    service.ports.length === 0 ||
    service.ports.some((range) => {
      const [first = 0, last = first] = String(range).split('-').map(Number);
      return first <= port && port <= last;
    });
  const addressed = target.dynamic !== null || holds(target.addresses, destination);
  return served && asked && addressed && holds(sources, source);
}

function holds(cidrs: readonly string[], address: string): boolean {
  return IpSet.unionOf(cidrs.map((each) => IpSet.of(each))).contains(IpSet.of(address));
}
