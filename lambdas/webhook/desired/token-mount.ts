/**
 * Where the webhook, whoever installed it, mounts the token in a pod. The AWS SDKs find the token by an environment
 * variable.
 */
export const tokenVolume = 'aws-iam-token'
export const tokenDirectory = '/var/run/secrets/eks.amazonaws.com/serviceaccount'

/** Shortest lifetime of a token that TokenRequest gives, in seconds. */
export const tokenSeconds = 600
