/** The descriptions of all steps, read from the folders of lambdas/. A step is deployed when its file exists. */
import { globSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { StepDescription } from '../lambdas/steps/description.ts'

export interface DescribedStep {
  readonly description: StepDescription
  /** The handler's file, relative to the repository's root. */
  readonly entry: string
}

const root = path.dirname(import.meta.dirname)

/** Keys are the names of the states. */
export const steps: ReadonlyMap<string, DescribedStep> = new Map(
  (await Promise.all(globSync('lambdas/**/*.step.ts', { cwd: root }).map(describedStep))).map((step) => [
    step.description.state,
    step,
  ]),
)

async function describedStep(file: string): Promise<DescribedStep> {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(path.join(root, file)).href)
  if (!isDescription(module.description)) throw new Error(`${file} has to export the description of its step`)
  return { description: module.description, entry: file.replace(/\.step\.ts$/, '.ts') }
}

function isDescription(value: unknown): value is StepDescription {
  return typeof value === 'object' && value !== null && 'state' in value && 'input' in value && 'client' in value
}
