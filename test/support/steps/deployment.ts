import { account } from '../../../sandbox/account.ts'

/** The name of the sandbox's deployment in labels and tags. */
export const deployment = `${account.id}/${account.region}/WorkloadIdentity`
