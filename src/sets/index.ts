export { BoxList } from './box-list.js';
export { IpSet, maskToPrefix, parseIpSet } from './ip-set.js';
export type { PacketBox } from './packet-set.js';
export { PacketSet } from './packet-set.js';
export { PortSet } from './port-set.js';
export { protocolName, ServiceSet } from './service-set.js';
