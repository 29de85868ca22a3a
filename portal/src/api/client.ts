import createClient from 'openapi-fetch'
import { localUserHeader } from '../../../cli/api/local-user.ts'
import type { components, paths } from '../../../cli/api/types.ts'
import { chosenLocalUser } from './local-users.ts'

type Schemas = components['schemas']

export type Cluster = Schemas['Cluster']
export type ClusterSummary = Schemas['ClusterSummary']
export type Workload = Schemas['Workload']
export type Health = Schemas['Health']
export type ClusterCondition = Cluster['status']['conditions'][number]
export type WorkloadStatus = Cluster['status']['workloads'][number]
export type WorkloadCondition = WorkloadStatus['conditions'][number]
export type Operation = Schemas['Operation']
export type OperationSummary = Schemas['OperationSummary']
export type Step = Operation['steps'][number]
export type Change = Schemas['Change']
export type Proof = Schemas['Proof']
export type ClusterEvent = Schemas['ClusterEvent']
export type DriftResult = Schemas['DriftResult']
export type PlanResult = Schemas['PlanResult']
export type TeardownResult = Schemas['TeardownResult']
export type RotationResult = Schemas['RotationResult']
export type WebhookUpgradeResult = Schemas['WebhookUpgradeResult']
export type SigningKeysResult = Schemas['SigningKeysResult']
export type PodGroup = WebhookUpgradeResult['unmutated'][number]
export type Problem = Schemas['Problem']

/** The API is where the page is from. */
export const api = createClient<paths, 'application/json'>({ baseUrl: '/' })

api.use({
  onRequest({ request }) {
    const user = chosenLocalUser()
    if (user !== null) request.headers.set(localUserHeader, user)
  },
})
