import type { WorkloadName } from '../../client/workload.ts'
import { WrongUse } from '../errors.ts'

/**
 * Parses a workload name: "default/s3-reader".
 *
 * @throws {WrongUse} when the text has another form
 */
export function workloadName(text: string): WorkloadName {
  const [namespace, serviceAccount, ...more] = text.split('/')
  if (namespace && serviceAccount && more.length === 0) return { namespace, serviceAccount }
  throw new WrongUse(`"${text}" is not a workload: give NAMESPACE/ACCOUNT, as in default/s3-reader.`)
}
