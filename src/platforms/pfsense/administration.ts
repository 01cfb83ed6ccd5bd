import type { AdministratorMark } from '../../model/facts.js';
import type { Administrator, Manager } from '../../model/firewall-config.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, label, locationOf, value, words } from './config-tree.js';
import { obeyedServers } from './package-listeners.js';
import type { Reading } from './reading.js';

/** A privilege by which somebody changes the appliance or reads its configuration. */
function administers(privilege: string): boolean {
  return (
    privilege.startsWith('page-') ||
    privilege === 'user-shell-access' ||
    privilege.startsWith('user-copy-files') ||
    privilege === 'user-ssh-tunnel' ||
    privilege === SYNCHRONISES
  );
}

/**
 * "System: HA node sync" logs in to xmlrpc.php, which runs PHP and shell commands and replaces parts of the
 * configuration for whoever may (`exec_php`, `exec_shell`, `restore_config_section`).
 */
const SYNCHRONISES = 'system-xmlrpc-ha-sync';

/** Privileges that leave nothing out. */
function isEverything(privilege: string): boolean {
  return privilege === 'page-all' || privilege === SYNCHRONISES;
}

/** Users and groups that administer the appliance, by their own privileges and those of their groups. */
export function readAdministrators({ root, file }: Reading): readonly Administrator[] {
  const system = at(root, 'system');
  const groups = children(system, 'group');
  const users = children(system, 'user').flatMap((user): readonly Administrator[] => {
    const uid = value(user, 'uid');
    const listed = new Set(words(value(user, 'groupname')));
    const own = groups.filter(
      (group) =>
        listed.has(value(group, 'name')) ||
        children(group, 'member').some((member) => member.text.trim() === uid),
    );
    // Whatever the file says, the user with number 0 may do everything.
    const root0 = uid === '0' ? ['page-all'] : [];
    const privileges = [...new Set([...root0, ...privilegesOf(user), ...own.flatMap(privilegesOf)])];
    return administrator(
      user,
      'user',
      privileges,
      own.map((group) => value(group, 'name')),
      file,
    );
  });
  const outside = asksOutside(system);
  const grouped = groups
    .flatMap((group) => administrator(group, 'group', privilegesOf(group), [], file))
    .map((group) => (outside && group.origin === 'user' ? ofDirectory(group) : group));
  return [...users, ...grouped];
}

/** Whether a server outside says who logs in to the web interface. */
function asksOutside(system: XmlElement | undefined): boolean {
  const asked = value(child(system, 'webgui'), 'authmode');
  return children(system, 'authserver').some((server) => value(server, 'name') === asked);
}

/** Privileges by which somebody gets all others. */
const LEADS_TO_ALL =
  /^(?:page-all|user-shell-access|system-xmlrpc-ha-sync|page-(?:diagnostics-(?:command|edit|backup-restore)|system-(?:usermanager|groupmanager)\b.*))$/;

/**
 * Where a server outside is asked, a group stands for the group of that name there, whoever is in it: Netgate documentation,
 * "Groups and Remote Authentication".
 */
function ofDirectory(group: Administrator): Administrator {
  if (!group.privilege.split(', ').some((privilege) => LEADS_TO_ALL.test(privilege))) return group;
  return { ...group, groups: [group.name], marks: [...(group.marks ?? []), 'remote', 'wildcard'] };
}

function privilegesOf(account: XmlElement): readonly string[] {
  return children(account, 'priv').map((privilege) => privilege.text.trim());
}

function administrator(
  account: XmlElement,
  kind: Administrator['kind'],
  privileges: readonly string[],
  groups: readonly string[],
  file: string,
): readonly Administrator[] {
  const held = privileges.filter(administers);
  if (held.length === 0) return [];
  return [
    {
      name: label(account, 'name'),
      kind,
      groups,
      privilege: held.includes('page-all') ? brief(held) : held.join(', '),
      enabled: !isSet(account, 'disabled'),
      origin: value(account, 'scope') === 'system' ? 'automatic' : 'user',
      marks: marksOf(account, held),
      location: locationOf(account, file),
    },
  ];
}

/** `authorizedkeys` opens SSH, `expires` ends the account: both are fields of the user manager. */
function marksOf(account: XmlElement, held: readonly string[]): readonly AdministratorMark[] {
  return [
    ...(held.some(isEverything) ? (['full-rights'] as const) : []),
    ...(value(account, 'authorizedkeys') === '' ? [] : (['ssh-key'] as const)),
    ...(value(account, 'expires') === '' ? [] : (['expires'] as const)),
  ];
}

/** Who may open every page need not have the pages listed. */
function brief(privileges: readonly string[]): string {
  return privileges.filter((each) => each === 'page-all' || !each.startsWith('page-')).join(', ');
}

/** Whoever takes part in administering the appliance from afar. */
export function readManagers({ root, file }: Reading): readonly Manager[] {
  const managers: Manager[] = [];
  const backup = at(root, 'system', 'acb');
  if (backup !== undefined && value(backup, 'enable') !== '' && value(backup, 'enable') !== 'no') {
    managers.push({
      kind: 'auto-config-backup',
      address: null,
      enabled: true,
      location: locationOf(backup, file),
    });
  }
  const pair = at(root, 'hasync');
  const peer = value(pair, 'synchronizetoip');
  if (pair !== undefined && peer !== '') {
    managers.push({ kind: 'ha-sync', address: peer, enabled: true, location: locationOf(pair, file) });
  }
  return [...managers, ...obeyedServers({ root, file })];
}
