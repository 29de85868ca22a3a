import { WrongUse } from '../errors.ts'
import { chosenRequest } from '../request-file/choose.ts'
import type { RightsSubject } from './read.ts'

/** @throws {WrongUse} when neither a cluster nor a file names the subject */
export async function subjectOf(cluster: string | undefined, file: string | undefined): Promise<RightsSubject> {
  if (file !== undefined) return { document: await chosenRequest(file, cluster) }
  if (cluster !== undefined) return { cluster }
  throw new WrongUse(
    'Name a cluster, or with -f the file of a request: a cluster has no record before its first setup.',
  )
}

export function clusterOf(subject: RightsSubject): string {
  return 'document' in subject ? subject.document.request.cluster.name : subject.cluster
}
