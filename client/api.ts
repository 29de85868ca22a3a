/** The types of the API. `npm run docs` generates types.ts from the API's description. */
import type { Client } from 'openapi-fetch'
import type { components, operations, paths } from './types.ts'

/** Reads responses as JSON, whatever other formats the API offers. */
export type ApiClient = Client<paths, 'application/json'>
export type { paths } from './types.ts'

export type Schemas = components['schemas']
export type QueryOf<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>

export type Access = Schemas['Access']
export type Change = Schemas['Change']
export type Cluster = Schemas['Cluster']
export type ClusterEvent = Schemas['ClusterEvent']
export type ClusterSummary = Schemas['ClusterSummary']
export type ClusterCondition = Cluster['status']['conditions'][number]
export type DriftResult = Schemas['DriftResult']
export type GenerationSummary = Schemas['GenerationSummary']
export type Health = Schemas['Health']
export type Operation = Schemas['Operation']
export type OperationSummary = Schemas['OperationSummary']
export type PlanResult = Schemas['PlanResult']
export type Problem = Schemas['Problem']
export type Proof = Schemas['Proof']
export type RotationResult = Schemas['RotationResult']
export type SetupRequest = Schemas['SetupRequest']
export type SigningKeysResult = Schemas['SigningKeysResult']
export type Step = Operation['steps'][number]
export type TeardownResult = Schemas['TeardownResult']
export type Workload = Schemas['Workload']
export type WorkloadStatus = Cluster['status']['workloads'][number]
export type WorkloadCondition = WorkloadStatus['conditions'][number]

/** The filters of lists, without the parameters for pages. */
export type OperationFilter = Pick<QueryOf<'list-operations'>, 'cluster' | 'kind' | 'status'>
export type WorkloadFilter = Pick<QueryOf<'list-workloads'>, 'cluster' | 'namespace'>
