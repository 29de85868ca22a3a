import type { Tried } from './tried.ts'

/** The chosen mistakes of a part. */
export interface Chosen {
  readonly list: string
  readonly name: string
  readonly isComplete: boolean
  readonly run: () => Promise<Tried[]>
}

/**
 * Runs the parts one after the other. A part that fails, for example because its tests fail without any mistake, does not end
 * the parts after it: they take an hour and more.
 *
 * @param use receives the result of each part when the part has ended
 * @returns the names of the parts without a result, whose errors are printed
 */
export async function runParts(
  parts: readonly Chosen[],
  use: (part: Chosen, tried: readonly Tried[]) => void,
): Promise<string[]> {
  const failed: string[] = []
  for (const part of parts) {
    console.log(`${part.name} ...`)
    const result = await part.run().catch((error: unknown) => ({ error }))
    if (Array.isArray(result)) {
      use(part, result)
      continue
    }
    console.error(`${part.name} has no result:`, result.error)
    failed.push(part.name)
  }
  return failed
}
