/** The bytes of one exported configuration, with their origin. */
export interface Capture {
  /** As the user named it: a path relative to where fwaudit runs, or `-` for standard input. */
  readonly file: string;
  readonly bytes: Uint8Array;
}
