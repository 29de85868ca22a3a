import type { Fixture } from './fixture.ts'

/** By function and action. Each changes the webhook. */
export function changePreparations() {
  const steps = ['deploy-candidate', 'check-candidate', 'switch-to-candidate', 'remove-candidate', 'delete-csrs']
  const needed = steps.flatMap((step) =>
    ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'secretsmanager:GetSecretValue'].map(
      (action) => `${step} ${action}`,
    ),
  )
  const prepare = (fixture: Fixture) => Promise.resolve({ start: () => fixture.startChange() })
  return Object.fromEntries(needed.map((key) => [key, prepare]))
}
