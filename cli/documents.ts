/**
 * The JSON documents of `--output json`: docs/cli.md#use-it-in-scripts. No field is removed within a major version:
 * docs/compatibility.md.
 */
import type {
  Cluster,
  ClusterSummary,
  GenerationSummary,
  Operation,
  OperationSummary,
  Problem,
  Schemas,
  SetupRequest,
  Step,
  Workload,
} from '../client/api.ts'
import type { FileDifference } from './apply/file-differences.ts'
import type { Connected } from './connect/connected-lines.ts'
import type { Finding } from './doctor/finding-lines.ts'
import type { ExitCode } from './errors.ts'
import type { ObjectChange } from './rights/changes.ts'

/** The documents by their `type`, without the field `type`. */
export interface TypedDocuments {
  readonly step: { readonly operationId: string; readonly cluster?: string | undefined; readonly step: Step }
  readonly operation: Operation
  readonly summary: { readonly requests: readonly Applied[] }
  readonly unlisted: { readonly cluster: string; readonly workloads: readonly string[] }
  readonly planned: { readonly cluster: string; readonly generation: number }
  readonly file: { readonly cluster: string; readonly file: string; readonly differences: readonly FileDifference[] }
  readonly 'sign-in': {
    readonly verificationUri: string
    readonly verificationUriComplete?: string | undefined
    readonly userCode: string
    readonly expiresAt: Date
  }
  readonly 'signed-in': { readonly api: string; readonly issuer: string }
  readonly 'signed-out': { readonly api: string }
  readonly rights: { readonly cluster: string; readonly server: string; readonly changes: readonly ObjectChange[] }
  readonly connected: Connected
  readonly enrolment: {
    readonly cluster: string
    /** When the code expires. */
    readonly expiresAt: string
    /** The values of charts/agent that have no default, except the image. */
    readonly values: Readonly<Record<'apiUrl' | 'cluster' | 'audience' | 'code', string>>
  }
  readonly 'key-accepted': {
    readonly cluster: string
    readonly kid: string
    readonly thumbprint: string
  } & Schemas['SigningKeyStates']
  readonly finding: Finding
  /** On standard error. */
  readonly error: {
    readonly name: string
    readonly message: string
    readonly exitCode: ExitCode
    readonly cluster?: string | undefined
    readonly problem?: Problem
  }
  /** On standard error. */
  readonly warning: { readonly message: string }
}

/** The outcome of one request of `wid apply`. */
export interface Applied {
  readonly file: string
  readonly cluster: string
  /** The exit code of a command with only this request. */
  readonly code: ExitCode
  /** False when Ctrl-C came before the request was sent. */
  readonly isStarted: boolean
  readonly seconds: number
}

type Typed = { readonly [Type in keyof TypedDocuments]: { readonly type: Type } & TypedDocuments[Type] }

/** The document of `wid init`. */
export interface WrittenRequest {
  readonly file: string
  readonly request: SetupRequest
}

/** The documents without a type: responses of the API, and the document of `wid init`. */
export type Answer =
  | Cluster
  | ClusterSummary
  | GenerationSummary
  | Operation
  | OperationSummary
  | Workload
  | WrittenRequest

export type Document = Typed[keyof Typed] | Answer
