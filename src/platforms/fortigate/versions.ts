/** What the first line of a backup says: `#config-version=FGT60F-7.4.6-FW-build2726-241126:opmode=0:vdom=0:user=admin`. */
export interface BackupHeader {
  readonly product: string;
  readonly firmware: string | null;
  /** Major × 100 + minor. */
  readonly version: number | null;
  /** The third number, 5 for 7.4.5; null when it is not stated. */
  readonly patch: number | null;
}

/** Model codes begin with FG, FGT, FGR or FGVM, those of FortiWiFi with FWF, once FW and a number. */
const CODE = /^(?:FG|FWF|FW\d)[A-Z0-9_]*$/;

/** Whether a model code of a header is a FortiGate's. FortiProxy, FortiWeb and others write the same grammar. */
export function isFortiGate(code: string): boolean {
  return CODE.test(code);
}

export function readHeader(text: string): BackupHeader {
  const [code = '', version = ''] = text.split(':', 1)[0]?.split('-') ?? [];
  const build = /-build(\d{1,6})/.exec(text)?.[1];
  const match = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{1,3}))?$/.exec(version);
  return {
    product: productOf(code),
    firmware: match === null ? null : `${version}${build === undefined ? '' : ` build${build}`}`,
    version: match === null ? null : Number(match[1]) * 100 + Number(match[2]),
    patch: match?.[3] === undefined ? null : Number(match[3]),
  };
}

/** `FGT60F` is a FortiGate 60F. */
function productOf(code: string): string {
  const vm = /^FG(?:T)?VM(.*)$/.exec(code);
  if (vm !== null) return `FortiGate-VM${vm[1] ?? ''}`;
  const wifi = /^FWF?(\d.*)$/.exec(code);
  if (wifi !== null) return `FortiWiFi ${wifi[1]}`;
  const rugged = /^FGR(\d.*)$/.exec(code);
  if (rugged !== null) return `FortiGateRugged ${rugged[1]}`;
  const gate = /^FGT?(\w*\d.*)$/.exec(code);
  return gate === null ? code : `FortiGate ${gate[1]}`;
}
