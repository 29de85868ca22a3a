/** What becomes of pods while the webhook is away, as a spec asks for it; undefined where it asks for nothing. */
export function failurePolicyOf({ webhook }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof webhook !== 'object' || webhook === null || !('failurePolicy' in webhook)) return undefined
  return typeof webhook.failurePolicy === 'string' ? webhook.failurePolicy : undefined
}
