import type { SettingName } from '../../model/facts.js';
import type { FirewallConfig } from '../../model/firewall-config.js';
import { SETTING_STEPS, type SettingSteps } from './mend-settings.js';

/** Clicks for a setting of one name that stands on another screen than most, by the key that holds it. */
interface Place {
  readonly setting: SettingName;
  readonly key: RegExp;
  /** Undefined: no source names the screen, and a wrong one would mislead. */
  readonly steps: SettingSteps | undefined;
}

const PLACES: readonly Place[] = [
  {
    setting: 'scheduled-settings-export',
    key: /^cloudBkup/,
    steps: SETTING_STEPS.get('cloud-backup'),
  },
  {
    setting: 'scheduled-settings-export',
    key: /^remoteBkup/,
    steps: SETTING_STEPS.get('remote-backup'),
  },
  { setting: 'scheduled-report-upload', key: /^ftpServerAddr$/, steps: undefined },
  { setting: 'log-server', key: /^gmsDrsIpName$/, steps: undefined },
  // "SSO Agents" of Users > Settings, SonicOS 6.2 help; the members of their groups are kept there too.
  { setting: 'authentication-server', key: /^(?:ciaAuthAgentIP|addrObj)/, steps: agents() },
  { setting: 'flow-collector', key: /^vizServer/, steps: collector('appFlowServer') },
  // "External Collector Tab", SonicOS 6.2 help.
  { setting: 'flow-collector', key: /^swFlow/, steps: collector('externalCollector') },
];

function agents(): SettingSteps {
  return {
    screen: 'userSettings',
    step: {
      en: (value) => ` > Configure SSO: take ${value} out of the agents, or replace it by a host of your own`,
      fr: (value) => ` > Configure SSO : retirer ${value} des agents, ou le remplacer par une machine à vous`,
    },
  };
}

function collector(screen: SettingSteps['screen']): SettingSteps {
  return {
    screen,
    step: {
      en: (value) => `: replace ${value} by a server of your own, or send it no flows`,
      fr: (value) => ` : remplacer ${value} par un serveur à vous, ou ne plus lui envoyer les flux`,
    },
  };
}

/** How a setting is mended, by the key where the file holds this value of it. */
export function stepsFor(
  setting: SettingName,
  value: unknown,
  settings: FirewallConfig['settings'],
): SettingSteps | undefined {
  const keys = settings
    .filter((each) => each.name === setting && each.value === value)
    .map(({ location }) => location.key ?? '');
  const place = PLACES.find((each) => each.setting === setting && keys.some((key) => each.key.test(key)));
  return place === undefined ? SETTING_STEPS.get(setting) : place.steps;
}
