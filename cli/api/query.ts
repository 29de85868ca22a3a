/** The parameters as a signer needs them. A name may have several values, and SigV4 signs each of them. */
export function queryOf(parameters: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]))
}
