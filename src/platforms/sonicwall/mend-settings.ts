import type { Language } from '../../model/check.js';
import type { SettingName } from '../../model/facts.js';
import type { Firmware } from './remedy-commands.js';
import { isAtLeast } from './remedy-commands.js';
import type { Screens } from './remedy-screens.js';

/** How one setting is mended: where on the screen, what to do there, and by which commands. */
export interface SettingSteps {
  readonly screen: keyof Screens;
  /** Behind the screen; the value is what stands there today, `''` for nothing. */
  readonly step: Readonly<Record<Language, (value: string) => string>>;
  /** By firmware, the last one that is old enough; absent: no source shows one. */
  readonly commands?: readonly CommandForm[];
}

interface CommandForm {
  readonly since: readonly [major: number, minor: number];
  /** Empty: from this firmware on none is known. */
  readonly commands: readonly string[];
}

/** The commands of a setting on one firmware; none where none is known. */
export function settingCommands(
  { commands = [] }: SettingSteps,
  firmware: Firmware | null,
): readonly string[] {
  return commands.findLast(({ since: [major, minor] }) => isAtLeast(firmware, major, minor))?.commands ?? [];
}

function always(en: string, fr: string): SettingSteps['step'] {
  return { en: () => en, fr: () => fr };
}

/** Statements inside one block. */
function inside(block: string, ...statements: readonly string[]): readonly string[] {
  return [block, ...statements, 'exit'];
}

/** The same from 6.2 on, 7 included. */
function since62(...commands: readonly string[]): readonly CommandForm[] {
  return [{ since: [6, 2], commands }];
}

/** The same in 6.2 to 6.5: whether 7 has them is not known. */
function until7(...commands: readonly string[]): readonly CommandForm[] {
  return [
    { since: [6, 2], commands },
    { since: [7, 0], commands: [] },
  ];
}

const OUTSIDERS: SettingSteps = {
  screen: 'userSettings',
  step: always(
    ' > Configure RADIUS and Configure LDAP > Users: set the default user group to None or Trusted Users',
    ' > Configure RADIUS et Configure LDAP > Users : choisir None ou Trusted Users comme groupe par défaut',
  ),
  commands: since62(
    ...inside('user radius', 'no default-user-group'),
    ...inside('user ldap', 'no default-user-group'),
  ),
};

/**
 * Commands are statements, or their negation, as real texts of `show current-config` print them (6.2.3.1 and
 * 6.5.4.15); for 7, where the vendor's API specification of 7.0.1 or its own scripts have the same one.
 */
export const SETTING_STEPS: ReadonlyMap<SettingName, SettingSteps> = new Map<SettingName, SettingSteps>([
  [
    'snmp-default-community',
    {
      screen: 'snmp',
      step: always(
        ' > Configure: require SNMPv3, or set another Get Community Name; or untick Enable SNMP',
        ' > Configure : exiger SNMPv3, ou choisir un autre Get Community Name ; ou décocher Enable SNMP',
      ),
      commands: since62('no snmp'),
    },
  ],
  [
    'rest-api',
    {
      screen: 'administration',
      step: always(' > SonicOS API: switch it off', ' > SonicOS API : la désactiver'),
      commands: [
        { since: [6, 5], commands: inside('administration', 'no sonicos-api') },
        { since: [7, 0], commands: inside('administration', 'sonicos-api', 'no enable', 'exit') },
      ],
    },
  ],
  [
    'cloud-backup',
    {
      screen: 'settings',
      step: always(
        ' > Cloud Backup: switch it off, and delete the copies that are there',
        ' > Cloud Backup : la désactiver, et supprimer les copies qui y sont',
      ),
    },
  ],
  [
    'remote-backup',
    {
      screen: 'diagnostics',
      step: always(
        ': untick the periodic secure backup of diagnostic reports to MySonicWall',
        ' : décocher la sauvegarde périodique des rapports de diagnostic vers MySonicWall',
      ),
      commands: [
        { since: [6, 2], commands: ['no tsr secure-backup'] },
        { since: [6, 5], commands: inside('tech-support-report options', 'no secure-backup') },
        { since: [7, 0], commands: [] },
      ],
    },
  ],
  [
    'log-server',
    {
      screen: 'syslog',
      step: {
        en: (value) =>
          value === ''
            ? ': add a server of your own'
            : ` (Log > Automation, for logs by FTP): replace ${value} by a server of your own`,
        fr: (value) =>
          value === ''
            ? ' : ajouter un serveur à vous'
            : ` (Log > Automation, pour les journaux par FTP) : remplacer ${value} par un serveur à vous`,
      },
    },
  ],
  [
    'mail-recipient',
    {
      screen: 'automation',
      step: {
        en: (value) => `: replace ${value} by a mailbox of your own`,
        fr: (value) => ` : remplacer ${value} par une boîte à vous`,
      },
    },
  ],
  [
    'trap-receiver',
    {
      screen: 'snmp',
      step: {
        en: (value) => ` > Configure: take ${value} out of Host 1 to 4, or replace it by a host of your own`,
        fr: (value) =>
          ` > Configure : retirer ${value} de Host 1 à 4, ou le remplacer par une machine à vous`,
      },
    },
  ],
  [
    'flow-collector',
    {
      screen: 'flows',
      step: {
        en: (value) => `: replace ${value} by a server of your own, or untick Send AppFlow to it`,
        fr: (value) => ` : remplacer ${value} par un serveur à vous, ou décocher l'envoi des flux`,
      },
      commands: [
        { since: [6, 5], commands: inside('appflow', ...inside('gmsflow-server', 'no flows')) },
        { since: [7, 0], commands: [] },
      ],
    },
  ],
  [
    'traffic-mirroring',
    {
      screen: 'packetMonitor',
      step: always(
        ': stop the mirror; under Configure > Mirror, clear its interface and its host',
        " : arrêter le miroir ; sous Configure > Mirror, vider l'interface et l'hôte",
      ),
      commands: until7(...inside('packet-monitor', 'stop mirror')),
    },
  ],
  [
    'packet-capture-upload',
    {
      screen: 'packetMonitor',
      step: always(
        ' > Configure > Logging: untick Log to FTP Server Automatically',
        ' > Configure > Logging : décocher Log to FTP Server Automatically',
      ),
      commands: until7(...inside('packet-monitor', 'no ftp automatic')),
    },
  ],
  [
    'scheduled-settings-export',
    {
      screen: 'settings',
      step: always(
        ' > Scheduled Reports: untick Send Settings by FTP',
        ' > Scheduled Reports : décocher Send Settings by FTP',
      ),
      commands: [{ since: [7, 0], commands: inside('ftp', 'no send-settings') }],
    },
  ],
  [
    'scheduled-report-upload',
    {
      screen: 'settings',
      step: always(
        ' > Scheduled Reports: untick Send Tech Support Report by FTP',
        ' > Scheduled Reports : décocher Send Tech Support Report by FTP',
      ),
      commands: [{ since: [7, 0], commands: inside('ftp', 'no send-tsr') }],
    },
  ],
  [
    'authentication-server',
    {
      screen: 'userSettings',
      step: {
        en: (value) => ` > Configure RADIUS, LDAP or TACACS+: replace ${value} by a server of your own`,
        fr: (value) => ` > Configure RADIUS, LDAP ou TACACS+ : remplacer ${value} par un serveur à vous`,
      },
    },
  ],
  [
    'ldap-without-encryption',
    {
      screen: 'userSettings',
      step: always(
        ' > Configure LDAP: tick Use TLS (SSL), for each server',
        ' > Configure LDAP : cocher Use TLS (SSL), pour chaque serveur',
      ),
      // From 6.5 on it stands in the block of each server.
      commands: [
        { since: [6, 2], commands: inside('user ldap', 'use-tls') },
        { since: [6, 5], commands: [] },
      ],
    },
  ],
  [
    'administrator-one-time-password',
    {
      screen: 'administration',
      step: always(
        ': select one-time passwords for the administrator, and in each group of administrators under Local Groups',
        " : choisir les mots de passe à usage unique pour l'administrateur, et dans chaque groupe d'administrateurs sous Local Groups",
      ),
    },
  ],
  [
    'login-lockout',
    {
      screen: 'administration',
      step: always(
        ' > Login Security: tick Enable administrator/user lockout',
        ' > Login Security : cocher Enable administrator/user lockout',
      ),
      commands: until7(...inside('administration', 'user-lockout')),
    },
  ],
  [
    'login-lockout-attempts',
    {
      screen: 'administration',
      step: always(
        ' > Login Security: lock the login after 5 failed attempts',
        ' > Login Security : verrouiller après 5 échecs',
      ),
    },
  ],
  [
    'administrator-idle-timeout-minutes',
    {
      screen: 'administration',
      step: always(
        ' > Login Security: log the administrator out after 15 minutes of inactivity, or fewer',
        " > Login Security : déconnecter l'administrateur après 15 minutes d'inactivité, ou moins",
      ),
      commands: since62(...inside('administration', 'idle-logout-time 15')),
    },
  ],
  [
    'minimum-password-length',
    {
      screen: 'administration',
      step: always(
        ' > Login Security: enforce a minimum password length of 12',
        ' > Login Security : imposer des mots de passe de 12 caractères au moins',
      ),
      commands: since62(...inside('administration', 'password minimum-length 12')),
    },
  ],
  [
    'dns-server',
    {
      screen: 'dns',
      step: {
        en: (value) =>
          `: replace ${value} by a resolver of your own or a well-known one; what is inherited stands at the interface of the uplink`,
        fr: (value) =>
          ` : remplacer ${value} par un résolveur à vous ou bien connu ; ce qui est hérité est réglé sur l'interface de sortie`,
      },
    },
  ],
  [
    'time-synchronised',
    {
      screen: 'time',
      step: always(': tick Set time automatically using NTP', ' : cocher Set time automatically using NTP'),
      commands: since62(...inside('time', 'use-ntp')),
    },
  ],
  [
    'time-server',
    {
      screen: 'time',
      step: {
        en: (value) =>
          `: take ${value} out of the NTP servers, or replace it by one of your own or a well-known one`,
        fr: (value) =>
          ` : retirer ${value} des serveurs NTP, ou le remplacer par un serveur à vous ou bien connu`,
      },
    },
  ],
  [
    'dynamic-dns',
    {
      screen: 'dynamicDns',
      step: {
        en: (value) => `: delete the profile of ${value}`,
        fr: (value) => ` : supprimer le profil de ${value}`,
      },
    },
  ],
  ['directory-users-administer', OUTSIDERS],
  ['directory-users-dial-in', OUTSIDERS],
]);
