/** The sandbox's AWS account, and the root user that MiniStack knows it by. */
export const account = { id: '000000000000', partition: 'aws', region: 'eu-west-1' } as const

export const rootCredentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const
