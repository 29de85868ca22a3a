/** The token volume that any pod identity webhook mounts. The AWS SDKs find the token by an environment variable. */
export const tokenVolume = 'aws-iam-token'
export const tokenDirectory = '/var/run/secrets/eks.amazonaws.com/serviceaccount'

/** The shortest lifetime of a token that TokenRequest allows, in seconds. */
export const tokenSeconds = 600
