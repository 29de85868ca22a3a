/** Requests and settings with what they mean: what a version accepts, later ones accept with the same result. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { checkedSettings, settingsJsonSchema } from '../../infra/settings/settings.ts'
import { settingsIn } from '../../infra/settings/settings-file.ts'
import { parseSetupRequest } from '../../lambdas/api/request/parse-setup.ts'
import { memberAccount } from '../../sandbox/account.ts'
import { read, root } from '../docs/support.ts'
import { deployment, exampleBody } from '../support/api/requests.ts'

const example = z.object({ given: z.unknown(), result: z.unknown() })

export const examples = z.object({ requests: z.record(z.string(), example), settings: z.record(z.string(), example) })

/** The examples of the repository, with their present results. */
export function presentExamples(): z.output<typeof examples> {
  return {
    requests: withResults(requests(), requestResult),
    settings: withResults(settings(), settingsResult),
  }
}

function withResults(given: Readonly<Record<string, unknown>>, resultOf: (given: unknown) => unknown) {
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, { given: one, result: resultOf(one) }]))
}

/**
 * The request as operations get it.
 *
 * @throws {Error} that says why the API refuses it
 */
export function requestResult(given: unknown): unknown {
  const parsed = parseSetupRequest(given, deployment)
  if (parsed.ok) return asJson(parsed.request)
  const issues = parsed.issues.map(({ path: field, message }) => `${field} ${message}`)
  throw new Error(['The API refuses the request:', ...issues].join('\n'))
}

/** @throws {WrongSettings} */
export function settingsResult(given: unknown): unknown {
  return asJson(checkedSettings(given, { file: 'settings.yaml', region: undefined }))
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

const statement = {
  Sid: 'Read',
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::reports/*',
  Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
}

/** The files, and fields that they do not use. */
function requests(): Record<string, unknown> {
  const files = readdirSync(path.join(root, 'examples')).map((file) => `examples/${file}`)
  return {
    ...Object.fromEntries(files.map((file) => [file, parse(read(file))])),
    'an existing cluster of a member account': exampleBody('existing-cluster', {
      'cluster.awsAccountId': memberAccount.id,
      'cluster.readyTimeoutMinutes': 90,
      webhook: { namespace: 'pod-identity', failurePolicy: 'Fail' },
      'workloads.0.role': { inlinePolicy: { Version: '2012-10-17', Statement: statement }, maxSessionSeconds: 7200 },
      reconcile: 'repair',
    }),
    'a cluster with a hosted issuer and no webhook': exampleBody('kubeadm', {
      'discovery.acceptRefusedTokens': true,
      'webhook.mode': 'none',
      adopt: true,
    }),
  }
}

function settings(): Record<string, unknown> {
  const ofReference = Object.entries(settingsJsonSchema().properties ?? {}).flatMap(([name, schema]) =>
    typeof schema === 'object' ? (schema.examples ?? []).slice(0, 1).map((value) => [name, value] as const) : [],
  )
  return {
    'settings.yaml': settingsIn(),
    'the examples in docs/settings.md': Object.fromEntries(ofReference),
  }
}
