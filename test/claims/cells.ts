/**
 * What each step does with a resource, by who owns it. docs/permissions.md has it in short. A test is made for each
 * cell: those of `bucket` are in bucket.sandbox.test.ts, and so on.
 */
import type { ClaimKind } from '../../lambdas/claims/kinds.ts'

/** Who owns the resource. It has our marks when its tags or labels name the deployment; an issuer, when documents are published. */
export const columns = {
  own: 'owned by this cluster',
  another: 'owned by another',
  marked: 'by nobody, with our marks',
  unmarked: 'by nobody, without marks',
  shared: 'shared',
  race: 'claimed by two at once',
} as const

export type Column = keyof typeof columns

/** In each file of tests, by step and kind. A cell that is left out cannot be. */
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
        marked: untilDecided,
        unmarked: 'claims it, makes or adopts it',
        shared: 'uses it, too',
        race: 'both use it',
      },
    },
    EmptyBucket: {
      bucket: {
        own: 'deletes it',
        another: 'leaves it',
        marked: untilDecided,
        unmarked: 'leaves it',
        shared: "leaves it and the other's grant",
        race: 'tries again',
      },
      issuer: {
        own: 'deletes its documents',
        another: 'leaves its documents',
        unmarked: 'deletes its documents',
        shared: 'leaves unproved documents',
      },
    },
  },
  management: {
    ApplyCluster: {
      'management-object': {
        own: 'changes it',
        another: 'refuses',
        marked: 'claims it, changes it',
        unmarked: 'claims it, makes or adopts it',
        race: oneRefuses,
      },
    },
    DeleteCluster: {
      'management-object': {
        own: 'deletes it',
        another: 'refuses',
        marked: 'deletes it',
        unmarked: 'leaves it',
      },
    },
  },
  readiness: {
    CheckCluster: {
      issuer: { own: 'goes on', another: 'refuses', unmarked: 'claims it', race: oneRefuses },
      'signing-key': { own: 'goes on', another: 'refuses', unmarked: 'claims it', race: oneRefuses },
    },
  },
  discovery: {
    PublishDiscovery: {
      issuer: {
        own: 'publishes its documents',
        another: 'refuses',
        marked: untilDecided,
        unmarked: 'claims it, publishes documents',
      },
      'signing-key': { own: 'publishes it', another: 'refuses', unmarked: 'publishes it' },
    },
    RevokeKey: {
      issuer: { own: 'revokes the key', another: 'refuses', marked: untilDecided, unmarked: untilDecided },
    },
    RemoveDiscovery: {
      issuer: { own: 'deletes its documents', another: 'refuses', marked: untilDecided, unmarked: 'does nothing' },
    },
  },
  provider: {
    RegisterOidc: {
      issuer: { own: 'registers it', another: 'refuses', unmarked: 'refuses until it is proved' },
      provider: {
        own: 'changes it',
        another: 'refuses',
        marked: untilDecided,
        unmarked: 'claims it, makes or adopts it',
      },
    },
    RotateThumbprints: {
      issuer: { own: 'changes its provider', another: 'refuses', unmarked: untilDecided },
      provider: { own: 'changes it', another: 'refuses', marked: untilDecided, unmarked: 'refuses' },
    },
    DeleteProvider: {
      provider: { own: 'deletes it', another: 'refuses', marked: untilDecided, unmarked: 'leaves it' },
    },
  },
  role: {
    CreateRole: {
      role: {
        own: 'changes it',
        another: 'refuses',
        marked: untilDecided,
        unmarked: 'claims it, makes or adopts it',
        race: oneRefuses,
      },
    },
    NarrowTrust: {
      role: { own: 'changes its trust policy', another: 'refuses', marked: untilDecided, unmarked: 'leaves it' },
    },
    DeleteRole: { role: { own: 'deletes it', another: 'refuses', marked: untilDecided, unmarked: 'leaves it' } },
  },
  teardown: {
    RecordTeardown: { issuer: ends, 'signing-key': ends, provider: ends, role: ends, 'management-object': ends },
  },
} as const satisfies Cells
