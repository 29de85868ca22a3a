import * as z from 'zod/mini'

export const ownerReference = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  controller: z.optional(z.boolean()),
})

export type OwnerReference = Readonly<z.output<typeof ownerReference>>

/** The metadata that lists of metadata return. Times are text. */
export const objectMetadata = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.optional(z.string()),
    deletionTimestamp: z.optional(z.string()),
    ownerReferences: z.optional(z.array(ownerReference)),
  }),
})

export type ObjectMetadata = Readonly<z.output<typeof objectMetadata>>
