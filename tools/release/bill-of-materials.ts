import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as z from 'zod'
import { name, root } from './project.ts'

/** npm's name for the property of packages that only developers need. */
const development = 'cdx:npm:package:development'

const component = z.looseObject({
  'bom-ref': z.string(),
  name: z.string(),
  version: z.string(),
  properties: z.array(z.looseObject({ name: z.string() })),
})

/** The fields that this module uses, of https://cyclonedx.org/docs/1.5/json/ */
const billOfMaterials = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  components: z.array(component),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
  metadata: z.looseObject({ timestamp: z.string(), component: z.looseObject({ name: z.string() }) }),
})

export type BillOfMaterials = z.infer<typeof billOfMaterials>
export type Component = z.infer<typeof component>

/** All packages that package-lock.json pins. */
export async function allPackages(): Promise<BillOfMaterials> {
  const sbom = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx']
  const { stdout } = await promisify(execFile)('npm', sbom, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
  return billOfMaterials.parse(JSON.parse(stdout))
}

/** Unlike `npm sbom --omit dev`, retains packages that both the product and a tool need, such as zod. */
export function ofProduct(bill: BillOfMaterials): BillOfMaterials {
  const isTool = ({ properties }: Component) => properties.some(({ name }) => name === development)
  const tools = new Set(bill.components.filter(isTool).map((each) => each['bom-ref']))
  return {
    ...bill,
    components: bill.components.filter((each) => !tools.has(each['bom-ref'])),
    dependencies: bill.dependencies
      .filter(({ ref }) => !tools.has(ref))
      .map((each) => ({ ...each, dependsOn: each.dependsOn.filter((ref) => !tools.has(ref)) })),
  }
}

/**
 * The bill with this date and the name of the project, so that two bills of one commit are the same. npm writes a random serial
 * number, the time, and the name of the folder.
 */
export function dated({ serialNumber: _, ...bill }: BillOfMaterials, date: Date): BillOfMaterials {
  const component = { ...bill.metadata.component, name }
  return { ...bill, metadata: { ...bill.metadata, component, timestamp: date.toISOString() } }
}
