import path from 'node:path'
import { archive } from './archive.ts'
import { root, version } from './project.ts'

/** The name in Chart.yaml, which Helm requires as the top folder of the archive. */
const name = 'workload-identity-agent'

/**
 * Packs the Helm chart of the agent, as `helm package` does.
 *
 * @param to an existing folder
 * @returns the path of the archive, `workload-identity-agent-VERSION.tgz` in `to`
 */
export async function archiveChart(to: string, date: Date): Promise<string> {
  const file = path.join(to, `${name}-${version}.tgz`)
  await archive({ folder: path.join(root, 'charts/agent'), file, name, date })
  return file
}
