/** How a request names the local user for whom the sandbox's port signs it. */
export const localUserHeader = 'x-local-user'

/** Where the port says which local users there are. The first one asks when none is named. */
export const localUsersPath = '/sandbox/users'
