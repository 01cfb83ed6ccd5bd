/** One canonical service: `rules/data/services.yaml`. */
export interface ServiceInfo {
  /** Kebab-case, stable. */
  readonly id: string;
  readonly name: { readonly en: string; readonly fr: string };
  /** A service of the appliance itself, or of a host behind it. */
  readonly scope: 'appliance' | 'host';
  /**
   * - `administration`: changes or reads the configuration;
   * - `login`: lets users in, not administrators;
   * - `vpn`: builds tunnels;
   * - `redirect`, `diagnostic`: neither.
   */
  readonly class: 'administration' | 'login' | 'vpn' | 'redirect' | 'diagnostic';
  /** Credentials cross the network in the clear. */
  readonly clearText: boolean;
  /** Where it usually listens, `tcp/22`; an appliance's own ports come from its configuration. */
  readonly services: readonly string[];
  readonly source: string;
}
