/** The value of a JSON text. Undefined if the text is not JSON, such as an HTML page of a proxy. */
export function valueIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
