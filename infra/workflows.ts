import type { OperationKind } from '../lambdas/operations/kinds.ts'

/** The workflow of each kind of operation: its name ends that of its state machine. */
export const workflows = {
  setup: 'setup',
  verification: 'verify',
  plan: 'compare',
  drift: 'compare',
  'webhook-upgrade': 'upgrade-webhook',
  rotation: 'rotate-thumbprints',
  teardown: 'teardown',
} as const satisfies Readonly<Record<OperationKind, string>>

/** Something for each kind of operation. */
export function forEachKind<Made>(make: (kind: OperationKind) => Made): Readonly<Record<OperationKind, Made>> {
  return {
    setup: make('setup'),
    verification: make('verification'),
    plan: make('plan'),
    drift: make('drift'),
    'webhook-upgrade': make('webhook-upgrade'),
    rotation: make('rotation'),
    teardown: make('teardown'),
  }
}

/** Of these kinds, the first of each state machine. */
export function onePerWorkflow(kinds: readonly OperationKind[]): OperationKind[] {
  return [...new Map(kinds.toReversed().map((kind) => [workflows[kind], kind])).values()].toReversed()
}

/** The stack's output with the ARN of a kind's state machine. */
export function stateMachineOutput(kind: OperationKind): string {
  return `${pascalCase(kind)}StateMachineArn`
}

/** `webhook-upgrade` as `WebhookUpgrade`. */
export function pascalCase(kebab: string): string {
  return kebab.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}
