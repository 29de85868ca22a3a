import type { Call } from '../../sandbox/call-log.ts'

/**
 * The purpose of a call to a server of the sandbox.
 * - `outside`: the work of an operation, at IAM, STS, Secrets Manager, Google and Kubernetes.
 * - `storage`: objects in S3, such as the documents of a hosted issuer.
 * - `record`: the record in DynamoDB, and its copies in S3.
 * - `aside`: workflow, messages and logs, calls of the webhook's pods, and calls of tests as root.
 */
export type CallPurpose = 'outside' | 'storage' | 'record' | 'aside'

export function purposeOf({ actor, operation, object }: Pick<Call, 'actor' | 'operation' | 'object'>): CallPurpose {
  if (/:(pod-identity-webhook|root)$/.test(actor)) return 'aside'
  if (/^(states|lambda|sns|logs|cloudformation):/.test(operation)) return 'aside'
  if (operation.startsWith('dynamodb:') || /^arn:aws:s3:::[a-z]+-recordcopies/.test(object)) return 'record'
  return operation.startsWith('s3:') ? 'storage' : 'outside'
}
