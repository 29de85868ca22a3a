/**
 * The behaviour of each step by the owner of a resource. docs/permissions.md has a summary. Each cell has a test: those of `bucket`
 * are in bucket.sandbox.test.ts, and so on.
 */
import type { ClaimKind } from '../../lambdas/claims/kinds.ts'

/** The owner of a resource. It is labelled when its tags or labels name the deployment. An issuer is when its documents are published. */
export const columns = {
  own: 'owned by this cluster',
  another: 'owned by another cluster',
  labelled: 'not owned, with our labels or tags',
  unlabelled: 'not owned, without labels or tags',
  shared: 'shared',
  race: 'claimed by two clusters concurrently',
} as const

export type Column = keyof typeof columns

/** By file of tests, step and kind. A missing cell cannot occur. */
export type Cells = Readonly<
  Record<
    string,
    Readonly<Record<string, Readonly<Partial<Record<ClaimKind, Readonly<Partial<Record<Column, string>>>>>>>>
  >
>

const untilDecided = 'refuses until an administrator decides'
const oneRefuses = 'one claims it, one refuses'
const ends = { own: 'ends the claim', another: 'leaves the claim' } as const

export const cells = {
  bucket: {
    CreateBucket: {
      bucket: {
        own: 'changes it',
        another: 'refuses',
        labelled: untilDecided,
        unlabelled: 'claims it, creates or adopts it',
        shared: 'uses it, too',
        race: 'both use it',
      },
    },
    EmptyBucket: {
      bucket: {
        own: 'deletes it',
        another: 'leaves it',
        labelled: untilDecided,
        unlabelled: 'leaves it',
        shared: "leaves it, with the other cluster's grant",
        race: 'retries',
      },
      issuer: {
        own: 'deletes its documents',
        another: 'leaves its documents',
        unlabelled: 'deletes its documents',
        shared: 'leaves unproved documents',
      },
    },
  },
  management: {
    ApplyCluster: {
      'management-object': {
        own: 'changes it',
        another: 'refuses',
        labelled: 'claims it, changes it',
        unlabelled: 'claims it, creates or adopts it',
        race: oneRefuses,
      },
    },
    DeleteCluster: {
      'management-object': {
        own: 'deletes it',
        another: 'refuses',
        labelled: 'deletes it',
        unlabelled: 'leaves it',
      },
    },
  },
  readiness: {
    CheckCluster: {
      issuer: { own: 'continues', another: 'refuses', unlabelled: 'claims it', race: oneRefuses },
      'signing-key': { own: 'continues', another: 'refuses', unlabelled: 'claims it', race: oneRefuses },
    },
  },
  discovery: {
    PublishDiscovery: {
      issuer: {
        own: 'publishes its documents',
        another: 'refuses',
        labelled: untilDecided,
        unlabelled: 'claims it, publishes documents',
      },
      'signing-key': { own: 'publishes it', another: 'refuses', unlabelled: 'publishes it' },
    },
    RevokeKey: {
      issuer: { own: 'revokes the key', another: 'refuses', labelled: untilDecided, unlabelled: untilDecided },
    },
    RemoveDiscovery: {
      issuer: { own: 'deletes its documents', another: 'refuses', labelled: untilDecided, unlabelled: 'does nothing' },
    },
  },
  provider: {
    RegisterOidc: {
      issuer: { own: 'registers it', another: 'refuses', unlabelled: 'refuses until it is proved' },
      provider: {
        own: 'changes it',
        another: 'refuses',
        labelled: untilDecided,
        unlabelled: 'claims it, creates or adopts it',
      },
    },
    RotateThumbprints: {
      issuer: { own: 'changes its provider', another: 'refuses', unlabelled: untilDecided },
      provider: { own: 'changes it', another: 'refuses', labelled: untilDecided, unlabelled: 'refuses' },
    },
    DeleteProvider: {
      provider: { own: 'deletes it', another: 'refuses', labelled: untilDecided, unlabelled: 'leaves it' },
    },
  },
  role: {
    CreateRole: {
      role: {
        own: 'changes it',
        another: 'refuses',
        labelled: untilDecided,
        unlabelled: 'claims it, creates or adopts it',
        race: oneRefuses,
      },
    },
    NarrowTrust: {
      role: { own: 'changes its trust policy', another: 'refuses', labelled: untilDecided, unlabelled: 'refuses' },
    },
    DeleteRole: { role: { own: 'deletes it', another: 'refuses', labelled: untilDecided, unlabelled: 'leaves it' } },
  },
  teardown: {
    RecordTeardown: { issuer: ends, 'signing-key': ends, provider: ends, role: ends, 'management-object': ends },
  },
} as const satisfies Cells
