import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod/mini'

const template = z.object({ Resources: z.record(z.string(), z.unknown()) })

const barLength = 20

/** The progress of a deployment, computed from the lines that the CDK prints. */
export class DeployProgress {
  readonly #output: string
  #bundles = 0
  #uploaded = 0
  #resources = 0
  #created = 0

  /** @param output the folder that the CDK writes the templates to */
  constructor(output: string) {
    this.#output = output
  }

  observe(line: string): void {
    if (line.includes(': start: Building ')) this.#bundles++
    if (line.includes(': success: Published ')) this.#uploaded++
    const created = /^\S+ \| +(\d+) \|/.exec(line)?.[1]
    if (created === undefined) return
    this.#created = Number(created)
    this.#resources ||= resourcesIn(this.#output)
  }

  /** The current phase of the deployment, with its progress. */
  get text(): string {
    if (this.#resources > 0)
      return `${bar(this.#created / this.#resources)} ${this.#created} of ${this.#resources} resources created`
    if (this.#bundles > 0)
      return `${bar(this.#uploaded / this.#bundles)} ${this.#uploaded} of ${this.#bundles} files uploaded`
    return 'cdk synth creates the bundles of the functions and the template'
  }
}

/** Returns the number of resources in all templates. The CDK counts each stack as one more resource. */
function resourcesIn(folder: string): number {
  const templates = globSync('*.template.json', { cwd: folder })
  const counts = templates.map((file) => {
    const { Resources } = template.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')))
    return Object.keys(Resources).length + 1
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

function bar(part: number): string {
  const full = Math.round(Math.min(part, 1) * barLength)
  return '█'.repeat(full) + '░'.repeat(barLength - full)
}
