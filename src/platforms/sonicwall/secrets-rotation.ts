import type { RotationGuide } from '../platform.js';

/**
 * The order of SonicWall's Remediation Playbook, published after the theft of all backups from the
 * MySonicWall cloud in September 2025: accounts first, then tunnels and uplinks, then services.
 * https://www.sonicwall.com/support/knowledge-base/remediation-playbook/kA1VN0000000RzV0AU ; containment:
 * https://www.sonicwall.com/support/knowledge-base/essential-credential-reset/250909151701590
 */
export const ROTATION: RotationGuide = {
  title: 'SonicWall Remediation Playbook (cloud backup theft, September 2025)',
  source: 'https://www.sonicwall.com/support/knowledge-base/remediation-playbook/kA1VN0000000RzV0AU',
  notes: [
    'Contain first: close or restrict SSL VPN and web and SSH management from WAN, or whoever has a secret comes back in (Essential Credential Reset, 250909151701590).',
    'The built-in administrator stands in no export: change its password and one-time password with step 1.',
    'SonicOS writes an encrypted value for many settings that were never made: a place in this list may hold nothing.',
  ],
  steps: [
    {
      title: 'Local users: passwords',
      elsewhere: 'every local user sets a new password',
      kinds: ['user-password'],
    },
    {
      title: 'Local users and administrators: one-time passwords',
      elsewhere: 'users bind their authenticator again',
      kinds: ['administrator-one-time-password-seed'],
    },
    {
      title: 'LDAP, RADIUS and TACACS+: bind accounts and shared secrets',
      elsewhere: 'the same on the authentication servers',
      kinds: ['ldap-password', 'directory-password', 'radius-secret', 'guest-authentication-secret'],
    },
    {
      title: 'IPsec: shared secrets of site-to-site tunnels and GroupVPN',
      elsewhere: 'the same on the remote gateways and VPN clients',
      kinds: ['ipsec-pre-shared-key', 'ipsec-manual-key'],
    },
    {
      title: 'L2TP, PPPoE, PPTP and dial-up uplinks: passwords',
      elsewhere: 'the same with the provider',
      kinds: ['provider-password'],
    },
    { title: 'SNMP: communities', elsewhere: 'the same in the monitoring', kinds: ['snmp-community'] },
    { title: 'Dynamic DNS', elsewhere: 'the same with the provider', kinds: ['dynamic-dns-password'] },
    { title: 'Mail servers', elsewhere: 'the same on the mail servers', kinds: ['mail-password'] },
    { title: 'FTP servers', elsewhere: 'the same on the FTP servers', kinds: ['ftp-password'] },
    { title: 'Cloud accounts', elsewhere: 'new access keys with the cloud provider', kinds: ['cloud-key'] },
    {
      title: 'Management, flow reporting, NTP and proxies',
      elsewhere: 'the same on those servers',
      kinds: [
        'management-key',
        'flow-server-password',
        'packet-monitor-key',
        'ntp-key',
        'proxy-password',
        'routing-key',
      ],
    },
    {
      title: 'Wireless networks and access points',
      elsewhere: 'the same on every wireless client',
      kinds: ['wireless-key', 'access-point-password'],
    },
    {
      title: 'Certificates whose private key the export holds',
      elsewhere: 'replace the certificate where it is trusted',
      kinds: ['private-key'],
    },
  ],
};
