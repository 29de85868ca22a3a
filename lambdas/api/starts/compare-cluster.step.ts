import * as z from 'zod/mini'
import { scheduleEvent } from '../../operations/start/schedule.ts'
import { describeStep } from '../../steps/description.ts'

export const description = describeStep({
  state: 'CompareCluster',
  does: 'Starts a scheduled drift of the cluster, and waits for its end.',
  leavesAlone: 'Clusters that another operation changes, or whose spec suspends drifts.',
  input: scheduleEvent,
  output: z.object({}),
  client: 'aws',
  timeoutSeconds: 30,
  withoutOperation: true,
  table: ['PutItem', 'Query'],
  writesItems: ['open', 'idempotency'],
  settings: [
    'ALLOWED_POLICY_ARNS',
    'SECRET_PREFIX',
    'ACCOUNT_ID',
    'PARTITION',
    'DEPLOYMENT',
    'MEMBER_ACCOUNTS',
    'ISSUER_HOSTS',
    'INLINE_POLICY_ACTIONS',
  ],
  workflows: { starts: 'drift' },
})
