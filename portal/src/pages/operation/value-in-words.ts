/** A value for display: a string as it is, any other value as JSON. */
export function valueInWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}
