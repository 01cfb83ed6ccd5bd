import type { PrintedContext } from './printed-keys.js';
import { nameOf } from './printed-objects.js';
import type { ReadFamily } from './read-families.js';
import type { Statement, Word } from './statement.js';

/** Users and groups of the appliance, and who is a member of what. */
export function putAccounts(context: PrintedContext): void {
  const { book, top, sink } = context;
  for (const local of book.all(top, 'user', 'local')) {
    for (const kind of ['user', 'group'] as const) {
      for (const block of book.all(local.body, kind)) {
        const name = nameOf(context, block, 1);
        if (name === undefined || block.negated) continue;
        const index = sink.next(kind);
        const user = kind === 'user';
        sink.put(user ? 'userObjId_N' : 'userGroupObjId_N', index, name.text, block.location);
        sink.put(user ? 'userObjPrivMask_N' : 'userGroupObjPrivMask_N', index, '0', block.location);
        if (user) putPassword(context, block, index);
        else sink.putWord('userGroupObjLdapLocn_N', index, ldapPlace(context, block));
        putMemberships(context, block, name.text);
      }
    }
  }
}

/** The place behind `memberships-by-ldap-location`; an answer says there how it counts, and the place as `ldap-location`. */
function ldapPlace({ book }: PrintedContext, { body }: Statement): Word | undefined {
  const counts = book.word(body, 'memberships-by-ldap-location');
  const place = book.word(body, 'ldap-location');
  return counts === undefined ? undefined : (place ?? counts);
}

/** `member-of G` of an account, `member user N` of a group. */
function putMemberships({ book, sink }: PrintedContext, { body }: Statement, name: string): void {
  const pairs = [
    ...book.all(body, 'member-of').map((each) => [each, name, each.words.at(-1) ?? ''] as const),
    ...book.all(body, 'member').map((each) => [each, each.words.at(-1) ?? '', name] as const),
  ];
  for (const [{ negated, words, location }, atom, group] of pairs) {
    if (negated || words.length < 2) continue;
    const index = sink.next('uo');
    sink.put('uo_atomToGrp_N', index, atom, location);
    sink.put('uo_grpToGrp_N', index, group, location);
  }
}

function putPassword({ book, sink }: PrintedContext, { body }: Statement, index: number): void {
  sink.putWord('userObjCryptPass_N', index, book.word(body, 'password'));
}

const TUNNEL_FLAGS: readonly (readonly [readonly string[], ReadFamily])[] = [
  [['management', 'https'], 'ipsecHttpsMgmt_N'],
  [['management', 'http'], 'ipsecHttpMgmt_N'],
  [['management', 'ssh'], 'ipsecSshMgmt_N'],
  [['management', 'snmp'], 'ipsecSnmpMgmt_N'],
  [['user-login', 'https'], 'ipsecHttpsUsrLogin_N'],
  [['user-login', 'http'], 'ipsecHttpUsrLogin_N'],
];

/** `vpn policy site-to-site NAME`, `vpn policy group-vpn NAME`, `vpn policy tunnel-interface NAME`. */
export function putTunnels(context: PrintedContext): void {
  const { book, top, sink } = context;
  for (const block of book.all(top, 'vpn', 'policy')) {
    const { body, location } = block;
    const [, , kind = ''] = block.words;
    const name = nameOf(context, block, 3);
    if (name === undefined) continue;
    const index = sink.next('ipsec');
    sink.put('ipsecName_N', index, name.text, location);
    sink.put('ipsecSaDisabled_N', index, book.flag(body, 'enable') === false ? 'on' : 'off', location);
    sink.put('ipsecClientPolicy_N', index, kind === 'group-vpn' ? 'on' : 'off', location);
    sink.putWord('ipsecGwAddr_N', index, book.word(body, 'gateway', 'primary'));
    sink.putWord('ipsecSecGwAddr_N', index, book.word(body, 'gateway', 'secondary'));
    const remote = book.all(body, 'network', 'remote').find(({ negated }) => !negated);
    const behind = remote !== undefined && /^(?:name|group)$/.test(remote.words.at(-2) ?? '');
    if (behind) sink.put('ipsecRemoteNetwork_N', index, remote.words.at(-1) ?? '', remote.location);
    const local = book.all(body, 'network', 'local').find(({ negated }) => !negated);
    const here = local !== undefined && /^(?:name|group)$/.test(local.words.at(-2) ?? '');
    if (here) sink.put('ipsecLocalNetwork_N', index, local.words.at(-1) ?? '', local.location);
    for (const [words, family] of TUNNEL_FLAGS) {
      const flag = book.flag(body, ...words);
      if (flag !== null) sink.put(family, index, flag ? 'on' : 'off', location);
    }
    if (kind === 'group-vpn') putClientAuthentication(context, body, index);
    putSharedSecret(context, body, index);
  }
}

/**
 * `l2tp-server` in a block `vpn`: a real text of 6.5 says `no` before it, the vendor's tests and the API specification of
 * 7.0.1 what is in it. An answer says `enable`; in a text the block stands where the server runs.
 */
export function putL2tpServer({ book, top, sink }: PrintedContext): void {
  const around = book.all(top, 'vpn').filter(({ words }) => words.length === 1);
  const servers = [
    ...book.all(top, 'vpn', 'l2tp-server').filter(({ words }) => words.length === 2),
    ...around.flatMap(({ body }) => book.all(body, 'l2tp-server').filter(({ words }) => words.length === 1)),
  ];
  const server = servers.find(({ negated }) => !negated) ?? servers[0];
  if (server === undefined) return;
  const { body, location } = server;
  const runs = !server.negated && book.flag(body, 'enable') !== false;
  sink.put('L2TPServerEnabled', null, runs ? 'on' : 'off', location);
  if (!runs) return;
  sink.putWord('L2TPsUserGroup', null, book.word(body, 'user-group'));
  const pool = book
    .all(body, 'ip-pool', 'local')
    .flatMap(({ words, location: place }) =>
      words.flatMap((text) => (/^\d+(?:\.\d+){3}$/.test(text) ? [{ text, location: place }] : [])),
    );
  sink.putWord('L2TPsPPPStartIp', null, pool[0]);
  sink.putWord('L2TPsPPPEndIp', null, pool[1]);
  sink.putWord('L2TPsDnsServer1', null, book.word(body, 'dns', 'primary'));
  sink.putWord('L2TPsDnsServer2', null, book.word(body, 'dns', 'secondary'));
}

/** `client-authentication require-xauth GROUP` in a real text of 6.5; without it clients may come in unasked. */
function putClientAuthentication(
  { book, sink }: PrintedContext,
  body: readonly Statement[],
  index: number,
): void {
  const found = [
    ...book.all(body, 'require-xauth'),
    ...book.all(body, 'client-authentication').map((each) => ({ ...each, words: each.words.slice(1) })),
  ].filter(({ words: [first] }) => first === 'require-xauth' || first === 'unauthenticated-access');
  const [first] = found;
  if (first === undefined) return;
  const asked = found.some(({ words, negated }) => words[0] === 'require-xauth' && !negated);
  sink.put('ipsecXauthClient_N', index, asked ? 'on' : 'off', first.location);
  const group = found.find(
    ({ words, negated }) => words[0] === 'require-xauth' && !negated && words.length > 1,
  );
  if (group !== undefined) sink.put('ipsecXauthUserGroup_N', index, group.words.at(-1) ?? '', group.location);
}

function putSharedSecret({ book, sink }: PrintedContext, body: readonly Statement[], index: number): void {
  const methods = book.all(body, 'auth-method');
  const nested = methods.find(({ words }) => words.at(-2) === 'shared-secret' && words.length > 2);
  const secret = methods
    .flatMap((method) => book.all(method.body, 'shared-secret'))
    .find(({ words, negated }) => !negated && words.length > 1);
  const found = secret ?? nested;
  if (found !== undefined) sink.put('ipsecESPKey_N', index, found.words.at(-1) ?? '', found.location);
}
