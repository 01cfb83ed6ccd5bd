import { describe, expect, it } from 'vitest';
import type { ReportCheck } from '../../src/model/audit-report.js';
import { checkMarkdown, checkPage, checkSheet } from '../../src/report/check-help.js';

const check: ReportCheck = {
  id: 'ACME-TUN-001',
  title: 'A tunnel <b>without</b> an owner',
  severity: 'medium',
  severityReason: 'it leads inside',
  confidence: 'low',
  platforms: null,
  why: 'Nobody *knows* who\u202e answers',
  fix: 'Name an owner',
  platformFixes: [{ platform: 'sonicwall', fix: 'VPN > Settings: comment' }],
  references: ['PCI DSS 4.0, 1.2.5', 'A rule <https://192.0.2.1/> https://docs.example/rule#1'],
  tags: ['pci:1.2.5', 'own'],
};

describe('the page of a check', () => {
  it('has its title, its reasons, what to do, its references and its tags', () => {
    const page = checkPage(check);
    expect(page.split('\n\n').map((part) => part.split('\n').length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
    expect(page).toMatch(/^# ACME-TUN-001: A tunnel /);
    expect(page).toContain('\n\n**Severity** medium: it leads inside\n\n**Confidence** low\n\n');
    expect(page).toMatch(/### What to do\n\nName an owner\n\n- `sonicwall`: VPN > Settings: comment\n/);
    expect(page).toContain('\n### References\n\n- PCI DSS 4.0, 1.2.5\n- A rule ');
    expect(page).toMatch(/ <https:\/\/docs\.example\/rule#1>\n\n`pci:1\.2\.5` `own`\n$/);
  });

  it('is text, whatever stands in the check', () => {
    const page = checkPage(check);
    const outsideCode = page.replaceAll(/`[^`\n]*`/g, '');
    expect(page).not.toContain('\u202e');
    expect(outsideCode).not.toMatch(/<b>|\*knows/);
    expect(outsideCode.match(/<[^>]+>/g)).toEqual(['<https://docs.example/rule#1>']);
  });

  it('leaves out what there is not', () => {
    const bare = { ...check, confidence: 'high', platformFixes: [], references: [], tags: [] } as const;
    expect(checkPage(bare)).not.toMatch(/Confidence|References|sonicwall|pci/);
    expect(checkPage(bare)).toMatch(/\n\nName an owner\n$/);
    expect(checkSheet(bare)).not.toMatch(/Confidence|References|sonicwall|Tags/);
  });

  it('has its labels in French', () => {
    const sheet = checkSheet(check, 'fr');
    expect(sheet.split('\n\n').map((part) => part.split(/[ \u00a0]/)[0])).toEqual([
      'ACME-TUN-001:',
      'Nobody',
      'Gravité',
      'Certitude',
      'Que',
      '-',
      'Références',
      expect.any(String),
      'Étiquettes',
    ]);
    expect(sheet).toContain(
      '\n\nGravité moyenne (medium)\u00a0: it leads inside\n\nCertitude faible (low)\n\n',
    );
    expect(checkMarkdown(check, 'fr')).toContain(
      '\n\n**Gravité** moyenne (medium)\u00a0: it leads inside\n\n**Certitude** faible (low)\n\n### Que faire\n\n',
    );
    for (const text of [sheet, checkMarkdown(check, 'fr')]) {
      expect(text).not.toMatch(/Severity|Confidence|What to do|References|Tags/);
    }
  });

  it('says the same on a terminal, without markup', () => {
    const sheet = checkSheet(check);
    expect(sheet).toContain(
      'ACME-TUN-001: A tunnel <b>without</b> an owner\n\nNobody *knows* who\\u{202e} answers\n',
    );
    expect(sheet).toContain('\n\nSeverity medium: it leads inside\n\nConfidence low\n\n');
    expect(sheet).toMatch(/\n- sonicwall: VPN > Settings: comment\n[\s\S]*\n\nTags: pci:1\.2\.5, own\n$/);
  });
});
