export const alice = 'arn:aws:iam::000000000000:user/alice'
