import type { CredentialsFacts } from '../../clouds/kubernetes/cluster-client.ts'
import type { RecordedCredentials } from './record.ts'

export function recordedCredentials({ endsAt, isRenewed }: CredentialsFacts): RecordedCredentials {
  return { ...(endsAt && { endsAt: endsAt.toISOString() }), ...(isRenewed && { renewed: true }) }
}
