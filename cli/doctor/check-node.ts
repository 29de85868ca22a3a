import description from '../package.json' with { type: 'json' }
import { nodeFinding } from './decide.ts'
import type { Finding } from './finding-lines.ts'

export async function checkNode(): Promise<readonly Finding[]> {
  return [nodeFinding(process.versions.node, description.engines.node)]
}
