import type { CredentialsFacts } from '../../clouds/kubernetes/cluster-client.ts'
import type { RecordedCredentials } from './record.ts'

export function recordedCredentials({ endsAt, wantsRenewal }: CredentialsFacts): RecordedCredentials {
  return { ...(endsAt && { endsAt: endsAt.toISOString() }), ...(wantsRenewal && { renewed: true }) }
}
