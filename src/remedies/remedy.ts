import type { RawFinding } from '../checks/evaluate.js';
import { inLanguage } from '../checks/language.js';
import type { JudgedExposure } from '../checks/world.js';
import type { Language } from '../model/check.js';
import type { Exposure } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { ModelChange, Platform } from '../platforms/platform.js';
import { mendingsFor } from './mending.js';

/** As many changes as one remedy spells out. */
const MOST_CHANGES = 50;

const MORE: Readonly<Record<Language, (count: number) => string>> = {
  en: (count) => `and likewise for ${count} more rules`,
  fr: (count) => `et de même pour ${count} autres règles`,
};

interface Device {
  readonly platform: Platform;
  readonly config: FirewallConfig;
}

/**
 * The steps that close what a finding is about: on its platform where that is known, else in words. They
 * can be taken one after the other: where rules go by their number, the last one comes first. What is no
 * open door is mended by the check's own words, and then by what its platform knows for it.
 */
export function remedyFor(
  raw: RawFinding,
  device: Device | null,
  language: Language = 'en',
): readonly string[] {
  const { fix, closes, remedy } = raw.check;
  if (device !== null && remedy !== undefined) {
    const mended = mendingSteps(raw, device, language);
    if (mended.length > 0) return [inLanguage(fix, language), ...mended];
  }
  const door = closes !== false && remedy === undefined;
  const steps = device === null || !door ? [] : closingSteps(raw, device, language);
  if (steps.length > 0) return steps;
  const own = device === null ? undefined : fix[device.platform.id];
  return [inLanguage(own ?? fix, language)];
}

function mendingSteps(raw: RawFinding, { platform, config }: Device, language: Language): readonly string[] {
  const mendings = mendingsFor(raw);
  const told = mendings.slice(0, MOST_CHANGES);
  const groups = told.map((mending) => platform.mend?.(mending, { config, language }) ?? []);
  const steps = wholeOnce(groups);
  const more = mendings.length - told.length;
  return steps.length === 0 ? [] : [...steps, ...(more > 0 ? [MORE[language](more)] : [])];
}

/** How a door of a device was said to close. */
interface Closing {
  readonly device: Device;
  readonly language: Language;
  readonly steps: readonly string[];
}

/** Several checks find something about one door, and it closes in one way. */
const closings = new WeakMap<RawFinding['subject'], Closing>();

function closingSteps(raw: RawFinding, device: Device, language: Language): readonly string[] {
  const before = closings.get(raw.subject);
  if (before?.device === device && before.language === language) return before.steps;
  const steps = stepsToClose(raw, device, language);
  closings.set(raw.subject, { device, language, steps });
  return steps;
}

function stepsToClose(raw: RawFinding, { platform, config }: Device, language: Language): readonly string[] {
  const about = { config, language };
  const changes = lastFirst(changesFor(raw));
  const told = changes.slice(0, MOST_CHANGES);
  const groups = told.map((change) => platform.remedy(change, about));
  const after = told.flatMap((change) => platform.afterRemedy?.(change, about) ?? []);
  const more = changes.length - told.length;
  const steps = wholeOnce(groups);
  if (steps.length === 0) return [];
  return [...steps, ...(more > 0 ? [MORE[language](more)] : []), ...new Set(after)];
}

/** Each change once. Whole changes are compared: one command (`end`) may stand in several of them. */
function wholeOnce(groups: readonly (readonly string[])[]): readonly string[] {
  return [...new Map(groups.map((each) => [each.join('\n'), each])).values()].flat();
}

/** Changes policy by policy, each from its end: what is deleted by number moves what stands behind it. */
function lastFirst(changes: readonly ModelChange[]): readonly ModelChange[] {
  const byPolicy = new Map<string, ModelChange[]>();
  for (const change of changes) {
    const before = byPolicy.get(change.policy);
    if (before === undefined) byPolicy.set(change.policy, [change]);
    else before.push(change);
  }
  return [...byPolicy.values()].flatMap((alike) => alike.sort((a, b) => b.rule - a.rule));
}

function changesFor(raw: RawFinding): readonly ModelChange[] {
  const { subject } = raw;
  if (subject.kind === 'exposure') {
    return culprits(subject.exposure).map((each) => closing(each, subject.exposure));
  }
  if (subject.kind !== 'dormant') return [];
  const { dormant } = subject;
  const [rule] = dormant.path;
  return dormant.origin === 'user' && rule !== undefined
    ? [{ kind: 'delete-access-rule', policy: dormant.policy, rule: dormant.number, name: rule.name }]
    : [];
}

/** Under a door that is open to anyone, the rules that open it so; what named sources have is theirs. */
function culprits(exposure: Exposure): Exposure['contributions'] {
  const wide = exposure.contributions.filter((each) => each.fromAny);
  return exposure.anyone && wide.length > 0 ? wide : exposure.contributions;
}

/**
 * A rule of a user's goes, unless somebody who may stay comes in by it too; one that the appliance
 * keeps goes with the setting that made it.
 */
function closing(contribution: Exposure['contributions'][number], exposure: JudgedExposure): ModelChange {
  const { policy, number: rule, rule: step } = contribution;
  const shared = exposure.status === 'partly';
  if (contribution.origin === 'user' && !shared)
    return { kind: 'delete-access-rule', policy, rule, name: step.name };
  const [iface] = exposure.target.interfaces;
  const { tunnel: end, name } = exposure.entry;
  if (contribution.purpose === 'intrazone') return { kind: 'disable-intrazone', zone: name, policy, rule };
  const own = contribution.purpose === 'vpn-management' && end !== undefined ? { tunnel: name } : null;
  const ticked = own !== null || contribution.purpose === 'management' || contribution.origin === 'implied';
  if (iface !== undefined && ticked && !shared) {
    const { id: service } = exposure.service;
    return { kind: 'disable-management', interface: iface, ...own, service, policy, rule };
  }
  return { kind: 'restrict-source', policy, rule, name: step.name };
}
