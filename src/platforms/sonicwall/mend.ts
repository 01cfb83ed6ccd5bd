import type { Language } from '../../model/check.js';
import type { Mending, RemedyContext } from '../platform.js';
import { CLOUD_EDGE } from './cloud-edge.js';
import { stepsFor } from './mend-places.js';
import { settingCommands } from './mend-settings.js';
import { boxText, remedySteps, tunnelPlace } from './remedy.js';
import {
  closeTunnel,
  deleteTunnel,
  editRule,
  firmwareOf,
  hasCommands,
  quoted,
  untickAll,
} from './remedy-commands.js';
import { byCommand, matrixOf, ruleText, type Screens, screensOf } from './remedy-screens.js';

type MendingOf<Kind extends Mending['kind']> = Extract<Mending, { readonly kind: Kind }>;

/** What the steps say, beside the names of screens, which stay as they are. */
interface Words {
  readonly delete: (what: string) => string;
  readonly untick: (boxes: string) => string;
  readonly takeOut: string;
  readonly log: (rule: string) => string;
  readonly comment: (rule: string) => string;
  /** What stands in a command for the reader to fill in. */
  readonly forWhom: string;
  readonly gms: string;
  readonly zeroTouch: string;
  readonly upload: string;
  readonly assistance: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    delete: (what) => `: delete ${what}`,
    untick: (boxes) => `: untick ${boxes}`,
    takeOut: ' > Members: take out whom you cannot name',
    log: (rule) => `: edit ${rule}, tick Enable Logging`,
    comment: (rule) => `: edit ${rule}, and write into Comment for whom it is, who asked, until when`,
    forWhom: 'for whom, who asked, until when',
    gms: ' > Advanced Management: untick Enable management using GMS',
    zeroTouch: ' > Advanced Management: untick Enable Zero Touch',
    upload: ': export the settings, then upload the new firmware from MySonicWall',
    assistance: 'https://<address of the appliance>/diag.html: untick Enable Remote Assistance',
  },
  fr: {
    delete: (what) => ` : supprimer ${what}`,
    untick: (boxes) => ` : décocher ${boxes}`,
    takeOut: ' > Members : retirer qui vous ne pouvez pas nommer',
    log: (rule) => ` : modifier ${rule}, cocher Enable Logging`,
    comment: (rule) =>
      ` : modifier ${rule}, et écrire dans Comment pour qui, à la demande de qui, jusqu'à quand`,
    forWhom: "pour qui, à la demande de qui, jusqu'à quand",
    gms: ' > Advanced Management : décocher Enable management using GMS',
    zeroTouch: ' > Advanced Management : décocher Enable Zero Touch',
    upload: ' : exporter les réglages, puis charger le nouveau micrologiciel de MySonicWall',
    assistance: "https://<adresse de l'appliance>/diag.html : décocher Enable Remote Assistance",
  },
};

/** Clicks, and the commands that do the same where a source shows them, for what is no open door. */
export function mendingSteps(mending: Mending, about: RemedyContext): readonly string[] {
  const { config, language } = about;
  const screens = screensOf(config.firmware);
  switch (mending.kind) {
    case 'change-setting':
      return settingSteps(mending, about, screens);
    case 'upgrade-firmware':
      return [`${screens.settings}${WORDS[language].upload}`];
    case 'remove-manager':
      return managerSteps(mending, about, screens);
    case 'remove-administrator':
      return administratorSteps(mending, about, screens);
    case 'remove-tunnel': {
      // Its screen stands in no source that we know.
      if (mending.tunnel === CLOUD_EDGE) return [];
      const commands = deleteTunnel(mending.tunnel, config);
      return [
        `${screens.tunnels}${WORDS[language].delete(mending.tunnel)}`,
        ...byCommand(commands, language),
      ];
    }
    case 'close-tunnel-management':
      return tunnelSteps(mending, about);
    case 'untick-management':
      return interfaceSteps(mending, about, screens);
    case 'delete-nat-rule':
      return [`${screens.natRules}${WORDS[language].delete(mending.name)}`];
    default:
      return ruleSteps(mending, about, screens);
  }
}

function settingSteps(
  { setting, value }: MendingOf<'change-setting'>,
  { config, language }: RemedyContext,
  screens: Screens,
): readonly string[] {
  const firmware = firmwareOf(config.firmware);
  if (setting === 'remote-assistance') {
    // 6.2 alone prints it: later forms are not known.
    const of62 = firmware?.major === 6 && firmware.minor >= 2 && firmware.minor < 5;
    return [
      WORDS[language].assistance,
      ...byCommand(of62 ? ['diag no advanced remote-assistance'] : [], language),
    ];
  }
  const steps = stepsFor(setting, value, config.settings);
  if (steps === undefined) return [];
  const text = typeof value === 'string' ? value : '';
  return [
    `${screens[steps.screen]}${steps.step[language](text)}`,
    ...byCommand(settingCommands(steps, firmware), language),
  ];
}

function managerSteps(
  { manager }: MendingOf<'remove-manager'>,
  { config, language }: RemedyContext,
  { administration }: Screens,
): readonly string[] {
  const words = WORDS[language];
  if (manager === 'zero-touch') return [`${administration}${words.zeroTouch}`];
  if (manager !== 'gms') return [];
  const commands = hasCommands(config) ? ['administration', 'no gms-management', 'exit'] : [];
  return [`${administration}${words.gms}`, ...byCommand(commands, language)];
}

/** Accounts are deleted; groups, most of which are built in, lose their members. */
function administratorSteps(
  { name, account }: MendingOf<'remove-administrator'>,
  { config, language }: RemedyContext,
  { localUsers, localGroups }: Screens,
): readonly string[] {
  const words = WORDS[language];
  if (account === 'group') return [`${localGroups} > ${name}${words.takeOut}`];
  const text = quoted(name);
  const commands = hasCommands(config) && text !== null ? ['user local', `no user ${text}`, 'exit'] : [];
  return [`${localUsers}${words.delete(name)}`, ...byCommand(commands, language)];
}

function tunnelSteps(
  { tunnel, services }: MendingOf<'close-tunnel-management'>,
  { config, language }: RemedyContext,
): readonly string[] {
  return [
    tunnelPlace(tunnel, services, { config, language }),
    ...byCommand(closeTunnel(tunnel, services, config), language),
  ];
}

function interfaceSteps(
  { interface: name, services }: MendingOf<'untick-management'>,
  { config, language }: RemedyContext,
  { interfaces }: Screens,
): readonly string[] {
  // A ping administers nothing, and is what hosts behind the interface look for.
  const ticked = services.filter((service) => service !== 'ping');
  const boxes = ticked.map((service) => boxText(service, language)).join(', ');
  if (boxes === '') return [];
  return [
    `${interfaces} > ${name} > Configure > General${WORDS[language].untick(boxes)}`,
    ...byCommand(untickAll(name, false, ticked, config), language),
  ];
}

type RuleMending = Extract<Mending, { readonly policy: string }>;

function ruleSteps(mending: RuleMending, about: RemedyContext, { rules }: Screens): readonly string[] {
  const { config, language } = about;
  const { policy, rule, name } = mending;
  const words = WORDS[language];
  const place = `${rules} > ${matrixOf(policy)}`;
  switch (mending.kind) {
    case 'delete-access-rule':
      return remedySteps({ kind: 'delete-access-rule', policy, rule, name }, about);
    case 'narrow-access-rule':
      return remedySteps({ kind: 'restrict-source', policy, rule, name }, about);
    case 'log-access-rule':
      return [
        `${place}${words.log(ruleText(rule, language))}`,
        ...byCommand(editRule(mending, config, 'logging'), language),
      ];
    case 'comment-access-rule':
      return [
        `${place}${words.comment(ruleText(rule, language))}`,
        ...byCommand(editRule(mending, config, `comment "<${words.forWhom}>"`), language),
      ];
  }
}
