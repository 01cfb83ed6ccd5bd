/** A tab-separated data file, imported as its text. */
declare module '*.tsv' {
  const text: string;
  export default text;
}
