/** A key for each setting, by default in the region of the example's stack. */
export function keysIn(partition = 'aws', region = 'eu-west-1') {
  const key = (digit: number) =>
    `arn:${partition}:kms:${region}:123456789012:key/${String(digit).repeat(8)}-0000-4000-8000-000000000000`
  return { secrets: key(1), table: key(2), topic: key(3), logs: key(4) } as const
}
