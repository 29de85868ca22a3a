import type { CredentialsFacts } from '../../clouds/kubernetes/cluster-client.ts'
import type { RecordedCredentials } from './record.ts'

/** What the record keeps of credentials. */
export function recordedCredentials({ endsAt, isRenewed }: CredentialsFacts): RecordedCredentials {
  return { ...(endsAt && { endsAt: endsAt.toISOString() }), ...(isRenewed && { renewed: true }) }
}
