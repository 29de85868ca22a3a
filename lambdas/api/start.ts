import { handler as createEnrolment } from './agents/create-enrolment.ts'
import { routing } from './operation.ts'
import { handler as acceptSigningKey } from './signing-keys/accept-signing-key.ts'
import { handler as refreshSigningKeys } from './signing-keys/refresh-signing-keys.ts'
import { handler as revokeSigningKey } from './signing-keys/revoke-signing-key.ts'
import { handler as addWorkload } from './starts/add-workload.ts'
import { handler as putCluster } from './starts/put-cluster.ts'
import { handler as startDrift } from './starts/start-drift.ts'
import { handler as startPlan } from './starts/start-plan.ts'
import { handler as startRotation } from './starts/start-rotation.ts'
import { handler as startSetup } from './starts/start-setup.ts'
import { handler as startVerification } from './starts/start-verification.ts'
import { handler as tearDownCluster } from './starts/tear-down-cluster.ts'
import { handler as tearDownWorkload } from './starts/tear-down-workload.ts'

export const handler = routing({
  'accept-signing-key': acceptSigningKey,
  'add-workload': addWorkload,
  'create-enrolment': createEnrolment,
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
