/** The parameters as a signer takes them: a name may have several values (SigV4 signs each of them). */
export function queryOf(parameters: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]))
}
