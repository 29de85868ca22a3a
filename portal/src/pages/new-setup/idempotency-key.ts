/**
 * Gives one key for one request, however often it is sent: the API starts one setup for them.
 *
 * @param newKey makes a key that nobody has
 */
export function keysFor(newKey: () => string): (request: string) => string {
  const keys = new Map<string, string>()
  return (request) => {
    const key = keys.get(request) ?? newKey()
    keys.set(request, key)
    return key
  }
}
