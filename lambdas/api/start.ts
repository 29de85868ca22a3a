import { handler as acceptSigningKey } from './accept-signing-key.ts'
import { handler as addWorkload } from './add-workload.ts'
import { routing } from './operation.ts'
import { handler as putCluster } from './put-cluster.ts'
import { handler as refreshSigningKeys } from './refresh-signing-keys.ts'
import { handler as revokeSigningKey } from './revoke-signing-key.ts'
import { handler as startDrift } from './start-drift.ts'
import { handler as startPlan } from './start-plan.ts'
import { handler as startRotation } from './start-rotation.ts'
import { handler as startSetup } from './start-setup.ts'
import { handler as startVerification } from './start-verification.ts'
import { handler as tearDownCluster } from './tear-down-cluster.ts'
import { handler as tearDownWorkload } from './tear-down-workload.ts'

export const handler = routing({
  'accept-signing-key': acceptSigningKey,
  'add-workload': addWorkload,
  'put-cluster': putCluster,
  'refresh-signing-keys': refreshSigningKeys,
  'revoke-signing-key': revokeSigningKey,
  'start-drift': startDrift,
  'start-plan': startPlan,
  'start-rotation': startRotation,
  'start-setup': startSetup,
  'start-verification': startVerification,
  'tear-down-cluster': tearDownCluster,
  'tear-down-workload': tearDownWorkload,
})
