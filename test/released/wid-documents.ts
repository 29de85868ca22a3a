/** Samples of the JSON documents of `wid --output json`. The compiler compares them with what the commands print. */
import type { TypedDocuments, WrittenRequest } from '../../cli/documents.ts'
import { exitCodes } from '../../cli/errors.ts'
import type { SetupRequest } from '../../client/api.ts'
import { operationWith, stepWith } from '../cli/support/operations.ts'

const cluster = 'prod-eu'
const text = 'text'
const time = new Date(0)
const request: SetupRequest = {
  cluster: { name: cluster, provider: 'existing', credentialsSecretArn: text },
  workloads: [],
}

/** What OpenAPI describes, such as a step, has only its required fields here. */
type Samples = {
  readonly [Type in keyof TypedDocuments]: Type extends 'operation'
    ? TypedDocuments[Type]
    : Required<TypedDocuments[Type]>
}

const typed: Samples = {
  step: { operationId: text, cluster, step: stepWith() },
  operation: operationWith(),
  summary: { requests: [{ file: text, cluster, code: exitCodes.done, isStarted: true, seconds: 1 }] },
  unlisted: { cluster, workloads: [text] },
  planned: { cluster, generation: 1 },
  file: {
    cluster,
    file: text,
    differences: [
      { field: text, file: text, spec: text },
      { field: text, onlyIn: 'spec' },
    ],
  },
  'sign-in': { verificationUri: text, verificationUriComplete: text, userCode: text, expiresAt: time },
  'signed-in': { api: text, issuer: text },
  'signed-out': { api: text },
  rights: {
    cluster,
    server: text,
    changes: [{ object: text, action: 'changed', differences: [{ field: text, observed: [text], desired: [text] }] }],
  },
  connected: { cluster, server: text, account: text, expiresAt: time, secretArn: text },
  enrolment: { cluster, expiresAt: text, values: { apiUrl: text, cluster, audience: text, code: text } },
  'key-accepted': { cluster, kid: text, thumbprint: text, published: [], kept: [], revoked: [], accepted: [] },
  finding: { check: text, state: 'ok', found: text, toDo: text },
  error: {
    name: text,
    message: text,
    exitCode: exitCodes.failed,
    cluster,
    problem: { type: text, title: text, status: 400 },
  },
  warning: { message: text },
}

const ofInit: Required<WrittenRequest> = { file: text, request }

/** As JSON, by their type. */
export const widDocuments: unknown = JSON.parse(JSON.stringify({ ...typed, init: ofInit }))
