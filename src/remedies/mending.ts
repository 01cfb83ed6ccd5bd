import type { RawFinding } from '../checks/evaluate.js';
import type { RemedyName } from '../model/check.js';
import type { Exposure } from '../model/exposure.js';
import type { Mending } from '../platforms/platform.js';

type RuleRemedy = Extract<Mending, { readonly policy: string }>['kind'];

/** What a check asks of its platform, beside closing a door; none where it asks for nothing. */
export function mendingsFor(raw: RawFinding): readonly Mending[] {
  const { remedy } = raw.check;
  if (remedy === undefined) return [];
  return isForRules(remedy) ? ruleMendings(remedy, raw) : otherMendings(remedy, raw);
}

const FOR_RULES: ReadonlySet<string> = new Set<RuleRemedy>([
  'delete-access-rule',
  'narrow-access-rule',
  'log-access-rule',
  'comment-access-rule',
]);

function isForRules(remedy: RemedyName): remedy is RuleRemedy {
  return FOR_RULES.has(remedy);
}

function ruleMendings(kind: RuleRemedy, { subject }: RawFinding): readonly Mending[] {
  if (subject.kind === 'access-rule') {
    const { accessRule, policy } = subject;
    return [{ kind, policy: policy.name, rule: accessRule.number, name: accessRule.name }];
  }
  if (subject.kind !== 'exposure') return [];
  return concerned(kind, subject.exposure).map(({ policy, number, rule }) => ({
    kind,
    policy,
    rule: number,
    name: rule.name,
  }));
}

/** The rules of a door that a remedy is for: what is logged, or not of a person, needs no words. */
function concerned(kind: RuleRemedy, { contributions }: Exposure): Exposure['contributions'] {
  switch (kind) {
    case 'log-access-rule':
      return contributions.filter(({ logged }) => logged === false);
    case 'comment-access-rule':
      return contributions.filter(({ rule, origin }) => origin === 'user' && (rule.comment ?? '') === '');
    default:
      return contributions;
  }
}

function otherMendings(
  remedy: Exclude<RemedyName, RuleRemedy>,
  { check, subject }: RawFinding,
): readonly Mending[] {
  switch (subject.kind) {
    case 'setting': {
      const { name, value } = subject.setting;
      return [{ kind: 'change-setting', setting: name, value }];
    }
    case 'device':
      if (remedy === 'upgrade-firmware') return [{ kind: 'upgrade-firmware' }];
      return check.setting === undefined
        ? []
        : [{ kind: 'change-setting', setting: check.setting, value: null }];
    case 'manager': {
      const { kind: manager, address } = subject.manager;
      return [{ kind: 'remove-manager', manager, address }];
    }
    case 'administrator': {
      const { name, kind: account } = subject.administrator;
      return [{ kind: 'remove-administrator', name, account }];
    }
    case 'tunnel': {
      const { name: tunnel, management: services } = subject.tunnel;
      if (remedy === 'remove-tunnel') return [{ kind: 'remove-tunnel', tunnel }];
      return services.length === 0 ? [] : [{ kind: 'close-tunnel-management', tunnel, services }];
    }
    case 'interface': {
      const { name, managementFlags: services } = subject.interface;
      return [{ kind: 'untick-management', interface: name, services }];
    }
    case 'nat-rule':
      return [{ kind: 'delete-nat-rule', rule: subject.natRule.number, name: subject.natRule.name }];
    default:
      return [];
  }
}
