import type { Tunnel } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { AddressObject } from '../../model/objects.js';
import { createStatementBook, type Statement } from './statement.js';

/** How the connector is called in this model, as the vendor calls the service. */
export const CLOUD_EDGE = 'Cloud Secure Edge';

/** The group that the firmware makes for its connector: what users of the cloud may be led to. */
const ALLOWED = 'Default CSE Allowed CIDRs';

/**
 * A connector of Cloud Secure Edge (7.1.2 and later) dials out to the vendor's cloud, and whoever the owner of the
 * account there lets in comes back by it, past every rule for what comes from outside. Which key of an export says that
 * it runs is not known: the group of what it leads to says so, once something is in it.
 */
export function readCloudEdge(objects: readonly AddressObject[]): readonly Tunnel[] {
  const group = objects.find(({ name, content }) => name === ALLOWED && content.kind === 'group');
  if (group?.content.kind !== 'group' || group.content.members.length === 0) return [];
  return [connector(group.location)];
}

/**
 * The same where the command line or an answer says it: `created` in the block `cloud-secure-edge`. What is said there
 * counts more than a group that was left behind.
 */
export function withCloudEdge(
  tunnels: readonly Tunnel[],
  statements: readonly Statement[],
): readonly Tunnel[] {
  const book = createStatementBook();
  const blocks = statements.filter(({ words }) => words[0] === 'cloud-secure-edge');
  const lines = blocks.flatMap(({ words, negated, body, location }) => [
    { words: words.slice(1), negated, body: [], location },
    ...body,
  ]);
  const created = book.flag(lines, 'created');
  const [first] = blocks;
  if (created === null || first === undefined) return tunnels;
  const others = tunnels.filter(({ name }) => name !== CLOUD_EDGE);
  return created ? [...others, connector(first.location)] : others;
}

function connector(location: Location): Tunnel {
  return {
    name: CLOUD_EDGE,
    kind: 'site-to-site',
    enabled: true,
    peers: ['SonicWall Cloud Secure Edge'],
    remoteNetworks: [],
    management: [],
    location,
  };
}
