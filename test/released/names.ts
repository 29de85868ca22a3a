/** The names that docs/compatibility.md promises, and that have no schema. */
import { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'
import { exitCodes } from '../../cli/errors.ts'
import { problemKinds } from '../../lambdas/api/problem.ts'
import { endMessage } from '../../lambdas/operations/notifications/end-message.ts'
import { eventDetailType, eventSource } from '../../lambdas/operations/notifications/event-source.ts'
import { warningMessage, warningNames } from '../../lambdas/operations/notifications/warning.ts'
import type { OperationItem } from '../../lambdas/operations/record/record.ts'
import { bucketLabels, kubernetesOwnership, manager, tagKeys } from '../../lambdas/ownership/labels.ts'
import type { DriftResult } from '../../lambdas/workflows/comparison/drift.ts'
import { matches, read } from '../docs/support.ts'
import { exampleApp, exampleStack, portalProps, stackProps } from '../support/aws/stack.ts'
import { fieldsOf, type Names } from './changed.ts'
import { widDocuments } from './wid-documents.ts'

/** The names by what they name. */
export function presentNames(): Names {
  return {
    'documents of wid': fieldsOf(widDocuments),
    'exit codes of wid': Object.entries(exitCodes).map(([name, code]) => `${code} ${name}`),
    'outputs of the stack': outputs(),
    notifications: notifications(),
    'problems of the API': Object.entries(problemKinds).map(([name, { status }]) => `${status} ${name}`),
    // A test compares the page with the code.
    'errors of operations': matches(read('docs/errors.md'), /^\| `([A-Z]\w+)` \|/gm),
    'tags, labels and annotations': [
      ...Object.values(tagKeys),
      ...Object.values(bucketLabels),
      ...Object.values(kubernetesOwnership),
      `managed by ${manager}`,
    ],
  }
}

/** Those of a stack with all features that have outputs. */
function outputs(): string[] {
  const arn = (region: string) => `arn:aws:acm:${region}:${stackProps.env.account}:certificate/1234abcd`
  const stack = exampleStack(exampleApp(), {
    ...portalProps(),
    api: { domain: 'api.example.com', certificateArn: arn(stackProps.env.region) },
    issuerHost: { domain: 'oidc.example.com', certificateArn: arn('us-east-1') },
  })
  return Object.keys(Template.fromStack(stack).findOutputs('*')).toSorted()
}

function notifications(): string[] {
  const error = { object: 'object', reason: 'reason', action: 'action' }
  const summary: Required<DriftResult['summary']> = {
    severity: 'function',
    differences: 1,
    missing: 1,
    changed: 0,
    additions: 0,
    unreachable: 0,
    problems: 0,
  }
  const place = { operationId: 'o', cluster: 'prod-eu' }
  const [name] = warningNames
  const drift = ended({ kind: 'drift', status: 'succeeded', found: summary })
  return [
    `source ${eventSource}`,
    `detail-type ${eventDetailType}`,
    ...warningNames.map((warning) => `warning ${warning}`),
    ...messageFields('the end of a setup', endMessage(ended({ status: 'succeeded' }))),
    ...messageFields('a failure', endMessage(ended({ error: { name: 'Defect', ...error, step: 's', item: 'i' } }))),
    ...messageFields('a drift', endMessage(drift)),
    ...Object.keys(endMessage(drift)?.attributes ?? {}).map((attribute) => `a drift has the attribute ${attribute}`),
    ...messageFields('a warning', warningMessage({ subject: 's', error: { name, ...error } }, place)),
  ]
}

function ended(fields: Partial<OperationItem>): OperationItem {
  return {
    operationId: 'o',
    kind: 'setup',
    cluster: 'prod-eu',
    status: 'failed',
    requestedBy: 'a',
    createdAt: new Date(0).toISOString(),
    ...fields,
  }
}

function messageFields(what: string, message: { readonly text: string } | undefined): string[] {
  if (message === undefined) throw new Error(`There is no message about ${what}`)
  const { status, ...fields } = z.looseObject({ status: z.string() }).parse(JSON.parse(message.text))
  return [`${what} has status: ${status}`, ...fieldsOf(fields).map((field) => `${what} has ${field}`)]
}
