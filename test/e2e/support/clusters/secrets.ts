import { account } from '../../../../sandbox/account.ts'
import type { System } from '../system.ts'

/** The ARN by which a request names the secret PREFIX/name: without Secrets Manager's suffix, as the examples do. */
export function secretArnOf(name: string): string {
  return `arn:aws:secretsmanager:${account.region}:${account.id}:secret:workload-identity/${name}`
}

/** All credentials that the sandbox has put into Secrets Manager, or their telling parts. */
export function secretValues({ sandbox }: System): string[] {
  const { kubernetes, google } = sandbox
  const tokens = kubernetes.names().flatMap((name) => kubernetes.cluster(name)?.adminToken ?? [])
  const key: { private_key: string } = JSON.parse(google.credentials)
  return [...tokens, ...key.private_key.split('\n').filter((line) => line.length > 40)]
}
