/** The value of a JSON text. Undefined for another text, such as an HTML page of a proxy. */
export function valueIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
