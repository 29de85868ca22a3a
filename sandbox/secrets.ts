import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { account, rootCredentials } from './account.ts'

/** The default prefix of the deployment's secrets in infra/. */
const prefix = 'workload-identity'

/** Puts credentials into Secrets Manager, as administrators do. */
export class SecretKeeper {
  readonly #client: SecretsManagerClient

  constructor(endpoint: string) {
    this.#client = new SecretsManagerClient({ endpoint, region: account.region, credentials: rootCredentials })
  }

  /** Puts a value into the secret PREFIX/name, and creates the secret if it does not exist. Returns its ARN. */
  async keep(name: string, value: string): Promise<string> {
    const Name = `${prefix}/${name}`
    try {
      const { ARN } = await this.#client.send(new CreateSecretCommand({ Name, SecretString: value }))
      return ARN ?? ''
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error
    }
    const { ARN } = await this.#client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: value }))
    return ARN ?? ''
  }

  /** Like `keep`, but does not change an existing secret. Returns its ARN without the random suffix, as in requests. */
  async keepFirst(name: string, value: string): Promise<string> {
    if (!(await this.has(name))) await this.keep(name, value)
    const { partition, region, id } = account
    return `arn:${partition}:secretsmanager:${region}:${id}:secret:${prefix}/${name}`
  }

  async has(name: string): Promise<boolean> {
    try {
      await this.#client.send(new DescribeSecretCommand({ SecretId: `${prefix}/${name}` }))
      return true
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false
      throw error
    }
  }
}
