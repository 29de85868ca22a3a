/** The state machine of each kind of operation: the name of its file in statemachine/, which ends its own name too. */
export const workflows = {
  setup: 'setup',
  verification: 'verify',
  plan: 'compare',
  drift: 'compare',
  'webhook-upgrade': 'upgrade-webhook',
  rotation: 'rotate-thumbprints',
  teardown: 'teardown',
} as const

export type Kind = keyof typeof workflows

export const kinds: readonly Kind[] = [
  'setup',
  'verification',
  'plan',
  'drift',
  'webhook-upgrade',
  'rotation',
  'teardown',
]

/** Something for each kind of operation. */
export function forEachKind<Made>(make: (kind: Kind) => Made): Readonly<Record<Kind, Made>> {
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
export function onePerWorkflow(kinds: readonly Kind[]): Kind[] {
  return [...new Map(kinds.toReversed().map((kind) => [workflows[kind], kind])).values()].toReversed()
}

/** The stack's output with the ARN of a kind's state machine. */
export function stateMachineOutput(kind: Kind): string {
  return `${pascalCase(kind)}StateMachineArn`
}

/** The kinds of operations that hold the lock of a cluster. */
export const changingKinds: readonly Kind[] = ['setup', 'webhook-upgrade', 'rotation', 'teardown']

/** `webhook-upgrade` as `WebhookUpgrade`. */
export function pascalCase(kebab: string): string {
  return kebab.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}
