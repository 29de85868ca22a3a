/** Where the webhook, whoever installed it, puts the token into a pod; the AWS SDKs find it by an environment variable. */
export const tokenVolume = 'aws-iam-token'
export const tokenDirectory = '/var/run/secrets/eks.amazonaws.com/serviceaccount'

/** Shortest life of a token that TokenRequest gives, in seconds. */
export const tokenSeconds = 600
