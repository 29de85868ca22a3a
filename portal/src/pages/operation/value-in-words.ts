/** A value of any kind as it is shown: text as it is, all else as JSON. */
export function valueInWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}
