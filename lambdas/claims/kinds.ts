/** The kinds of external resources that one cluster may own. Step descriptions and the documentation name them, too. */
export const claimKinds = ['bucket', 'issuer', 'signing-key', 'provider', 'role', 'management-object'] as const

export type ClaimKind = (typeof claimKinds)[number]
