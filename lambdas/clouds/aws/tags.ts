import type { Tag } from '@aws-sdk/client-iam'

export function toTagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

export function fromTagList(list: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']))
}

export type Tags = Readonly<Record<string, string>>
