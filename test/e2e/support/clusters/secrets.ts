import { account } from '../../../../sandbox/account.ts'
import type { System } from '../system.ts'

/** The ARN of a secret in a request: without Secrets Manager's suffix, as in the examples. */
export function secretArnOf(name: string): string {
  return `arn:aws:secretsmanager:${account.region}:${account.id}:secret:workload-identity/${name}`
}

/** All credentials that the sandbox has stored in Secrets Manager, or unique parts of them. */
export function secretValues({ sandbox }: System): string[] {
  const { kubernetes, google } = sandbox
  const tokens = kubernetes.names().flatMap((name) => kubernetes.cluster(name)?.adminToken ?? [])
  const key: { private_key: string } = JSON.parse(google.credentials)
  return [...tokens, ...key.private_key.split('\n').filter((line) => line.length > 40)]
}
